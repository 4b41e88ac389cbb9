#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// The maximum over the taps of each window that lie inside the map: at least one.
struct MaxPool {
    Window window;
};

/// The operation of a layer and the map that it makes.
std::pair<MaxPool, Shape> make_max_pool(const LayerSite& site);

const char* kind_of(const MaxPool& operation);
const Window* window_of(const MaxPool& operation);
Activation activation_of(const MaxPool& operation);
std::string details_of(const MaxPool& operation);
Arity arity_of(const MaxPool& operation);
std::int64_t weight_count(const MaxPool& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const MaxPool& operation, const std::string& layer, const NodeMaps& maps);
void bind(MaxPool& operation, LayerParameters parameters);
std::string weight_words(const MaxPool& operation);
void check_operation(const MaxPool& operation, const NodeCheck& node);

}  // namespace ssdgen
