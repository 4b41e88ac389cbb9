#pragma once

#include "graph/graph.h"

#include <string>
#include <vector>

namespace ssdgen {

/// Weights and bias of a layer that has some; null for the others.
const WeightTensor* weights_of(const Node& node);
WeightTensor* weights_of(Node& node);
const WeightTensor* bias_of(const Node& node);
WeightTensor* bias_of(Node& node);

/// The output channel that number `index` of a layer's weights, as a graph has them, belongs to, and the input channel.
struct WeightPlace {
    std::size_t output, input;
};
class WeightPlaces {
  public:
    WeightPlaces(const Graph& graph, const Node& node);
    WeightPlace operator()(std::size_t index) const;
    std::size_t outputs() const { return outputs_; }

  private:
    std::size_t inputs_, outputs_, terms_;
    bool depthwise_;
};

/// The numbers of the nodes that take a tensor.
std::vector<std::size_t> readers_of(const Graph& graph, TensorId tensor);

/// Whether the network gives the tensor away: raw boxes or logits, or what a classifier ends in.
bool leaves_network(const Graph& graph, TensorId tensor);

}  // namespace ssdgen
