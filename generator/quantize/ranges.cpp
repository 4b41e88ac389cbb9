#include "quantize/ranges.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

/// The squared error of values that a range cuts off at its ends and rounds to one of 256 numbers inside: the bins'
/// middles stand for their values, and a rounding errs by step^2 / 12 on the average. What lies in the bin of 0 (behind
/// a ReLU most values are 0) is not rounded at all.
class SquaredError {
  public:
    explicit SquaredError(const Histogram& histogram) : histogram_(histogram), sums_(histogram.counts().size() + 1) {
        for (std::size_t bin = 0; bin < histogram.counts().size(); ++bin) {
            const double count = static_cast<double>(histogram.counts()[bin]);
            const double value = histogram.edge(bin) + histogram.bin_width() / 2;
            const Moments& before = sums_[bin];
            sums_[bin + 1] = {before.count + count, before.first + count * value,
                              before.second + count * value * value};
        }
    }

    double of(const ValueRange& range) const {
        const std::size_t first = bin_of(range.low), last = bin_of(range.high);
        const double step = (range.high - range.low) / 255;
        const double zeros = static_cast<double>(histogram_.counts()[Histogram::half]);
        const double inside = std::max(0.0, sums_[last].count - sums_[first].count - zeros);
        return beyond(0, first, range.low) + beyond(last, histogram_.counts().size(), range.high) +
               inside * step * step / 12;
    }

  private:
    struct Moments {
        double count = 0, first = 0, second = 0;
    };

    /// The bin that begins nearest to a value.
    std::size_t bin_of(double value) const {
        const double place = std::round(value / histogram_.bin_width()) + static_cast<double>(Histogram::half);
        return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(histogram_.counts().size())));
    }

    /// The squared distances of the values in bins [from, to) from an end.
    double beyond(std::size_t from, std::size_t to, double end) const {
        const Moments &a = sums_[from], &b = sums_[to];
        return (b.second - a.second) - 2 * end * (b.first - a.first) + end * end * (b.count - a.count);
    }

    const Histogram& histogram_;
    std::vector<Moments> sums_;
};

/// Few values, far from the others, are what a sparse map has to say, or nothing: that a share of all values is cut off
/// may make the squared error so many times larger.
constexpr double most_clipping = 2;

ValueRange whole_range(const Histogram& histogram) {
    return {static_cast<double>(histogram.lowest()), static_cast<double>(histogram.highest())};
}

/// Tries both ends at 2^(-i / 16) of the outermost values, down to a 64th.
ValueRange least_squared_error(const Histogram& histogram) {
    constexpr int steps = 96;
    const SquaredError error(histogram);
    const auto part = [](double whole, int step) { return whole * std::exp2(-step / 16.0); };
    const double low = static_cast<double>(histogram.lowest()), high = static_cast<double>(histogram.highest());
    ValueRange best{low, high};
    double least = std::numeric_limits<double>::infinity();
    for (int below = 0; below <= (low < 0 ? steps : 0); ++below)
        for (int above = 0; above <= (high > 0 ? steps : 0); ++above) {
            const ValueRange range{part(low, below), part(high, above)};
            const double found = error.of(range);
            if (found < least) {
                least = found;
                best = range;
            }
        }
    return best;
}

}  // namespace

ValueRange choose_range(const Histogram& histogram, RangeMethod method, double percentile) {
    check(histogram.finite() && !histogram.empty(), "a range is chosen from values");
    const double share = 1 - percentile / 100;
    switch (method) {
        case RangeMethod::minmax: break;
        case RangeMethod::percentile: {
            const ValueRange range{std::min(0.0, histogram.lower(share)), std::max(0.0, histogram.upper(share))};
            if (range.high - range.low <= 2 * histogram.bin_width()) break;  // nearly all values are 0
            const SquaredError error(histogram);
            if (error.of(range) <= most_clipping * error.of(whole_range(histogram))) return range;
            break;
        }
        case RangeMethod::mse: return least_squared_error(histogram);
    }
    return whole_range(histogram);
}

}  // namespace ssdgen
