#include "kernel/count.h"

#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernels.h"
#include "support/error.h"
#include "target/table.h"
#include "tools/float_targets.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

Counts counts_of(const Kernel& kernel, const Target& target) {
    const KernelTree tree = lower_kernel(kernel, "kernel", target);
    const Counts plain = count(tree, kernel_units(kernel));
    const Counts simple = count(simplify(tree), kernel_units(kernel));
    CHECK(plain.multiply_adds == simple.multiply_adds);  // simplify changes no work
    CHECK(plain.loads == simple.loads);
    CHECK(plain.stores == simple.stores);
    return simple;
}

int lanes(const Target& target) { return vector_unit(target, Element::f32).lanes; }

int vectors(int channels, const Target& target) { return (channels + lanes(target) - 1) / lanes(target); }

Convolution convolution(const Window& window) {
    Convolution operation;
    operation.window = window;
    return operation;
}

Depthwise depthwise(const Window& window) {
    Depthwise operation;
    operation.window = window;
    return operation;
}

}  // namespace

TEST_CASE("A pointwise kernel does the layer's multiply-adds, a vector at a time, and stores each output once") {
    const Window window;
    for (const Target& target : test::float_targets())
        for (const Shape& input : {Shape{1, 1, 16}, {2, 3, 24}, {7, 7, 64}, {19, 19, 3}, {38, 38, 128}})
            for (int channels : {16, 48, 64, 208}) {
                CAPTURE(target.name);
                CAPTURE(input.height);
                CAPTURE(channels);
                const Counts counts =
                    counts_of(kernel_of(convolution(window), input, window, {channels}, target), target);
                const std::int64_t pixels = std::int64_t(input.height) * input.width;
                CHECK(counts.multiply_adds == pixels * input.channels * channels / lanes(target));
                CHECK(counts.stores == pixels * channels / lanes(target));
            }
}

TEST_CASE("Channels that do not fill a vector cost a whole one") {
    const Window window;
    for (const Target& target : test::float_targets())
        for (int channels : {1, 3, 7, 9, 17, 33, 65, 100}) {
            const Shape input{5, 6, 10};
            const Counts counts = counts_of(kernel_of(convolution(window), input, window, {channels}, target), target);
            CHECK(counts.multiply_adds == 30 * 10 * vectors(channels, target));
            CHECK(counts.stores == 30 * vectors(channels, target));
        }
}

TEST_CASE("Joined heads do the work of both") {
    const Window window = square(3, 1, {1, 1, 1, 1});
    const Shape input{5, 5, 8};
    for (const Target& target : test::float_targets()) {
        const Counts counts = counts_of(kernel_of(convolution(window), input, window, {16, 63}, target), target);
        CHECK(counts.multiply_adds == taps_inside(input, window) * 8 * (vectors(16, target) + vectors(63, target)));
        CHECK(counts.stores == 25 * (vectors(16, target) + vectors(63, target)));
    }
}

TEST_CASE("A convolution leaves out the taps in the padding, under both padding rules") {
    const Window windows[] = {square(3, 1, {1, 1, 1, 1}), square(3, 2, {1, 1, 1, 1}),    square(3, 2, {0, 0, 1, 1}),
                              square(5, 1, {2, 2, 2, 2}), square(3, 1, {2, 2, 2, 2}, 2), square(1, 2, {0, 0, 0, 0})};
    for (const Target& target : test::float_targets())
        for (const Window& window : windows)
            for (const Shape& input : {Shape{5, 5, 4}, {6, 6, 5}, {7, 12, 16}, {19, 6, 3}}) {
                CAPTURE(target.name);
                CAPTURE(window.rows.kernel);
                CAPTURE(window.rows.stride);
                CAPTURE(input.height);
                const Counts counts = counts_of(kernel_of(convolution(window), input, window, {16}, target), target);
                CHECK(counts.multiply_adds == taps_inside(input, window) * input.channels * 16 / lanes(target));
            }
}

TEST_CASE("A depthwise kernel leaves out the taps in the padding as well") {
    const Window windows[] = {square(3, 1, {1, 1, 1, 1}), square(3, 2, {1, 1, 1, 1}), square(3, 2, {0, 0, 1, 1}),
                              square(5, 2, {1, 1, 2, 2}), square(3, 1, {2, 2, 2, 2}, 2)};
    for (const Target& target : test::float_targets())
        for (const Window& window : windows)
            for (const Shape& input : {Shape{1, 1, 16}, {2, 2, 17}, {7, 6, 48}, {19, 12, 33}}) {
                if (window.rows.dilation * 2 + 1 > input.height + window.rows.before + window.rows.after) continue;
                CAPTURE(target.name);
                CAPTURE(window.rows.kernel);
                CAPTURE(input.height);
                const Counts counts =
                    counts_of(kernel_of(depthwise(window), input, window, {input.channels}, target), target);
                CHECK(counts.multiply_adds == taps_inside(input, window) * vectors(input.channels, target));
            }
}

TEST_CASE("A row of the picture is staged with its padding, so every output costs all taps") {
    Convolution operation = convolution(square(3, 2, {1, 1, 1, 1}));
    operation.input_mean = {127.5F, 127.5F, 127.5F};
    const Shape input{20, 20, 3};
    for (const Target& target : test::float_targets()) {
        const Kernel kernel = kernel_of(operation, input, operation.window, {32}, target, true);
        CHECK(counts_of(kernel, target).multiply_adds == 10 * 10 * 27 * 32 / lanes(target));
        CHECK(kernel_units(kernel) == 10);
    }
}

TEST_CASE("count follows calls, loops and choices") {
    KernelTree tree;
    tree.name = "kernel";
    tree.numbers = {{"rows", 5, ""}};
    tree.functions.push_back({"part", "", {}, {Load{"a", {"in", 0}, 4}, MultiplyAdd{"s", "a", "a"}}});
    const Cases cases{"y", {{1, {Call{"part", {}}}}, {Expression::name("rows"), {Call{"part", {}}, Call{"part", {}}}}}};
    tree.functions.push_back({"kernel",
                              "",
                              {{ParameterRole::index, "first"}, {ParameterRole::index, "end"}},
                              {Loop{"y", Expression::name("first"), Expression::name("end"), 1, {cases}},
                               Loop{"k", 0, 10, 4, {Store{{"out", 0}, "s", 4}}}}});
    CHECK(count(tree, 5).multiply_adds == 1 + 4 * 2);
    CHECK(count(tree, 1).multiply_adds == 1);
    CHECK(count(tree, 5).loads == 9);
    CHECK(count(tree, 5).stores == 3);
    // A stage of a stream makes rows y one after the other.
    tree.functions.back().parameters = {{ParameterRole::index, "y"}};
    tree.functions.back().body = {cases};
    CHECK(count(tree, 5).multiply_adds == 1 + 4 * 2);
    tree.functions.back().body = {Call{"missing", {}}};
    CHECK_THROWS_WITH_AS(count(tree, 1), "internal error: broken invariant: kernel function missing is defined",
                         InternalError);
}
