#pragma once

#include "description/description.h"
#include "graph/tensor.h"

#include <cstdint>

namespace ssdgen {

/// What the stored numbers of a map mean, value = (stored - zero_point) * scale, and which there are.
struct StoredRange {
    float scale = 0;
    std::int32_t zero_point = 0;
    std::int32_t lowest = 0, highest = 255;

    std::int32_t clamp(std::int64_t value) const;
    /// The stored number nearest to a real value, halves away from zero.
    std::int32_t nearest(float value) const;
};

/// Whether both mean the same by equal numbers.
inline bool same_meaning(const StoredRange& a, const StoredRange& b) {
    return a.scale == b.scale && a.zero_point == b.zero_point;
}

/// Of a map of 8-bit numbers. InternalError for another.
StoredRange stored_range(const Tensor& map);
StoredRange stored_range(const StoredMap& map);

/// A stored number as that of another map, as TensorFlow Lite joins maps of u8: in f32, halves away from zero.
std::int32_t rescaled(std::int32_t number, const StoredRange& from, const StoredRange& to);

/// What an activation leaves of it.
StoredRange limited(StoredRange range, Activation activation);

}  // namespace ssdgen
