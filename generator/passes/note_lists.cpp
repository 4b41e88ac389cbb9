#include "passes/note_lists.h"

#include "graph/stored_range.h"
#include "support/error.h"

namespace ssdgen {

namespace {

void note(const Graph& graph, TensorId HeadSource::*output, const char* name, std::optional<StoredMap>& list) {
    if (list) return;
    for (const HeadSource& source : graph.head->sources) {
        const Tensor& map = graph.tensors[static_cast<std::size_t>(source.*output)];
        const StoredMap stored{map.element, *map.quantization};
        if (!list) list = stored;
        if (!(stored == *list))
            fail_input(
                graph.file,
                "the predictors of {} store their {} with scales of their own, and the weights have no {}_scale, "
                "that of all; allowed: one scale for all of them, or {}_scale and {}_zero_point beside them",
                graph.name, name, name, name, name);
    }
}

}  // namespace

Graph note_lists(Graph graph) {
    if (!graph.head) return graph;
    note(graph, &HeadSource::boxes, "boxes", graph.head->stored.boxes);
    note(graph, &HeadSource::logits, "logits", graph.head->stored.logits);
    return graph;
}

}  // namespace ssdgen
