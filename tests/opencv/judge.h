#pragma once

#include "description/description.h"
#include "export/caffe.h"
#include "graph/build.h"
#include "ssd/detection.h"
#include "weights/weights.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ssdgen::test {

/// A network with its weights, and the files that export writes of it.
struct Exported {
    Description description;
    Graph graph;  // as built, weights bound
    CaffeFiles files;
};

/// With seeded random weights.
Exported export_network(const Description& description, const Multipliers& multipliers, std::uint64_t seed);

/// What OpenCV's dnn makes of a picture [H][W][C] of bytes: the values of each of the blobs asked for, in OpenCV's
/// order.
std::map<std::string, std::vector<float>> run_opencv(const CaffeFiles& files, const Graph& graph,
                                                     const std::vector<std::uint8_t>& picture,
                                                     const std::vector<std::string>& blobs);

/// The same of a network's normalised input, planes [channels][height][width].
std::map<std::string, std::vector<float>> run_opencv(const CaffeFiles& files, const Shape& shape,
                                                     const std::vector<float>& input,
                                                     const std::vector<std::string>& blobs);

/// What the plain interpreter makes of it: boxes [priors][4] and logits [priors][classes].
struct RawOutputs {
    std::vector<float> boxes, logits;
};
RawOutputs run_reference(const Graph& graph, const std::vector<std::uint8_t>& picture);

/// The runtime's post-processing, as the emitted code calls it.
std::vector<ssd::Detection> post_process(const Head& head, const RawOutputs& raw);

/// OpenCV's rows [image, label, score, xmin, ymin, xmax, ymax] as detections (anchors unknown).
std::vector<ssd::Detection> detections_of(const std::vector<float>& rows);

/// The largest difference, as a share of the largest magnitude; infinite if sizes differ or a value is no number.
double share_of_magnitude(const std::vector<float>& found, const std::vector<float>& wanted);

/// Detections of one that the other lacks: label the same, score and each edge within 1e-4. In any order, as scores
/// that differ by rounding may change places.
int unmatched(const std::vector<ssd::Detection>& found, std::vector<ssd::Detection> wanted);

}  // namespace ssdgen::test
