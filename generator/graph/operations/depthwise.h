#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

struct Depthwise {
    Window window;
    Activation activation = Activation::none;
    WeightTensor weights;  // [kh][kw][channels]
    WeightTensor bias;     // [channels]
    std::optional<BatchNorm> batch_norm;
    std::optional<SumFactors> factors = std::nullopt;  // as of a Convolution
};

/// The operation of a layer and the map that it makes.
std::pair<Depthwise, Shape> make_depthwise(const LayerSite& site);

const char* kind_of(const Depthwise& operation);
const Window* window_of(const Depthwise& operation);
Activation activation_of(const Depthwise& operation);
std::string details_of(const Depthwise& operation);
Arity arity_of(const Depthwise& operation);
std::int64_t weight_count(const Depthwise& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Depthwise& operation, const std::string& layer, const NodeMaps& maps);
void bind(Depthwise& operation, LayerParameters parameters);
std::string weight_words(const Depthwise& operation);
void check_operation(const Depthwise& operation, const NodeCheck& node);

}  // namespace ssdgen
