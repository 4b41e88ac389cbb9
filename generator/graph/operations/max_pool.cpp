#include "graph/operations/max_pool.h"

#include "description/spelling.h"
#include "support/error.h"

namespace ssdgen {

std::pair<MaxPool, Shape> make_max_pool(const LayerSite& site) {
    const Shape& input = site.inputs[0];
    if (site.layer.kernel == 0)
        return {{Window{whole_axis(input.height), whole_axis(input.width)}}, {1, 1, input.channels}};
    const Window window = place_window(site);
    if (!touches_map(window.rows, input.height) || !touches_map(window.columns, input.width))
        fail_input(
            site.where,
            "found a max_pool with a window that lies beside the {}x{} map; allowed: windows of which a pixel at "
            "least is inside",
            input.height, input.width);
    return {{window}, {window.rows.output, window.columns.output, input.channels}};
}

const char* kind_of(const MaxPool&) { return spell(LayerKind::max_pool); }

const Window* window_of(const MaxPool& operation) { return &operation.window; }

Activation activation_of(const MaxPool&) { return Activation::none; }

std::string details_of(const MaxPool& operation) { return window_details(operation.window); }

Arity arity_of(const MaxPool&) { return {}; }

std::int64_t weight_count(const MaxPool&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const MaxPool&, const std::string&, const NodeMaps&) { return {}; }

void bind(MaxPool&, LayerParameters) {}

std::string weight_words(const MaxPool&) { return ""; }

void check_operation(const MaxPool& operation, const NodeCheck& node) {
    const auto& [rows, columns] = operation.window;
    node.require_same_channels("a pool keeps its channels");
    node.require_window(operation.window);
    node.require(touches_map(rows, node.maps.input().height) && touches_map(columns, node.maps.input().width),
                 "each window of a max pool has a pixel of the map");
}

}  // namespace ssdgen
