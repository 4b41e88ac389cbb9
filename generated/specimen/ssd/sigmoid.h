#include "compiler.h"
#ifndef SSD_SIGMOID_H
#define SSD_SIGMOID_H

#include <algorithm>
#include <cmath>

namespace ssd { inline namespace v2 { namespace detail {

/// 1 / (1 + exp(-x)), rounded once: it never falls as x rises.
inline float sigmoid(float x) noexcept {
    constexpr double least = -200;  // whose sigmoid is 0 as a float; no exponential overflows
    return static_cast<float>(1.0 / (1.0 + std::exp(-std::max(static_cast<double>(x), least))));
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_SIGMOID_H
