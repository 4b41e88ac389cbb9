#pragma once

#include "graph/operations/facets.h"

namespace ssdgen {

/// The mean over each window; no padding.
struct AveragePool {
    Window window;
    bool signed_numbers = false;  // of whole numbers that are u8 now: their sums are rounded as those of s8 are
};

/// The operation of a layer and the map that it makes.
std::pair<AveragePool, Shape> make_average_pool(const LayerSite& site);

const char* kind_of(const AveragePool& operation);
const Window* window_of(const AveragePool& operation);
Activation activation_of(const AveragePool& operation);
std::string details_of(const AveragePool& operation);
Arity arity_of(const AveragePool& operation);
std::int64_t weight_count(const AveragePool& operation, const NodeMaps& maps);
std::vector<TensorSpec> specs_of(const AveragePool& operation, const std::string& layer, const NodeMaps& maps);
void bind(AveragePool& operation, LayerParameters parameters);
std::string weight_words(const AveragePool& operation);
void check_operation(const AveragePool& operation, const NodeCheck& node);

}  // namespace ssdgen
