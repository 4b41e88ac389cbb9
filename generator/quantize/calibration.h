#pragma once

#include "graph/graph.h"
#include "quantize/head_range.h"
#include "quantize/histogram.h"
#include "quantize/pictures.h"

#include <vector>

namespace ssdgen {

/// What a network of real numbers did on the pictures.
struct PictureStatistics {
    std::vector<Histogram> maps;                 // by TensorId; the picture's own has none
    std::vector<std::size_t> sample;             // pictures that bias correction looks at, spread evenly
    std::vector<std::vector<double>> mean_sums;  // by node with weights: a mean a channel before the activation, of the
                                                 // sample
    std::vector<std::vector<float>> channel_most;  // by TensorId: the largest value of each channel
    HeadRanges head;                               // of a detector
};

/// Runs the network, dequantized and without batch norms, on every picture. The same pictures give the same result,
/// whatever the number of threads. InputError, naming the layer, where a map is not finite.
PictureStatistics calibrate(const Graph& graph, const Pictures& pictures, int threads, const std::string& title);

}  // namespace ssdgen
