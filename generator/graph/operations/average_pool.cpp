#include "graph/operations/average_pool.h"

#include "description/spelling.h"
#include "support/error.h"

namespace ssdgen {

std::pair<AveragePool, Shape> make_average_pool(const LayerSite& site) {
    const Shape& input = site.inputs[0];
    if (site.layer.kernel == 0)
        return {{Window{whole_axis(input.height), whole_axis(input.width)}}, {1, 1, input.channels}};
    const Window window = place_window(site);
    if (is_padded(window))
        fail_input(site.where,
                   "found an average_pool with padding; allowed: no padding, the mean being over whole windows");
    return {{window}, {window.rows.output, window.columns.output, input.channels}};
}

const char* kind_of(const AveragePool&) { return spell(LayerKind::average_pool); }

const Window* window_of(const AveragePool& operation) { return &operation.window; }

Activation activation_of(const AveragePool&) { return Activation::none; }

std::string details_of(const AveragePool& operation) { return window_details(operation.window); }

Arity arity_of(const AveragePool&) { return {}; }

std::int64_t weight_count(const AveragePool&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const AveragePool&, const std::string&, const NodeMaps&) { return {}; }

void bind(AveragePool&, LayerParameters) {}

std::string weight_words(const AveragePool&) { return ""; }

void check_operation(const AveragePool& operation, const NodeCheck& node) {
    node.require_same_channels("a pool keeps its channels");
    node.require_window(operation.window);
    node.require(!is_padded(operation.window), "a pool has no padding");
}

}  // namespace ssdgen
