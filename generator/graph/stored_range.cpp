#include "graph/stored_range.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

std::int32_t StoredRange::clamp(std::int64_t value) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, lowest, highest));
}

std::int32_t StoredRange::nearest(float value) const {
    return clamp(zero_point + static_cast<std::int64_t>(std::round(value / scale)));
}

StoredRange stored_range(const StoredMap& map) {
    check(map.quantization.axis == -1 && map.quantization.scale.size() == 1, "a map has one scale");
    const bool is_signed = map.element == Element::s8;
    check(is_signed || map.element == Element::u8, "a quantized map is of 8-bit numbers");
    return {map.quantization.scale[0], map.quantization.zero_point[0], is_signed ? -128 : 0, is_signed ? 127 : 255};
}

StoredRange stored_range(const Tensor& map) {
    check(map.quantization.has_value(), [&] { return map.name + " is quantized"; });
    return stored_range(StoredMap{map.element, *map.quantization});
}

std::int32_t rescaled(std::int32_t number, const StoredRange& from, const StoredRange& to) {
    if (same_meaning(from, to)) return number;
    const float scale = from.scale * (1.0F / to.scale), bias = -static_cast<float>(from.zero_point) * scale;
    return to.clamp(static_cast<std::int64_t>(std::round(static_cast<float>(number) * scale + bias)) + to.zero_point);
}

StoredRange limited(StoredRange range, Activation activation) {
    switch (activation) {
        case Activation::none: return range;
        case Activation::relu: range.lowest = std::max(range.lowest, range.nearest(0)); return range;
        case Activation::relu6: {
            const std::int32_t highest = std::min(range.highest, range.nearest(6));
            range.lowest = std::max(range.lowest, range.nearest(0));
            range.highest = highest;
            return range;
        }
    }
    throw InternalError("internal error: broken invariant: every activation leaves a range");
}

}  // namespace ssdgen
