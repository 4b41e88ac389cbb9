#pragma once

#include "caffe.pb.h"
#include "graph/graph.h"

#include <string>
#include <vector>

namespace ssdgen {

/// Puts a NetParameter together, layer by layer; every layer's blob has the layer's name.
class CaffeBuilder {
  public:
    explicit CaffeBuilder(const std::string& file) : file_(file) {}

    /// The layer for the picture, [1][channels][height][width].
    void add_input(const Shape& picture, const std::string& blob);

    /// A layer of the backbone, the extras or the classifier, and its activation.
    void add_node(const Graph& graph, const Node& node);

    /// A layer without parameters; the caller fills in its options.
    caffe::LayerParameter& add(const std::string& name, const char* type, const std::vector<std::string>& bottoms);

    caffe::NetParameter& net() { return net_; }
    std::string blob_of(TensorId tensor) const;
    std::vector<std::string> blobs_of(const std::vector<TensorId>& tensors) const;

  private:
    void add_convolution(const Graph& graph, const Node& node, const Window& window, bool depthwise);
    void add_pool(const Graph& graph, const Node& node, const Window& window);
    void add_max_pool(const Graph& graph, const Node& node, const Window& window);
    void add_activation(const std::string& layer, Activation activation);
    void add_blob(caffe::LayerParameter& layer, const WeightTensor& tensor);

    std::string file_;
    caffe::NetParameter net_;
    std::vector<std::string> blobs_;  // one a tensor of the graph
    std::vector<std::string> names_;
};

}  // namespace ssdgen
