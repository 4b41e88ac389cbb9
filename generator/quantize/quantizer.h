#pragma once

#include "graph/graph.h"
#include "quantize/calibration.h"
#include "quantize/options.h"
#include "weights/weights.h"

#include <set>
#include <string>
#include <vector>

namespace ssdgen {

/// The layers that can be kept in float: those with weights.
std::vector<std::string> layers_with_weights(const Graph& graph);

/// A network of real numbers, dequantized and without batch norms, with 8-bit numbers instead, by TensorFlow Lite's
/// specification of int8 (github.com/tensorflow/tensorflow, tensorflow/lite/g3doc/performance/quantization_spec.md):
///
/// - maps s8, one scale and zero point each, 0 stored exactly; behind ReLU and ReLU6 the zero point is -128. The maps
///   that a concat takes and makes share theirs, a pool keeps its input's; a softmax makes 1/256 and -128. All box
///   predictors of a detector share one scale, all class predictors another (StoredHead), whatever the method: their
///   rare values are the detections, so that they are kept as HeadRanges says.
/// - weights s8 of -127 to 127, zero point 0, a scale an output channel; one for all in fully connected layers, and
///   everywhere if per_tensor says so.
/// - biases s32, scale = input's * weights'. Where one would be beyond 2^30 the scale of its weights is larger.
/// - the picture is bytes less 128, and its map's scale and zero point are those of the description where these say the
///   same for all channels by a whole mean. Else the map takes the mean means and the largest scale, and weights and
///   biases of the layers that read it take up the difference: exactly where no tap lies in the padding, which is of
///   the map's zero point then (with means of 127.5, half a step of 255).
///
/// A layer in kept_float has f32 weights. Its output is stored in 8 bits all the same if a layer of whole numbers takes
/// it, or if it is one of a detector's predictors and another of its kind is of whole numbers; else it is f32, and its
/// map is not listed. A layer without weights is of whole numbers unless all that make its inputs are kept in float.
///
/// InputError, naming the layer, for a map that is 0 on all pictures, for an accumulator that could overflow 32 bits,
/// and for a picture that none of its readers can take up.
Graph quantize_graph(const Graph& graph, const PictureStatistics& calibration, const QuantizeOptions& options,
                     const std::set<std::string>& kept_float);

/// What a weights file has for a bound graph, in the neutral form; the table of priors as the file `original` has it.
Weights weights_of_graph(const Graph& graph, const Weights& original);

}  // namespace ssdgen
