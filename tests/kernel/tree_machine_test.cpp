// The machine that runs trees: what it computes, and that it refuses what compiled code would do undefined.
#include "tools/tree_machine.h"

#include "weights/number_formats.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const Expression n(const char* name) { return Expression::name(name); }

/// Four lanes.
Target toy(bool fused = false) {
    Target target;
    target.name = "toy";
    target.units = {{Element::f32, 4, 16, 1, 1, 4, fused}};
    return target;
}

const std::vector<Parameter> in_and_out{{ParameterRole::input, "in"}, {ParameterRole::output, "out"}};

/// What a body makes of the values of `in`, in as many places of `out`.
std::vector<float> made(const Body& body, const std::vector<float>& values, bool fused = false) {
    Area in("in", values), out("out", std::int64_t(values.size() * sizeof(float)));
    run_function({"f", "", in_and_out, body}, toy(fused), {Argument::pointer(in), Argument::pointer(out)});
    return out.floats();
}

/// What is said of a body that works on 8 floats at `in`, of which the last is not written, and 4 at `out`.
std::string fault(const Body& body, const std::vector<Function>& called = {}) {
    Area in("eight", std::int64_t{32}), out("four", std::int64_t{16});
    const float value = 1;
    for (int index = 0; index < 7; ++index) in.write(index * 4, &value, 4);
    KernelTree tree{"k", {{"two", 2, ""}}, called};
    tree.functions.push_back({"f", "", in_and_out, body});
    try {
        run_tree(tree, toy(), {Argument::pointer(in), Argument::pointer(out)});
    } catch (const TreeError& error) {
        const std::string text = error.what(), start = "kernel k, function f: ";
        return text.rfind(start, 0) == 0 ? text.substr(start.size()) : text;
    }
    return "";
}

}  // namespace

TEST_CASE("Loops, choices, calls and pointers lead through memory as in C++") {
    // Of rows 0 .. 3 of one value, the first goes to the end, the others one row up.
    const std::vector<Parameter> row{
        {ParameterRole::input, "from"}, {ParameterRole::output, "to"}, {ParameterRole::index, "times"}};
    const Body add{
        Load{"sum", {"from", 0}, 1},
        Loop{"i", 1, n("times"), 1, {Load{"more", {"from", 0}, 1}, Arithmetic{Operator::add, "sum", "sum", "more"}}},
        Store{{"to", 0}, "sum", 1}};
    KernelTree tree{"k", {{"rows", 4, ""}}, {{"multiply", "", row, add}}};
    const Call last{"multiply", {{"p", 0}, {"out", n("rows") - 1}, {"", 3}}};
    const Call others{"multiply", {{"p", 0}, {"out", n("y") - 1}, {"", n("y") * 2}}};
    tree.functions.push_back({"k",
                              "",
                              in_and_out,
                              {Pointer{"p", {"in", 0}}, Loop{"y",
                                                             0,
                                                             n("rows"),
                                                             1,
                                                             {Cases{"y", {{1, {last}}, {n("rows"), {others}}}},
                                                              Renew{"p"}, Prefetch{{"p", 1000}}, Advance{"p", 1}}}}});
    Area in("in", std::vector<float>{1, 10, 100, 1000}), out("out", std::int64_t{16});
    run_tree(tree, toy(), {Argument::pointer(in), Argument::pointer(out)});
    CHECK(out.floats() == std::vector<float>{20, 400, 6000, 3});
}

TEST_CASE("Vectors are loaded, broadcast, copied, clamped and stored lane by lane; lanes beyond a load are zero") {
    const Body body{Load{"v", {"in", 0}, 3},
                    Constant{"low", {2}},
                    Constant{"high", {9, 9, 3, 9}},
                    Copy{"w", "v"},
                    Arithmetic{Operator::maximum, "w", "w", "low"},
                    Arithmetic{Operator::minimum, "w", "w", "high"},
                    Broadcast{"b", {"in", 3}},
                    Arithmetic{Operator::multiply, "b", "b", "w"},
                    Store{{"out", 0}, "v", 4},
                    Store{{"out", 4}, "w", 4},
                    Store{{"out", 8}, "b", 3},
                    Arithmetic{Operator::subtract, "b", "b", "w"},
                    Store{{"out", 11}, "b", 1}};
    CHECK(made(body, {1, 5, 7, 10, 0, 0, 0, 0, 0, 0, 0, 0}) ==
          std::vector<float>{1, 5, 7, 0, 2, 5, 3, 2, 20, 50, 30, 18});
}

TEST_CASE("A multiply-add rounds once where the target has it fused, or else twice") {
    const Body body{Load{"sum", {"in", 0}, 1}, Load{"a", {"in", 1}, 1}, MultiplyAdd{"sum", "a", "a"},
                    Store{{"out", 0}, "sum", 4}};
    const float a = 1 + 0x1p-23F;
    CHECK(made(body, {-1, a, 0, 0}, false)[0] == 0x1p-22F);
    CHECK(made(body, {-1, a, 0, 0}, true)[0] == 0x1p-22F + 0x1p-46F);
}

TEST_CASE("Numbers of other types are loaded as floats, from any byte of a pointer to bytes") {
    Area bytes("bytes", std::vector<std::uint8_t>{7, 0x80, 0x3F, 0x00, 0x3C, 200, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0, 0,
                                                  0x20, 0x41});
    Area out("out", std::int64_t{24 * 4});
    Function function{"f", "", {{ParameterRole::weights, "w", Element::u8}, {ParameterRole::output, "out"}}, {}};
    const std::pair<int, Element> loads[] = {{1, Element::bf16}, {3, Element::f16}, {5, Element::u8},
                                             {6, Element::s8},   {7, Element::s32}, {11, Element::f32}};
    for (int index = 0; index < 6; ++index) {
        const std::string name = "v" + std::to_string(index);
        function.body.push_back(Load{name, {"w", loads[index].first}, {loads[index].second, 1}});
        function.body.push_back(Store{{"out", index * 4}, name, 4});
    }
    run_function(function, toy(), {Argument::pointer(bytes), Argument::pointer(out)});
    const std::vector<float> found = out.floats();
    const float wanted[] = {1, 1, 200, -1, -2, 10};
    for (std::size_t index = 0; index < 6; ++index) CHECK(found[index * 4] == wanted[index]);
}

TEST_CASE("What is not inside its area or not written is not read, and nothing is written elsewhere") {
    CHECK(fault({Load{"v", {"in", 3}, 4}}) == "");
    CHECK(fault({Load{"v", {"in", 4}, 4}}) == "16 bytes at byte 16 of eight are not all written");
    CHECK(fault({Load{"v", {"in", 5}, 4}}) == "16 bytes at byte 20 of eight, which has 32");
    CHECK(fault({Broadcast{"v", {"in", 8}}}) == "4 bytes at byte 32 of eight, which has 32");
    CHECK(fault({Load{"v", {"out", 0}, 1}}) == "4 bytes at byte 0 of four are not all written");
    CHECK(fault({Constant{"v", {1}}, Store{{"out", 1}, "v", 4}}) == "16 bytes at byte 4 of four, which has 16");
    CHECK(fault({Constant{"v", {1}}, Store{{"out", 1}, "v", 3}, Load{"w", {"out", 1}, 3}}) == "");
    CHECK(fault({Constant{"v", {1}}, Store{{"in", 0}, "v", 1}}) == "in is only read through");
    CHECK(fault({Pointer{"p", {"out", 0}}, Constant{"v", {1}}, Store{{"p", 0}, "v", 1}}) == "p is only read through");
}

TEST_CASE("What an area forgets is as if nobody had written it") {
    Area area("three", std::vector<float>{1, 2, 3});
    area.forget(4, 4);
    float value = 0;
    area.read(8, &value, 4);
    CHECK(value == 3);
    CHECK_THROWS_WITH_AS(area.read(0, &value, 8), "8 bytes at byte 0 of three are not all written", TreeError);
    CHECK_THROWS_WITH_AS(area.forget(8, 5), "5 bytes at byte 8 of three, which has 12", TreeError);
}

TEST_CASE("A pointer is not moved out of its area") {
    CHECK(fault({Pointer{"p", {"in", 8}}}) == "");
    CHECK(fault({Pointer{"p", {"in", 9}}}) == "in + 9 lies outside: byte 36 of eight, which has 32");
    CHECK(fault({Pointer{"p", {"in", -1}}}) == "in + -1 lies outside: byte -4 of eight, which has 32");
    CHECK(fault({Pointer{"p", {"in", 8}}, Advance{"p", n("two")}}) ==
          "p + two lies outside: byte 40 of eight, which has 32");
    CHECK(fault({Prefetch{{"in", 1000}}}) == "");
    Area out("out", std::int64_t{16});
    CHECK_THROWS_WITH_AS(run_function({"f", "", in_and_out, {Load{"v", {"in", 0}, 1}}}, toy(),
                                      {Argument::nowhere(), Argument::pointer(out)}),
                         "kernel f, function f: in points to nothing", TreeError);
}

TEST_CASE("A name has to mean something, and means one thing in a body") {
    CHECK(fault({MultiplyAdd{"s", "a", "b"}}) == "there is no vector a");
    CHECK(fault({Load{"v", {"p", 0}, 1}}) == "there is no pointer p");
    CHECK(fault({Renew{"p"}}) == "there is no pointer p");
    CHECK(fault({Cases{"y", {{1, {}}, {2, {}}}}}) == "y is no number");
    CHECK(fault({Advance{"in", n("two") * n("y")}}) == "y is no number");
    CHECK(fault({Block{{Constant{"v", {1}}}}, Store{{"out", 0}, "v", 1}}) == "there is no vector v");
    CHECK(fault({Constant{"v", {1}}, Constant{"v", {1}}}) == "there are two of v");
    CHECK(fault({Constant{"v", {1}}, Block{{Constant{"v", {1}}}}}) == "");
    CHECK(fault({Pointer{"p", {"in", 0}}, Pointer{"p", {"in", 0}}}) == "there are two of p");
    CHECK(fault({Loop{"two", 0, 1, 1, {}}}) == "there are two of two");
    CHECK(fault({Loop{"i", 0, 0, 1, {Renew{"p"}}}}) == "there is no pointer p");  // compilers look at all bodies
    CHECK(fault({Loop{"i", 0, 2, 1, {Advance{"in", n("i") * n("i")}}}}) == "i * i is more than a product of two");
}

TEST_CASE("A call fits its function, which stands before") {
    const std::vector<Function> called{{"g", "", {{ParameterRole::output, "to"}, {ParameterRole::index, "y"}}, {}},
                                       {"bytes", "", {{ParameterRole::input, "from", Element::u8}}, {}}};
    CHECK(fault({Call{"g", {{"out", 0}, {"", 1}}}}, called) == "");
    CHECK(fault({Call{"g", {{"out", 0}}}}, called) == "g takes 2 arguments, not 1");
    CHECK(fault({Call{"g", {{"in", 0}, {"", 1}}}}, called) == "in is only read through");
    CHECK(fault({Call{"g", {{"", 0}, {"", 1}}}}, called) == "kernel k, function g: to is a pointer");
    CHECK(fault({Call{"g", {{"out", 0}, {"out", 1}}}}, called) == "kernel k, function g: y is a number");
    CHECK(fault({Call{"bytes", {{"in", 0}}}}, called) == "in points to f32, but u8 is taken");
    CHECK(fault({Call{"h", {}}}, called) == "there is no function h");
    CHECK(fault({Call{"f", {}}}, called) == "f does not stand before it");
}

TEST_CASE("Vectors have the target's lanes, and only floats are stored") {
    CHECK(fault({Load{"v", {"in", 0}, 5}}) == "v has 5 lanes of 4");
    CHECK(fault({Load{"v", {"in", 0}, {Element::bf16, 4}}}) == "bf16 behind in, which points to f32");
    CHECK(fault({Constant{"v", {1, 2}}}) == "v has 2 values of 4");
    CHECK(fault({Constant{"v", {1}}, Store{{"out", 0}, "v", {Element::bf16, 4}}}) == "bf16 is stored");
    CHECK(fault({Constant{"v", {1}}, Store{{"out", 0}, "v", 5}}) == "5 of 4 lanes are stored");
}
