#include "plan/windows.h"

namespace ssdgen {

std::vector<TapRange> tap_ranges(int input, int output, int kernel, int stride, int dilation, int pad_before) {
    std::vector<TapRange> ranges;
    for (int index = 0; index < output; ++index) {
        const int start = index * stride - pad_before;
        int first = 0;
        int end = kernel;
        while (first < kernel && start + first * dilation < 0) ++first;
        while (end > first && start + (end - 1) * dilation >= input) --end;
        if (!ranges.empty() && ranges.back().first_tap == first && ranges.back().taps == end - first)
            ++ranges.back().count;
        else
            ranges.push_back({index, 1, first, end - first});
    }
    return ranges;
}

std::int64_t taps_inside(const std::vector<TapRange>& ranges) {
    std::int64_t taps = 0;
    for (const TapRange& range : ranges) taps += std::int64_t{range.count} * range.taps;
    return taps;
}

}  // namespace ssdgen
