#include "passes/lower.h"

#include "graph/build.h"
#include "passes/dequantize.h"
#include "passes/fold_batch_norm.h"
#include "passes/fold_input_normalisation.h"
#include "passes/fuse_add.h"
#include "passes/join_heads.h"
#include "passes/lower_concat.h"
#include "passes/lower_fully_connected.h"

#include <utility>

namespace ssdgen {

Graph lower(Graph graph, const PassObserver& observe) {
    struct Pass {
        const char* name;
        Graph (*run)(Graph);
    };
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
    for (const Pass& pass : passes) {
        graph = pass.run(std::move(graph));
        check_graph(graph);
        if (observe) observe(pass.name, graph);
    }
    return graph;
}

}  // namespace ssdgen
