#include "passes/unsigned_maps.h"

namespace ssdgen {

namespace {

void make_unsigned(Element& element, Quantization& meaning) {
    if (element != Element::s8) return;
    element = Element::u8;
    for (std::int32_t& zero_point : meaning.zero_point) zero_point += 128;
}

void make_unsigned(std::optional<StoredMap>& map) {
    if (map) make_unsigned(map->element, map->quantization);
}

}  // namespace

Graph unsigned_maps(Graph graph) {
    for (Tensor& map : graph.tensors)
        if (map.quantization) make_unsigned(map.element, *map.quantization);
    if (!graph.head) return graph;
    make_unsigned(graph.head->stored.boxes);
    make_unsigned(graph.head->stored.logits);
    make_unsigned(graph.head->stored.scores);
    return graph;
}

}  // namespace ssdgen
