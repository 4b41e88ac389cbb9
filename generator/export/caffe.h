#pragma once

#include "description/description.h"
#include "graph/graph.h"

#include <string>

namespace ssdgen {

/// The two files of a Caffe network.
struct CaffeFiles {
    std::string prototxt;    // the network, as the published deploy.prototxt files have it
    std::string caffemodel;  // the same with the parameters of its layers
};

/// A network with its weights bound, under alpha and rho, for Caffe's SSD branch and for OpenCV's dnn: batch norms are
/// folded, prior sizes are those in pixels at that rho, ReLU6 is a layer of its own (OpenCV has it, Caffe's forks do).
/// Importing the files with the description's mean, scale and order gives the same network and, bit for bit, the same
/// weights. InputError, naming the key, for what Caffe cannot say: padding that differs on opposite sides, sigmoid
/// scores, priors, box orders and post-processing that are not Caffe's.
CaffeFiles export_caffe(const Graph& graph, const Description& description);

}  // namespace ssdgen
