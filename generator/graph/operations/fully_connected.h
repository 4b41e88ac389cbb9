#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// Over the whole input map. Lowered to a Convolution whose kernel is the map.
struct FullyConnected {
    Activation activation = Activation::none;
    WeightTensor weights;                              // [out][y][x][in]
    WeightTensor bias;                                 // [out]
    std::optional<SumFactors> factors = std::nullopt;  // as of a Convolution
};

/// The operation of a layer and the map that it makes.
std::pair<FullyConnected, Shape> make_fully_connected(const LayerSite& site);

const char* kind_of(const FullyConnected& operation);
const Window* window_of(const FullyConnected& operation);
Activation activation_of(const FullyConnected& operation);
std::string details_of(const FullyConnected& operation);
Arity arity_of(const FullyConnected& operation);
std::int64_t weight_count(const FullyConnected& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const FullyConnected& operation, const std::string& layer, const NodeMaps& maps);
void bind(FullyConnected& operation, LayerParameters parameters);
std::string weight_words(const FullyConnected& operation);
void check_operation(const FullyConnected& operation, const NodeCheck& node);

}  // namespace ssdgen
