#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

struct Convolution {
    Window window;
    Activation activation = Activation::none;
    WeightTensor weights;  // [out][kh][kw][in]; empty: no weights bound
    WeightTensor bias;     // [out]
    std::optional<BatchNorm> batch_norm;
    std::optional<SumFactors> factors = std::nullopt;  // of whole numbers, once the pass make_factors has run
    std::vector<float> input_mean;  // one an input channel if the input normalisation was folded in (the scale is in
                                    // the weights, the mean is taken from the bytes so that padding stays exactly zero)
    bool depth_multiplied = false;  // of one input channel: it rounds as a depthwise layer
};

/// The operation of a layer and the map that it makes.
std::pair<Convolution, Shape> make_convolution(const LayerSite& site);

const char* kind_of(const Convolution& operation);
const Window* window_of(const Convolution& operation);
Activation activation_of(const Convolution& operation);
std::string details_of(const Convolution& operation);
Arity arity_of(const Convolution& operation);
std::int64_t weight_count(const Convolution& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Convolution& operation, const std::string& layer, const NodeMaps& maps);
void bind(Convolution& operation, LayerParameters parameters);
std::string weight_words(const Convolution& operation);
void check_operation(const Convolution& operation, const NodeCheck& node);

}  // namespace ssdgen
