#include "import/model_graph.h"

#include "support/error.h"

namespace ssdgen {

LayerKind layer_kind(const Node& node) {
    struct Kind {
        LayerKind operator()(const Normalise&) const {
            check(false, "a model's graph begins after the normalisation");
            return {};
        }
        LayerKind operator()(const Convolution&) const { return LayerKind::convolution; }
        LayerKind operator()(const Depthwise&) const { return LayerKind::depthwise; }
        LayerKind operator()(const AveragePool&) const { return LayerKind::average_pool; }
        LayerKind operator()(const MaxPool&) const { return LayerKind::max_pool; }
        LayerKind operator()(const FullyConnected&) const { return LayerKind::fully_connected; }
        LayerKind operator()(const Add&) const { return LayerKind::add; }
        LayerKind operator()(const Concat&) const { return LayerKind::concat; }
        LayerKind operator()(const Softmax&) const { return LayerKind::softmax; }
    };
    return std::visit(Kind{}, node.operation);
}

const std::optional<BatchNorm>* batch_norm_of(const Node& node) {
    if (const auto* layer = std::get_if<Convolution>(&node.operation)) return &layer->batch_norm;
    if (const auto* layer = std::get_if<Depthwise>(&node.operation)) return &layer->batch_norm;
    return nullptr;
}

}  // namespace ssdgen
