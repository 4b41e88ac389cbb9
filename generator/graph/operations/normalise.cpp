#include "graph/operations/normalise.h"

namespace ssdgen {

const char* kind_of(const Normalise&) { return "normalise"; }

const Window* window_of(const Normalise&) { return nullptr; }

Activation activation_of(const Normalise&) { return Activation::none; }

std::string details_of(const Normalise&) { return ""; }

Arity arity_of(const Normalise&) { return {}; }

std::int64_t weight_count(const Normalise&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const Normalise&, const std::string&, const NodeMaps&) { return {}; }

void bind(Normalise&, LayerParameters) {}

std::string weight_words(const Normalise&) { return ""; }

void check_operation(const Normalise& operation, const NodeCheck& node) {
    const auto channels = static_cast<std::size_t>(node.maps.input().channels);
    node.require(node.maps.outputs.size() == 1 && node.maps.output() == node.maps.input(),
                 "a normalised picture keeps its shape");
    node.require(operation.mean.size() == channels && operation.scale.size() == channels,
                 "a mean and a scale a channel");
}

}  // namespace ssdgen
