#include "kernel/unroll.h"

#include "kernel/count.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/traits.h"
#include "kernels.h"
#include "target/table.h"
#include "tools/float_targets.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Found {
    int loops = 0, calls = 0, choices = 0;
    Counts counts;
    std::set<std::int64_t> stored;  // offsets from the output
};

void look(const Body& body, Found& found) {
    for_each_node(body, [&](const TreeNode& node) {
        found.loops += std::holds_alternative<Loop>(node.value);
        found.calls += std::holds_alternative<Call>(node.value);
        found.choices += std::holds_alternative<Cases>(node.value);
        add(found.counts, counts_of(cost_of(node)));
        if (const auto* store = std::get_if<Store>(&node.value))
            for (int lane = 0; lane < store->memory.lanes; ++lane)
                found.stored.insert(store->address.offset.evaluate({}) + lane);
    });
}

}  // namespace

TEST_CASE("A kernel unrolled whole has no loop, choice or call, does the same work, and stores every output") {
    for (const Target& target : test::float_targets()) {
        Convolution convolution;
        Depthwise depthwise;
        const Window window = square(3, 2, {0, 0, 1, 1});
        convolution.window = depthwise.window = window;
        const Shape input{6, 7, 20};
        for (const Kernel& kernel :
             {kernel_of(convolution, input, window, {37}, target), kernel_of(depthwise, input, window, {20}, target)}) {
            const KernelTree tree = simplify(lower_kernel(kernel, "kernel", target));
            const int units = kernel_units(kernel);
            Found found;
            look(unroll_whole(tree, units).functions.back().body, found);
            const Counts counts = count(tree, units);
            CHECK(found.loops + found.calls + found.choices == 0);
            CHECK(found.counts.multiply_adds == counts.multiply_adds);
            CHECK(found.counts.loads == counts.loads);
            CHECK(found.counts.stores == counts.stores);
            const int channels = blocks_of(kernel) ? 37 : 20;
            CHECK(found.stored.size() == std::size_t(3 * 3 * channels));
        }
    }
}
