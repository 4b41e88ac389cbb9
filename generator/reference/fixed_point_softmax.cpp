#include "reference/fixed_point_softmax.h"

#include "graph/fixed_point.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

// A fixed-point number of n integer bits is a 32-bit integer that counts 2^(n - 31). A product of two has as many
// integer bits as both together.

using Raw = std::int32_t;

constexpr Raw most = std::numeric_limits<Raw>::max();
constexpr Raw one = most;  // of no integer bit: the nearest to 1

constexpr int difference_bits = 5;  // integer bits of a difference of logits
constexpr int sum_bits = 12;        // integer bits of the sum

/// value * 2^exponent, limited to 32 bits.
Raw shifted_left(Raw value, int exponent) {
    const std::int64_t wide = std::int64_t{value} * (std::int64_t{1} << exponent);
    return Raw(std::clamp<std::int64_t>(wide, std::numeric_limits<Raw>::min(), most));
}

/// e^a of a number of no integer bit from -1/4 up to 0: a polynomial of the fourth degree around -1/8.
Raw exponential_near_zero(Raw a) {
    constexpr Raw at_centre = 1895147668;  // e^(-1/8)
    constexpr Raw third = 715827883;
    const Raw x = a + (1 << 28);
    const Raw x2 = high_product(x, x), x3 = high_product(x2, x), x4 = high_product(x2, x2);
    const Raw higher = divide_by_power(high_product(divide_by_power(x4, 2) + x3, third) + x2, 1);
    return at_centre + high_product(at_centre, x + higher);
}

/// e^a of a number of difference_bits integer bits, not above 0; of no integer bit.
Raw exponential(Raw a) {
    // e^(-2^k) for k from -2 on: of each quarter, half and so on that a has.
    constexpr Raw factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    constexpr int fraction = 31 - difference_bits;
    constexpr Raw quarter = 1 << (fraction - 2);
    if (a == 0) return one;
    const Raw within = (a & (quarter - 1)) - quarter;
    Raw result = exponential_near_zero(shifted_left(within, difference_bits));
    const Raw whole = within - a;
    int bit = fraction - 2;
    for (const Raw factor : factors) {
        if ((whole >> bit & 1) != 0) result = high_product(result, factor);
        ++bit;
    }
    return result;
}

/// 1 / (1 + a) of a number of no integer bit from 0 up to 1; Newton's method.
Raw reciprocal_of_one_plus(Raw a) {
    constexpr Raw begin = 1515870810, slope = -1010580540;  // 48/17 and -32/17, of 2 integer bits
    const Raw half = Raw((std::int64_t{a} + one + 1) / 2);  // of 1 + a
    Raw x = begin + high_product(half, slope);
    for (int round = 0; round < 3; ++round) {
        const Raw error = (1 << 29) - high_product(half, x);
        x += shifted_left(high_product(x, error), 2);
    }
    return shifted_left(x, 1);
}

int leading_zeros(std::uint32_t value) {
    int zeros = 0;
    while (zeros < 32 && (value >> (31 - zeros) & 1U) == 0) ++zeros;
    return zeros;
}

/// The differences of logits as numbers of difference_bits integer bits.
class Differences {
  public:
    explicit Differences(float scale)
        : factor_(fixed_point(std::min(double(scale) * double(1 << (31 - difference_bits)), double(most)))),
          least_(-Raw(std::floor(double((1 << difference_bits) - 1) * double(1 << (31 - difference_bits)) /
                                 double(std::int64_t{1} << factor_.shift)))) {}

    /// Whether its exponential counts.
    bool counts(std::int32_t difference) const { return difference >= least_; }
    Raw of(std::int32_t difference) const { return high_product(difference * (1 << factor_.shift), factor_.mantissa); }

  private:
    FixedPoint factor_;
    std::int32_t least_;
};

}  // namespace

std::vector<std::int32_t> fixed_point_softmax(const std::vector<std::int32_t>& logits, float scale,
                                              std::int32_t lowest) {
    const Differences differences(scale);
    const std::int32_t largest = *std::max_element(logits.begin(), logits.end());
    std::int64_t sum = 0;
    for (const std::int32_t logit : logits)
        if (differences.counts(logit - largest))
            sum += divide_by_power(exponential(differences.of(logit - largest)), sum_bits);
    const int zeros = leading_zeros(std::uint32_t(sum));
    const int exponent = sum_bits - zeros + 31 - 8;
    check(sum <= most && exponent <= 31, "the exponentials of a softmax sum to less than 512");
    const Raw share = reciprocal_of_one_plus(Raw((std::uint32_t(sum) << zeros) - (1U << 31)));
    std::vector<std::int32_t> scores;
    for (const std::int32_t logit : logits) {
        const std::int32_t difference = logit - largest;
        const std::int32_t score =
            differences.counts(difference)
                ? divide_by_power(high_product(share, exponential(differences.of(difference))), exponent)
                : 0;
        scores.push_back(lowest + std::min(score, 255));
    }
    return scores;
}

}  // namespace ssdgen
