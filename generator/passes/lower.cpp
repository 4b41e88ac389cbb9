#include "passes/lower.h"

#include "graph/build.h"
#include "passes/dequantize.h"
#include "passes/fold_batch_norm.h"
#include "passes/fold_input_normalisation.h"
#include "passes/fuse_add.h"
#include "passes/join_heads.h"
#include "passes/lower_concat.h"
#include "passes/lower_fully_connected.h"
#include "passes/make_factors.h"
#include "passes/note_lists.h"
#include "passes/take_stored_picture.h"
#include "passes/unsigned_maps.h"

#include <utility>

namespace ssdgen {

namespace {

struct Pass {
    const char* name;
    Graph (*run)(Graph);
};

template <std::size_t count>
Graph run(const Pass (&passes)[count], Graph graph, const PassObserver& observe) {
    for (const Pass& pass : passes) {
        graph = pass.run(std::move(graph));
        check_graph(graph);
        if (observe) observe(pass.name, graph);
    }
    return graph;
}

}  // namespace

Graph lower(Graph graph, const PassObserver& observe) {
    // All that follows computes with floats. Fully connected goes before the input: a first layer that is fully
    // connected is a convolution then.
    constexpr Pass passes[] = {
        {"dequantize", dequantize},
        {"fold_batch_norm", fold_batch_norm},
        {"lower_fully_connected", lower_fully_connected},
        {"fold_input_normalisation", fold_input_normalisation},
        {"fuse_add", fuse_add},
        {"lower_concat", lower_concat},
        {"join_heads", join_heads},
    };
    return run(passes, std::move(graph), observe);
}

Graph lower_integers(Graph graph, Requantization rule, const PassObserver& observe) {
    // Sums are made before their maps are seen otherwise.
    graph = make_factors(std::move(graph), rule);
    check_graph(graph);
    if (observe) observe("make_factors", graph);
    constexpr Pass passes[] = {
        {"note_lists", note_lists},
        {"lower_fully_connected", lower_fully_connected},
        {"take_stored_picture", take_stored_picture},
        {"unsigned_maps", unsigned_maps},
        {"lower_concat", lower_concat},
        {"join_heads", join_heads},
    };
    return run(passes, std::move(graph), observe);
}

}  // namespace ssdgen
