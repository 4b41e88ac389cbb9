#pragma once

#include "description/description.h"
#include "graph/sum_factors.h"
#include "graph/tensor.h"
#include "graph/window.h"
#include "weights/weights.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen {

// What an operation is asked in this room, whatever it is. Each has a file here with its struct and an overload of each
// of these questions, without one for all: a new operation does not compile before it answers them.
//
//     const char* kind_of(operation)               as a description calls it; "pointwise" for every 1x1 convolution
//     const Window* window_of(operation)           null where it has none
//     Activation activation_of(operation)          what follows its sum
//     std::string details_of(operation)            what it has beside its shapes, for --dump
//     Arity arity_of(operation)                    how many maps it takes
//     std::int64_t weight_count(operation, maps)   weights without biases: multiply-adds an output pixel
//     std::vector<TensorSpec> specs_of(operation, layer, maps)     its tensors in a weights file: weight, bias; or none
//     void bind(operation, LayerParameters)             takes them, as the file has them
//     std::string weight_words(operation)          what the axes of its weight are, outermost first
//     void check_operation(operation, NodeCheck)   InternalError unless its shapes and sizes agree

/// The maps that a node takes and makes.
struct NodeMaps {
    std::vector<Shape> inputs, outputs;

    const Shape& input() const { return inputs[0]; }
    const Shape& output() const { return outputs[0]; }
    /// Channels of all outputs together.
    int channels() const;
};

/// How many maps an operation takes.
struct Arity {
    int least = 1;
    int most = 1;
};

inline constexpr int any_number = 1 << 20;

/// What a weights file has for a layer, in the neutral form.
struct LayerParameters {
    const WeightTensor& weight;
    WeightTensor bias;
    std::optional<BatchNorm> batch_norm;
    const NodeMaps& maps;
};

/// Checks of one node.
class NodeCheck {
  public:
    NodeCheck(const std::string& name, const NodeMaps& maps) : maps(maps), name_(name) {}

    void require(bool holds, const char* what) const;
    /// One input and one output of the same channels.
    void require_same_channels(const char* what) const;
    void require_window(const Window& window) const;
    /// A second input has the shape of the one output.
    void require_addend() const;
    /// All bound or none; weights of this shape, in the graph's layout.
    void require_parameters(const WeightTensor& weights, const std::vector<int>& shape, const WeightTensor& bias,
                            const std::optional<BatchNorm>& norm) const;

    const NodeMaps& maps;

  private:
    const std::string& name_;
};

/// " 3x3/2 dilation 2 pads 0,0,1,1"
std::string window_details(const Window& window);

/// " (no weights)", or "".
std::string weights_details(const WeightTensor& weights);

/// The specs of a weight and a bias.
std::vector<TensorSpec> weight_and_bias(const std::string& layer, std::vector<int> weight, std::int64_t fan_in);

/// A layer of a description that is to become a node.
struct LayerSite {
    const LayerDescription& layer;
    const std::vector<Shape>& inputs;
    int channels;       // under alpha, of the kinds that have channels of their own
    std::string where;  // "FILE: /pointer: NAME"
};

/// The window of a layer on its first map. InputError for a map smaller than its window, or implausible numbers.
Window place_window(const LayerSite& site);

/// InputError for implausibly many weights.
void check_weights_plausible(std::int64_t terms, std::int64_t outputs, const std::string& where);

}  // namespace ssdgen
