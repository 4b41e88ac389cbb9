#include "emit/print/printer.h"

#include "support/error.h"
#include "target/table.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

const Expression n(const char* name) { return Expression::name(name); }

const Target& portable() { return find_target("portable"); }

}  // namespace

TEST_CASE("A function is printed node by node") {
    Function function{"tile",
                      "Two sums.",
                      {{ParameterType::input, "in"},
                       {ParameterType::weights, ""},
                       {ParameterType::output, "out"},
                       {ParameterType::index, "first"}},
                      {}};
    Loop loop{"k", n("first"), n("width") - 3, 4, {}};
    loop.body = {Load{"w", {"weights", n("k") * 4}, 4}, Broadcast{"x", {"in", n("k") - 2}},
                 MultiplyAdd{"sum", "x", "w"}};
    function.body = {Constant{"sum", {0.5F}},
                     Blank{},
                     Comment{"All of them."},
                     loop,
                     Cases{"y", {{1, {Call{"top", {{"in", 0}, {"", n("y")}}}}}, {n("height"), {Call{"rest", {}}}}}},
                     Block{{Pointer{"p", {"out", 8}, false}, Advance{"p", 4}}},
                     Load{"part", {"in", Expression(0) - n("back")}, 3},
                     Arithmetic{Operator::maximum, "sum", "sum", "part"},
                     Store{{"out", n("at") + 1}, "sum", 3},
                     Store{{"out", 0}, "sum", 4}};
    CHECK(print_function(function, portable()) == R"(// Two sums.
void tile(const float* in, const float*, float* out, int first) noexcept {
    Vector sum = constant(0.5F);

    // All of them.
    for (int k = first; k < width - 3; k += 4) {
        Vector w = load(weights + 4 * k);
        Vector x = broadcast(in + (k - 2));
        sum = multiply_add(x, w, sum);
    }
    if (y < 1) {
        top(in, y);
    } else {
        rest();
    }
    {
        float* p = out + 8;
        p += 4;
    }
    Vector part = load_lanes<3>(in - back);
    sum = maximum(sum, part);
    store_lanes<3>(out + at + 1, sum);
    store(out, sum);
}
)");
}

TEST_CASE("Functions of a target carry the instruction set that they need") {
    const Function function{"f", "", {{ParameterType::count, "iterations"}}, {}};
    CHECK(print_function(function, find_target("x86-64-v3")) ==
          "[[gnu::target(\"avx2,fma\")]] void f(long iterations) noexcept {\n}\n");
    CHECK(print_function(function, portable()) == "void f(long iterations) noexcept {\n}\n");
}

TEST_CASE("The width of a vector and the attribute are those of the target's record") {
    Target toy;
    toy.units = {{Element::f32, 3, 8, 1, 1, 4, false}};
    toy.toolchain.attribute = "arch=toy";
    const Function function{"f", "", {}, {Load{"x", {"in", 0}, 3}, Load{"y", {"in", 3}, 4}}};
    CHECK(print_function(function, toy) ==
          "[[gnu::target(\"arch=toy\")]] void f() noexcept {\n    Vector x = load(in);\n    Vector y = "
          "load_lanes<4>(in + 3);\n}\n");
}

TEST_CASE("Numbers are constants with their reasons") {
    KernelTree tree;
    tree.numbers = {{"stride", 2, ""}, {"row_pixels", 360, "pixels that a unit of work takes"}};
    CHECK(print_numbers(tree) ==
          "constexpr int stride = 2;\nconstexpr int row_pixels = 360;  // pixels that a unit of work takes\n");
}

TEST_CASE("A call that hands all parameters on gives nothing for one that has no name") {
    const Function function{
        "f", "", {{ParameterType::input, "input"}, {ParameterType::weights, ""}, {ParameterType::index, "end"}}, {}};
    CHECK(print_arguments(function) == "input, nullptr, end");
}
