#include "quantize/histogram.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

void Histogram::widen(int exponent) {
    if (counts_.empty()) {
        counts_.assign(2 * half, 0);
        counts_[half] = zeros_;
        exponent_ = exponent;
    }
    if (exponent <= exponent_) return;
    const int shift = std::min(exponent - exponent_, 62);
    std::vector<std::uint64_t> wider(counts_.size(), 0);
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
        const std::int64_t place = static_cast<std::int64_t>(bin) - static_cast<std::int64_t>(half);
        wider[static_cast<std::size_t>((place >> shift) + static_cast<std::int64_t>(half))] += counts_[bin];
    }
    counts_ = std::move(wider);
    exponent_ = exponent;
}

void Histogram::add(const std::vector<float>& values) {
    float low = 0, high = 0;
    bool finite = true;
    for (const float value : values) {
        low = std::min(low, value);
        high = std::max(high, value);
        finite = finite && std::isfinite(value);
    }
    count_ += values.size();
    finite_ = finite_ && finite;
    if (!finite) return;
    lowest_ = std::min(lowest_, low);
    highest_ = std::max(highest_, high);
    const float largest = std::max(-low, high);
    if (largest == 0) {
        (counts_.empty() ? zeros_ : counts_[half]) += values.size();
        return;
    }
    widen(std::ilogb(largest) + 1);
    // Powers of two: the products are exact, so that a value falls where it would have fallen in narrower bins.
    const double factor = std::ldexp(static_cast<double>(half), -exponent_);
    for (const float value : values)
        ++counts_[static_cast<std::size_t>(std::floor(static_cast<double>(value) * factor) +
                                           static_cast<double>(half))];
}

void Histogram::add(const Histogram& other) {
    count_ += other.count_;
    finite_ = finite_ && other.finite_;
    lowest_ = std::min(lowest_, other.lowest_);
    highest_ = std::max(highest_, other.highest_);
    if (other.counts_.empty()) {
        (counts_.empty() ? zeros_ : counts_[half]) += other.zeros_;
        return;
    }
    widen(other.exponent_);
    Histogram same = other;
    same.widen(exponent_);
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) counts_[bin] += same.counts_[bin];
}

double Histogram::bin_width() const { return std::ldexp(1.0, exponent_) / static_cast<double>(half); }

double Histogram::edge(std::size_t bin) const {
    return (static_cast<double>(bin) - static_cast<double>(half)) * bin_width();
}

double Histogram::upper(double share) const {
    const double most = share * static_cast<double>(count_);
    std::uint64_t outside = 0;
    for (std::size_t bin = counts_.size(); bin-- > 0;) {
        outside += counts_[bin];
        if (static_cast<double>(outside) > most)
            return std::clamp(edge(bin + 1), static_cast<double>(lowest_), static_cast<double>(highest_));
    }
    return static_cast<double>(highest_);
}

double Histogram::lower(double share) const {
    const double most = share * static_cast<double>(count_);
    std::uint64_t outside = 0;
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
        outside += counts_[bin];
        if (static_cast<double>(outside) > most)
            return std::clamp(edge(bin), static_cast<double>(lowest_), static_cast<double>(highest_));
    }
    return static_cast<double>(lowest_);
}

}  // namespace ssdgen
