#include "graph/fixed_point.h"

#include "support/error.h"

#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();

std::int64_t power_of_two(int exponent) { return std::int64_t{1} << exponent; }

}  // namespace

FixedPoint fixed_point(double real) {
    check(std::isfinite(real) && real >= 0, "a factor is finite and not negative");
    FixedPoint factor;
    std::int64_t mantissa = std::llround(std::frexp(real, &factor.shift) * double(power_of_two(31)));
    if (mantissa == power_of_two(31)) {
        mantissa /= 2;
        ++factor.shift;
    }
    if (factor.shift < -31) return {};
    if (factor.shift > 30) return {most, 30};
    factor.mantissa = std::int32_t(mantissa);
    return factor;
}

std::int32_t high_product(std::int32_t a, std::int32_t b) {
    if (a == least && b == least) return most;
    return std::int32_t((std::int64_t{a} * b + power_of_two(30)) >> 31);
}

std::int32_t divide_by_power(std::int32_t value, int exponent) {
    if (exponent == 0) return value;
    const std::int64_t half = power_of_two(exponent - 1);
    return std::int32_t((std::int64_t{value} + half - (value < 0 ? 1 : 0)) >> exponent);
}

std::int32_t round_twice(std::int32_t value, const FixedPoint& factor) {
    const int left = factor.shift > 0 ? factor.shift : 0, right = factor.shift < 0 ? -factor.shift : 0;
    const std::int64_t shifted = std::int64_t{value} * power_of_two(left);
    check(shifted >= least && shifted <= most, "a sum that is shifted to the left fits into 32 bits");
    return divide_by_power(high_product(std::int32_t(shifted), factor.mantissa), right);
}

std::int32_t round_once(std::int32_t value, const FixedPoint& factor) {
    const std::int64_t rounded =
        (std::int64_t{value} * factor.mantissa + power_of_two(30 - factor.shift)) >> (31 - factor.shift);
    check(rounded >= least && rounded <= most, "a sum that is scaled fits into 32 bits");
    return std::int32_t(rounded);
}

}  // namespace ssdgen
