// Claims: factors of 8-bit networks are made and applied as in TensorFlow Lite, to the last bit.

#include "graph/fixed_point.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>

using namespace ssdgen;

namespace {

std::istringstream table(const char* name) {
    return std::istringstream(read_file(SSDGEN_SOURCE_DIR "/../shared/models/reference/" + std::string(name)));
}

}  // namespace

TEST_CASE("A factor is a rounded mantissa of 31 bits and a power of two") {
    CHECK(fixed_point(0) == FixedPoint{0, 0});
    CHECK(fixed_point(1) == FixedPoint{1 << 30, 1});
    CHECK(fixed_point(0.75) == FixedPoint{3 << 29, 0});
    CHECK(fixed_point(1 - 1e-12) == FixedPoint{1 << 30, 1});  // rounds up to 1
    CHECK(fixed_point(std::ldexp(1, -33)) == FixedPoint{0, 0});
    CHECK(fixed_point(std::ldexp(1, -32)) == FixedPoint{1 << 30, -31});
    CHECK(fixed_point(std::ldexp(1, 40)) == FixedPoint{2147483647, 30});
}

TEST_CASE("Both kinds of rounding treat halves as they are named") {
    const FixedPoint half{1 << 30, 0};
    CHECK(round_once(5, half) == 3);
    CHECK(round_once(-5, half) == -2);
    CHECK(round_twice(5, half) == 3);
    CHECK(round_twice(-5, half) == -2);  // the first rounding: upward
    const FixedPoint quarter{1 << 30, -1};
    CHECK(round_twice(-10, quarter) == -3);  // -5, then -2.5: away from zero
    CHECK(round_once(-10, quarter) == -2);
    CHECK(high_product(-2147483647 - 1, -2147483647 - 1) == 2147483647);
    CHECK(divide_by_power(-2147483647 - 1, 31) == -1);
    CHECK(divide_by_power(2147483647, 31) == 1);
}

TEST_CASE("Every factor of the reference table is made to the bit") {
    if (test::lacks(test::need::models)) return;
    std::istringstream lines = table("multipliers.txt");
    int count = 0;
    std::string real;
    for (FixedPoint expected; lines >> real >> expected.mantissa >> expected.shift; ++count) {
        CAPTURE(real);
        CHECK(fixed_point(std::strtod(real.c_str(), nullptr)) == expected);
    }
    CHECK(count == 113);
}

TEST_CASE("Every requantized sum of the reference table is the same to the bit") {
    if (test::lacks(test::need::models)) return;
    std::istringstream lines = table("requantise.txt");
    int count = 0;
    std::int32_t sum = 0, twice = 0, once = 0;
    for (FixedPoint factor; lines >> sum >> factor.mantissa >> factor.shift >> twice >> once; ++count) {
        CAPTURE(sum);
        CAPTURE(factor.mantissa);
        CAPTURE(factor.shift);
        CHECK(round_twice(sum, factor) == twice);
        CHECK(round_once(sum, factor) == once);
    }
    CHECK(count == 4888);
}
