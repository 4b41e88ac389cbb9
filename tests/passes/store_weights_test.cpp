#include "passes/store_weights.h"

#include "graph/networks.h"
#include "passes/lower.h"
#include "support/error.h"
#include "tools/message.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

Graph lowered(bool bound) {
    const Description description = classifier(9, 8, 3, {convolution("conv", 5, 3, 2), depthwise("dw", 3)});
    Graph graph = build_graph(description);
    if (bound) bind_weights(graph, description, random_weights(expected_tensors(graph), 3));
    return lower(std::move(graph));
}

WeightTensor& weights_of(Graph& graph, std::size_t node) {
    Operation& operation = graph.nodes[node].operation;
    if (auto* convolution = std::get_if<Convolution>(&operation)) return convolution->weights;
    return std::get<Depthwise>(operation).weights;
}

}  // namespace

TEST_CASE("Weights of a lowered graph are rounded to a type, biases are not, and f32 leaves all as it is") {
    for (const bool bound : {true, false}) {
        Graph before = lowered(bound);
        for (const Element type : {Element::f32, Element::f16, Element::bf16}) {
            Graph after = store_weights(before, type);
            for (std::size_t node = 0; node < 2; ++node) {
                CHECK(weights_of(after, node).element() == type);
                CHECK(weights_of(after, node).shape == weights_of(before, node).shape);
                const std::vector<float> exact = weights_of(before, node).values(),
                                         stored = weights_of(after, node).values();
                REQUIRE(stored.size() == exact.size());
                CHECK(exact.empty() != bound);
                const float step = type == Element::f32 ? 0 : type == Element::f16 ? 0x1p-11F : 0x1p-8F;
                for (std::size_t i = 0; i < exact.size(); ++i)
                    CHECK(std::fabs(stored[i] - exact[i]) <= std::fabs(exact[i]) * step + 0x1p-25F);
                if (type != Element::f32 && bound) CHECK(stored != exact);
            }
            CHECK(std::get<Convolution>(after.nodes[0].operation).bias ==
                  std::get<Convolution>(before.nodes[0].operation).bias);
        }
    }
}

TEST_CASE("A weight beyond the largest of the type is refused, and its layer named") {
    for (const float sign : {1.0F, -1.0F}) {
        Graph graph = lowered(true);
        weights_of(graph, 1).floats()[4] = 65504 * sign;
        CHECK_NOTHROW(store_weights(graph, Element::f16));
        weights_of(graph, 1).floats()[4] = 65505 * sign;
        CHECK_THROWS_WITH_AS(store_weights(graph, Element::f16), doctest::Contains("dw: found a weight of "),
                             InputError);
        CHECK_NOTHROW(store_weights(graph, Element::bf16));
        CHECK_NOTHROW(store_weights(graph, Element::f32));
        weights_of(graph, 1).floats()[4] = 0x1.FFp127F * sign;
        CHECK_THROWS_AS(store_weights(graph, Element::bf16), InputError);
    }
}
