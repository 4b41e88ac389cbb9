#include "graph/operations/softmax.h"

#include "description/spelling.h"

namespace ssdgen {

std::pair<Softmax, Shape> make_softmax(const LayerSite& site) { return {{}, site.inputs[0]}; }

const char* kind_of(const Softmax&) { return spell(LayerKind::softmax); }

const Window* window_of(const Softmax&) { return nullptr; }

Activation activation_of(const Softmax&) { return Activation::none; }

std::string details_of(const Softmax&) { return ""; }

Arity arity_of(const Softmax&) { return {}; }

std::int64_t weight_count(const Softmax&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const Softmax&, const std::string&, const NodeMaps&) { return {}; }

void bind(Softmax&, LayerParameters) {}

std::string weight_words(const Softmax&) { return ""; }

void check_operation(const Softmax&, const NodeCheck& node) {
    node.require(node.maps.outputs.size() == 1 && node.maps.output() == node.maps.input(), "a softmax keeps its shape");
}

}  // namespace ssdgen
