#include "graph/operations/add.h"

#include "description/spelling.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

std::pair<Add, Shape> make_add(const LayerSite& site) {
    const Shape& first = site.inputs[0];
    for (const Shape& input : site.inputs)
        if (input != first)
            fail_input(site.where, "found an add of maps of {} and {}; allowed: maps of one shape", to_string(first),
                       to_string(input));
    return {{site.layer.activation}, first};
}

const char* kind_of(const Add&) { return spell(LayerKind::add); }

const Window* window_of(const Add&) { return nullptr; }

Activation activation_of(const Add& operation) { return operation.activation; }

std::string details_of(const Add& operation) { return activation_suffix(" ", operation.activation); }

Arity arity_of(const Add&) { return {1, any_number}; }

std::int64_t weight_count(const Add&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const Add&, const std::string&, const NodeMaps&) { return {}; }

void bind(Add&, LayerParameters) {}

std::string weight_words(const Add&) { return ""; }

void check_operation(const Add&, const NodeCheck& node) {
    node.require(node.maps.outputs.size() == 1, "an add has one output");
    for (const Shape& input : node.maps.inputs)
        node.require(input == node.maps.output(), "an add's maps have one shape");
}

}  // namespace ssdgen
