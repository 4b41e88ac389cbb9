#include "emit/folder/expected.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ssdgen {

int sample_pixel(int channel, int sample, int pixels) {
    std::uint32_t x = std::uint32_t(channel) * 2U + std::uint32_t(sample) + 1U;
    x *= 2654435761U;
    x ^= x >> 16;
    x *= 2246822519U;
    x ^= x >> 13;
    return int(x % std::uint32_t(pixels));
}

ExpectedLayer expect_layer(const std::string& name, const Shape& shape, const std::vector<double>& values) {
    const int pixels = shape.height * shape.width;
    const auto channels = std::size_t(shape.channels);
    check(values.size() == std::size_t(pixels) * channels, "reference values fill " + name);
    ExpectedLayer expected{name, 0, {}, std::vector<float>(2 * channels)};
    std::vector<double> sums(channels, 0.0);
    double magnitude = 0;
    for (std::size_t index = 0; index < values.size(); ++index) {
        sums[index % channels] += values[index];
        magnitude = std::max(magnitude, std::fabs(values[index]));
    }
    expected.magnitude = float(magnitude);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        expected.mean.push_back(float(sums[channel] / pixels));
        for (std::size_t sample = 0; sample < 2; ++sample) {
            const int pixel = sample_pixel(int(channel), int(sample), pixels);
            expected.samples[sample * channels + channel] = float(values[std::size_t(pixel) * channels + channel]);
        }
    }
    return expected;
}

}  // namespace ssdgen
