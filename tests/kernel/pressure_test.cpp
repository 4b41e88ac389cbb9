#include "kernel/pressure.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

const VectorUnit fused{Element::f32, 8, 16, 2, 2, 4, true};
const VectorUnit separate{Element::f32, 8, 16, 2, 2, 4, false};

Address at(const char* base, int offset) { return {base, offset}; }

/// Of a body that begins with the sum `s`.
Pressure of(Body body, const VectorUnit& unit = fused) {
    body.insert(body.begin(), Load{"s", at("bias", 0), 8});
    const KernelTree tree{"f", {}, {{"f", "", {}, std::move(body)}}};
    return pressure(tree.functions.back(), tree, unit);
}

}  // namespace

TEST_CASE("A value is alive from where it is made to where it is used last") {
    CHECK(of({Store{at("out", 0), "s", 8}}).alive == 1);
    CHECK(of({Load{"a", at("in", 0), 8}, Load{"b", at("in", 8), 8}, MultiplyAdd{"s", "a", "b"},
              Load{"c", at("in", 16), 8}, Load{"d", at("in", 24), 8}, MultiplyAdd{"s", "c", "d"},
              Store{at("out", 0), "s", 8}})
              .alive == 3);  // the sum and both operands
}

TEST_CASE("What is read from one place twice is kept meanwhile, unless something is stored in between") {
    const Load first{"a", at("in", 0), 8}, other{"b", at("in", 8), 8}, again{"d", at("in", 0), 8};
    const MultiplyAdd a{"s", "a", "a"}, b{"s", "b", "b"}, d{"s", "d", "d"};
    const Store sum{at("out", 0), "s", 8};
    CHECK(of({first, a, other, b, again, d, sum}).alive == 3);
    CHECK(of({first, a, other, b, sum, again, d, sum}).alive == 2);
}

TEST_CASE("A loop needs what was made before it until it ends") {
    Body body{Load{"a", at("in", 0), 8}};
    const Load b{"b", {"in", Expression::name("i")}, 8};
    body.push_back(Loop{"i", 0, 9, 1, {b, MultiplyAdd{"s", "a", "b"}}});
    body.push_back(Store{at("out", 0), "s", 8});
    CHECK(of(body).alive >= 3);
}

TEST_CASE("Where a multiply-add is two instructions, what several sums share is kept until they are stored") {
    Body body{Copy{"t", "s"}};
    for (int i = 0; i < 20; ++i) {
        const std::string name = "a" + std::to_string(i);
        body.push_back(Broadcast{name, at("in", i)});
        for (const char* sum : {"s", "t"}) body.push_back(MultiplyAdd{sum, name, name});
    }
    body.push_back(Store{at("out", 0), "s", 8});
    body.push_back(Store{at("out", 8), "t", 8});
    CHECK(of(body, fused).alive < 6);
    CHECK(of(body, separate).alive > 20);
    CHECK(of(body, separate).alive < 26);
}

TEST_CASE("What the cases of a choice read before they store may be read before the choice") {
    const auto reads = [](int count) {
        Body body;
        for (int i = 0; i < count; ++i) {
            body.push_back(Load{"a" + std::to_string(i), at("in", 8 * i), 8});
            body.push_back(MultiplyAdd{"s", "a" + std::to_string(i), "a" + std::to_string(i)});
        }
        body.push_back(Store{at("out", 0), "s", 8});
        body.push_back(Load{"late", at("in", 1000), 8});
        return body;
    };
    const Cases cases{"rows", {{2, reads(3)}, {3, reads(6)}, {0, reads(9)}}};
    CHECK(of({cases}).ahead == 6);  // the cases of 6 and of 9 have so many in common at most
    CHECK(of({Cases{"rows", {{0, reads(9)}}}}).ahead == 0);
}

TEST_CASE("A loop of few operations is taken for straight code, and one of many is not") {
    const auto loop = [](int rounds) {
        const Load a{"a", {"in", Expression::name("i")}, 8};
        return Body{Copy{"t", "s"},
                    Loop{"i", 0, rounds, 1, {a, MultiplyAdd{"s", "a", "a"}, MultiplyAdd{"t", "a", "a"}}},
                    Store{at("out", 0), "s", 8}, Store{at("out", 8), "t", 8}};
    };
    CHECK(of(loop(20), separate).alive > 20);
    CHECK(of(loop(2000), separate).alive < 6);
}
