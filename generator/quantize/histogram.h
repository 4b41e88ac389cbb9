#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ssdgen {

/// How often the values of a map fall where. Bins of one width between -2^e and 2^e, e as small as it can be: a larger
/// value doubles the width by joining bins, so that the counts depend on the values alone, and neither on their order
/// nor on how they were dealt out to several histograms.
class Histogram {
  public:
    static constexpr std::size_t half = 8192;  // bins on each side of 0; the first above it begins with 0

    void add(const std::vector<float>& values);
    void add(const Histogram& other);

    bool finite() const { return finite_; }
    bool empty() const { return counts_.empty(); }  // nothing, or only zeros, were added
    float lowest() const { return lowest_; }
    float highest() const { return highest_; }
    std::uint64_t count() const { return count_; }
    const std::vector<std::uint64_t>& counts() const { return counts_; }
    double bin_width() const;
    /// The lower edge of a bin.
    double edge(std::size_t bin) const;

    /// The end of the range above which (below which) at most this share of the values lies, to the width of a bin.
    double upper(double share) const;
    double lower(double share) const;

  private:
    void widen(int exponent);

    int exponent_ = 0;                   // of counts_, if there are any
    std::vector<std::uint64_t> counts_;  // [2 * half]; none while all values were 0
    std::uint64_t zeros_ = 0;            // before there were bins
    std::uint64_t count_ = 0;
    float lowest_ = 0, highest_ = 0;  // 0 is in every range
    bool finite_ = true;
};

}  // namespace ssdgen
