#pragma once

#include "graph/graph.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What the self-test expects of a layer.
struct ExpectedLayer {
    std::string name;
    float magnitude = 0;         // largest absolute value
    std::vector<float> mean;     // [channels], over the map
    std::vector<float> samples;  // [2][channels], each channel at two pixels that its number gives
};

/// Takes the means and samples from a layer's values [h][w][c].
ExpectedLayer expect_layer(const std::string& name, const Shape& shape, const std::vector<double>& values);

/// The pixel, in [0, pixels), at which the self-test looks at a channel; templates/programs/selftest.cpp has the same
/// formula.
int sample_pixel(int channel, int sample, int pixels);

}  // namespace ssdgen
