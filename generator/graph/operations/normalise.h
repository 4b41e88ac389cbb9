#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// y = (x - mean) * scale, a channel each; the padding of the layer that follows is zero after it.
struct Normalise {
    std::vector<float> mean, scale;
};

const char* kind_of(const Normalise& operation);
const Window* window_of(const Normalise& operation);
Activation activation_of(const Normalise& operation);
std::string details_of(const Normalise& operation);
Arity arity_of(const Normalise& operation);
std::int64_t weight_count(const Normalise& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Normalise& operation, const std::string& layer, const NodeMaps& maps);
void bind(Normalise& operation, LayerParameters parameters);
std::string weight_words(const Normalise& operation);
void check_operation(const Normalise& operation, const NodeCheck& node);

}  // namespace ssdgen
