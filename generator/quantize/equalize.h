#pragma once

#include "graph/graph.h"
#include "quantize/calibration.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What equalization did.
struct Equalization {
    int layers = 0;                 // whose output channels were scaled
    int channels = 0;               // in all
    std::vector<std::string> left;  // "conv3: ReLU6 cuts off 12 of 64 channels", and the like
};

/// Cross-layer equalization (Nagel et al. 2019, arXiv:1906.04721): an output channel of a layer is divided by s, and
/// the weights of whoever takes it are multiplied by it, s = sqrt(r1 * r2) / r2 with r1 and r2 the largest weights of
/// the channel there, so that both are equally large; over and over until nothing moves. What the network computes
/// stays the same: none, and ReLU, commute with a positive factor. ReLU6 does where it does not cut off: a channel
/// behind one is scaled only if it stayed below 6 on every picture, and by no more than that it still does (so it is
/// the same on those pictures); the others are left, and reported. Only maps that layers with weights alone take are
/// scaled.
Equalization equalize(Graph& graph, const PictureStatistics& calibration);

}  // namespace ssdgen
