// Claims: histograms depend on the values alone, and ranges are what their methods say.

#include "quantize/ranges.h"
#include "quantize/histogram.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

using namespace ssdgen;

namespace {

std::vector<float> bell(std::size_t count, float deviation) {
    std::mt19937 random(5);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        double sum = -6;
        for (int k = 0; k < 12; ++k) sum += static_cast<double>(random()) / 4294967296.0;
        values.push_back(static_cast<float>(sum) * deviation);
    }
    return values;
}

Histogram of(const std::vector<float>& values) {
    Histogram histogram;
    histogram.add(values);
    return histogram;
}

bool same(const Histogram& a, const Histogram& b) {
    return a.counts() == b.counts() && a.bin_width() == b.bin_width() && a.lowest() == b.lowest() &&
           a.highest() == b.highest() && a.count() == b.count();
}

}  // namespace

TEST_CASE("a histogram of parts, in any order, is that of the whole") {
    const std::vector<float> small = bell(1000, 0.01F), large = bell(1000, 300.0F), zeros(77, 0.0F);
    std::vector<float> all = small;
    all.insert(all.end(), large.begin(), large.end());
    all.insert(all.end(), zeros.begin(), zeros.end());
    const Histogram whole = of(all);
    Histogram forward, backward, joined = of(large);
    for (const auto* part : {&zeros, &small, &large}) forward.add(*part);
    for (const auto* part : {&large, &small, &zeros}) backward.add(*part);
    for (const auto* part : {&zeros, &small}) joined.add(of(*part));
    CHECK(same(whole, forward));
    CHECK(same(whole, backward));
    CHECK(same(whole, joined));
    CHECK(whole.count() == all.size());
}

TEST_CASE("nothing but zeros is an empty histogram, and a value that is not finite is noted") {
    CHECK(of({0, 0, 0}).empty());
    CHECK(!of({0, 1e-30F}).empty());
    CHECK(of({1, 2}).finite());
    CHECK(!of({1, INFINITY}).finite());
    CHECK(!of({NAN}).finite());
}

TEST_CASE("minmax takes the outermost values, and 0") {
    const ValueRange range = choose_range(of({1, 5, 3}), RangeMethod::minmax, 99.99);
    CHECK(range.low == 0);
    CHECK(range.high == 5);
    CHECK(choose_range(of({-2, -1}), RangeMethod::minmax, 99.99).high == 0);
}

TEST_CASE("percentile leaves out the share that it says at each end, to a bin's width") {
    std::vector<float> values;
    for (int i = -5000; i < 5000; ++i) values.push_back(static_cast<float>(i) / 10);
    const ValueRange range = choose_range(of(values), RangeMethod::percentile, 99);
    CHECK(range.low == doctest::Approx(-490).epsilon(0.001));
    CHECK(range.high == doctest::Approx(490).epsilon(0.001));
    // A sparse map's few values are what it says.
    std::vector<float> sparse = bell(100000, 0.05F);
    for (std::size_t i = 0; i < 8; ++i) sparse[i * 1000] = 20;
    CHECK(choose_range(of(sparse), RangeMethod::percentile, 99.99).high == 20);
    // All but one value are 0: the range is not empty.
    std::vector<float> rare(100000, 0.0F);
    rare[7] = 3;
    CHECK(choose_range(of(rare), RangeMethod::percentile, 99).high == 3);
}

TEST_CASE("mse finds the range whose squared error is least, clipping an outlier that few values pay for") {
    std::vector<float> values = bell(100000, 1.0F);
    values.push_back(60);
    const Histogram histogram = of(values);
    const auto error = [&](const ValueRange& range) {
        const double step = (range.high - range.low) / 255;
        double sum = 0;
        for (const float value : values) {
            const double inside = std::fmin(std::fmax(static_cast<double>(value), range.low), range.high);
            const double stored = std::round((inside - range.low) / step) * step + range.low;
            sum += (stored - static_cast<double>(value)) * (stored - static_cast<double>(value));
        }
        return sum;
    };
    const ValueRange best = choose_range(histogram, RangeMethod::mse, 99.99);
    CHECK(best.high < 60);
    CHECK(error(best) < error(choose_range(histogram, RangeMethod::minmax, 99.99)) * 0.9);
    for (const double factor : {0.8, 1.25}) {
        CAPTURE(factor);
        CHECK(error(best) <= error({best.low * factor, best.high * factor}) * 1.02);
    }
}
