#include "plan/windows.h"

namespace ssdgen {

std::vector<TapRange> tap_ranges(int input, const WindowAxis& axis) {
    std::vector<TapRange> ranges;
    for (int index = 0; index < axis.output; ++index) {
        int first = 0;
        int end = axis.kernel;
        while (first < axis.kernel && pixel_of(axis, index, first) < 0) ++first;
        while (end > first && pixel_of(axis, index, end - 1) >= input) --end;
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
