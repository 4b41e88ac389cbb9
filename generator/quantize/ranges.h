#pragma once

#include "quantize/histogram.h"
#include "quantize/options.h"

namespace ssdgen {

/// Of a map's real values; 0 is in it.
struct ValueRange {
    double low = 0, high = 0;
};

/// The range by a method (RangeMethod). The histogram is finite and not empty.
ValueRange choose_range(const Histogram& histogram, RangeMethod method, double percentile);

}  // namespace ssdgen
