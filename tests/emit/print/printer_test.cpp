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
                      {{ParameterRole::input, "in"},
                       {ParameterRole::weights, "weights"},
                       {ParameterRole::input, ""},
                       {ParameterRole::output, "out"},
                       {ParameterRole::index, "first"}},
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
void tile(const float* in, const float* weights, const float*, float* out, int first) noexcept {
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

TEST_CASE("Numbers of every type that is loaded become floats, from a pointer to floats or from bytes") {
    const Function function{
        "f",
        "",
        {{ParameterRole::input, "in"},
         {ParameterRole::input, "bytes", Element::u8},
         {ParameterRole::weights, "weights", Element::u8}},
        {Pointer{"w", {"weights", 64}}, Load{"a", {"in", 32}, 4}, Load{"b", {"w", 0}, 4},
         Load{"c", {"w", 128}, {Element::bf16, 4}}, Load{"d", {"w", n("at") * 2}, {Element::f16, 3}, true},
         Load{"e", {"bytes", 8}, {Element::u8, 2}}}};
    CHECK(print_function(function, portable()) ==
          R"(void f(const float* in, const std::uint8_t* bytes, const std::uint8_t* weights) noexcept {
    const std::uint8_t* w = weights + 64;
    Vector a = load(in + 32);
    Vector b = load_f32(w);
    Vector c = load_bf16(w + 128);
    Vector d = keep(load_f16_lanes<3>(w + 2 * at));
    Vector e = load_bytes_lanes<2>(bytes + 8);
}
)");
}

TEST_CASE("What no target has a function for is a fault of our own") {
    const auto print = [](const TreeNode& node, Element element) {
        return print_function({"f", "", {{ParameterRole::output, "p", element}}, {node}}, portable());
    };
    const std::string broken = "internal error: broken invariant: ";
    CHECK_THROWS_WITH_AS(print(Load{"a", {"p", 0}, {Element::s8, 4}}, Element::u8),
                         (broken + "s8 is loaded by a function").c_str(), InternalError);
    CHECK_THROWS_WITH_AS(print(Load{"a", {"p", 0}, {Element::bf16, 4}}, Element::f32),
                         (broken + "numbers are loaded through a pointer to floats or bytes").c_str(), InternalError);
    CHECK_THROWS_WITH_AS(print(Store{{"p", 0}, "a", {Element::bf16, 4}}, Element::u8),
                         (broken + "floats are broadcast and stored through pointers to floats").c_str(),
                         InternalError);
    CHECK_THROWS_WITH_AS(print(Load{"a", {"q", 0}, 4}, Element::f32), (broken + "the pointer q has a type").c_str(),
                         InternalError);
}

TEST_CASE("Functions of a target carry the instruction set that they need") {
    const Function function{"f", "", {{ParameterRole::count, "iterations"}}, {}};
    CHECK(print_function(function, find_target("x86-64-v3")) ==
          "[[gnu::target(\"avx2,fma\")]] void f(long iterations) noexcept {\n}\n");
    CHECK(print_function(function, portable()) == "void f(long iterations) noexcept {\n}\n");
}

TEST_CASE("The width of a vector and the attribute are those of the target's record") {
    Target toy;
    toy.units = {{Element::f32, 3, 8, 1, 1, 4, false}};
    toy.toolchain.attribute = "arch=toy";
    const Function function{
        "f", "", {{ParameterRole::input, "in"}}, {Load{"x", {"in", 0}, 3}, Load{"y", {"in", 3}, 4}}};
    CHECK(print_function(function, toy) ==
          "[[gnu::target(\"arch=toy\")]] void f(const float* in) noexcept {\n    Vector x = load(in);\n    Vector y = "
          "load_lanes<4>(in + 3);\n}\n");
}

TEST_CASE("The numbers of a shape are constants of a struct with their reasons, and code finds them there") {
    const std::vector<NamedNumber> shape{{"stride", 2, ""}, {"row_pixels", 360, "pixels that a unit of work takes"}};
    CHECK(print_shape(shape) ==
          "struct Shape {\n    static constexpr int stride = 2;\n"
          "    static constexpr int row_pixels = 360;  // pixels that a unit of work takes\n};\n");
    Loop loop{"y", 0, n("row_pixels") - 1, 1, {Pointer{"p", {"in", n("y") * n("stride") * n("step")}}}};
    loop.body.push_back(Advance{"p", n("stride")});
    const Function function{"f",
                            "",
                            {{ParameterRole::input, "in"}, {ParameterRole::index, "step"}},
                            {loop, Call{"g", {{"in", n("row_pixels")}, {"", n("stride")}}}}};
    CHECK(print_function(function, portable(), shape) == R"(void f(const float* in, int step) noexcept {
    for (int y = 0; y < Shape::row_pixels - 1; ++y) {
        const float* p = in + step * Shape::stride * y;
        p += Shape::stride;
    }
    g(in + Shape::row_pixels, Shape::stride);
}
)");
}

TEST_CASE("A comment that counts ends in its number") {
    const Function function{"f", "", {}, {Comment{"Plain."}, Comment{"Input channel ", n("k") + 2}}};
    CHECK(print_body(function, portable()) == "// Plain.\n// Input channel k + 2.\n");
}

TEST_CASE("A call that hands all parameters on gives nothing for one that has no name") {
    const Function function{
        "f", "", {{ParameterRole::input, "input"}, {ParameterRole::weights, ""}, {ParameterRole::index, "end"}}, {}};
    CHECK(print_arguments(function) == "input, nullptr, end");
}
