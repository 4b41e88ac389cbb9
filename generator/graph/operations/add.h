#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// The sum of maps of one shape. Of one map, which the passes alone make: a copy.
struct Add {
    Activation activation = Activation::none;
};

/// The operation of a layer and the map that it makes. InputError for maps of different shapes.
std::pair<Add, Shape> make_add(const LayerSite& site);

const char* kind_of(const Add& operation);
const Window* window_of(const Add& operation);
Activation activation_of(const Add& operation);
std::string details_of(const Add& operation);
Arity arity_of(const Add& operation);
std::int64_t weight_count(const Add& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Add& operation, const std::string& layer, const NodeMaps& maps);
void bind(Add& operation, LayerParameters parameters);
std::string weight_words(const Add& operation);
void check_operation(const Add& operation, const NodeCheck& node);

}  // namespace ssdgen
