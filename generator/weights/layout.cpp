#include "weights/layout.h"

#include "support/error.h"

namespace ssdgen {

namespace {

/// [outer][rows][columns] to [outer][columns][rows].
std::vector<float> transposed(const std::vector<float>& values, int outer, int rows, int columns) {
    const auto height = static_cast<std::size_t>(rows), width = static_cast<std::size_t>(columns);
    check(values.size() == static_cast<std::size_t>(outer) * height * width, "weights have the size of their axes");
    std::vector<float> result;
    result.reserve(values.size());
    for (std::size_t block = 0; block < values.size(); block += height * width)
        for (std::size_t column = 0; column < width; ++column)
            for (std::size_t row = 0; row < height; ++row) result.push_back(values[block + row * width + column]);
    return result;
}

}  // namespace

std::vector<float> channels_last(const std::vector<float>& values, int outer, int channels, int taps) {
    return transposed(values, outer, channels, taps);
}

std::vector<float> channels_first(const std::vector<float>& values, int outer, int channels, int taps) {
    return transposed(values, outer, taps, channels);
}

}  // namespace ssdgen
