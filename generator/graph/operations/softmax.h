#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// Over all values of its input; last node of a classifier, and done by classify(), not by forward().
struct Softmax {};

/// The operation of a layer and the map that it makes.
std::pair<Softmax, Shape> make_softmax(const LayerSite& site);

const char* kind_of(const Softmax& operation);
const Window* window_of(const Softmax& operation);
Activation activation_of(const Softmax& operation);
std::string details_of(const Softmax& operation);
Arity arity_of(const Softmax& operation);
std::int64_t weight_count(const Softmax& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Softmax& operation, const std::string& layer, const NodeMaps& maps);
void bind(Softmax& operation, LayerParameters parameters);
std::string weight_words(const Softmax& operation);
void check_operation(const Softmax& operation, const NodeCheck& node);

}  // namespace ssdgen
