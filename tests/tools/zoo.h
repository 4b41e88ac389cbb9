#pragma once

#include "description/per_axis.h"
#include "tools/network.h"

#include <string>
#include <vector>

namespace ssdgen::test {

/// A description's layers and sources, for tests to make their own networks of.
struct Zoo {
    std::string name;
    std::string picture = R"("height": 13, "width": 24, "channels": 3, "order": "bgr", "mean": [104, 117, 123],
                             "scale": [0.017, 0.02, 0.015])";
    std::string rules = R"("padding": "caffe", "activation": "relu")";
    std::vector<std::string> layers = {};
    std::vector<std::string> sources = {};  // none: a classifier
    int head_kernel = 1;
    int classes = 5;
};

std::string convolution(const std::string& name, int channels, const PerAxis& kernel, const PerAxis& stride,
                        const std::string& more = "");
std::string depthwise(const std::string& name, const PerAxis& kernel, const PerAxis& stride,
                      const std::string& more = "");
std::string pointwise(const std::string& name, int channels, const std::string& more = "");
std::string pool(const std::string& name, const std::string& kernel, const PerAxis& stride = 1,
                 const std::string& more = "");
std::string max_pool(const std::string& name, const std::string& kernel, const PerAxis& stride = 1,
                     const std::string& more = "");
std::string fully_connected(const std::string& name, int channels, const std::string& more = "");

/// The JSON of a description; alpha and rho 1. Sources have 1, 2, 4 and 6 boxes in turn.
std::string description_of(const Zoo& zoo);

/// Windows, strides and dilations that differ between rows and columns, in layers of every kind and in a stream;
/// without_stream: with a second reader for what would pass from layer to layer there.
Zoo oblong(bool without_stream = false);

/// Networks that cover every kernel over shapes less than, equal to, a multiple of and greater than its tile.
std::vector<Zoo> zoo();

}  // namespace ssdgen::test
