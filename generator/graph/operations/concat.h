#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// The channels of maps of one height and width, one map after the other. The pass lower_concat takes it away.
struct Concat {};

/// The operation of a layer and the map that it makes. InputError for maps of different heights or widths.
std::pair<Concat, Shape> make_concat(const LayerSite& site);

const char* kind_of(const Concat& operation);
const Window* window_of(const Concat& operation);
Activation activation_of(const Concat& operation);
std::string details_of(const Concat& operation);
Arity arity_of(const Concat& operation);
std::int64_t weight_count(const Concat& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const Concat& operation, const std::string& layer, const NodeMaps& maps);
void bind(Concat& operation, LayerParameters parameters);
std::string weight_words(const Concat& operation);
void check_operation(const Concat& operation, const NodeCheck& node);

}  // namespace ssdgen
