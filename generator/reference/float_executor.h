#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ssdgen {

/// The values of a map [height][width][channels].
using FloatValues = std::vector<float>;

/// Told what a layer made, of a layer with weights before its activation.
using WatchSums = std::function<void(const Node& node, const FloatValues& sums)>;

/// One node in f32, its weights laid out once so that loops run over output channels. What interpret() computes in
/// double, to within rounding; each output is one sum, the bias first, then the taps row by row, channels ascending.
/// Batch norms have to be folded.
class FloatLayer {
  public:
    /// Weights that are stored otherwise become the values that they mean. The graph has to live as long.
    FloatLayer(const Graph& graph, const Node& node);

    /// The output of inputs in order.
    FloatValues run(const std::vector<const FloatValues*>& inputs, const WatchSums& watch = {}) const;

  private:
    FloatValues sums_of(const std::vector<const FloatValues*>& inputs) const;
    FloatValues multiply(const FloatValues& input) const;
    FloatValues multiply_depthwise(const FloatValues& input) const;
    FloatValues pool(const FloatValues& input, bool largest) const;
    FloatValues join(const std::vector<const FloatValues*>& inputs) const;

    const Node& node_;
    Shape from_, to_;
    Window window_;
    FloatValues weights_;  // [tap][in][out] in blocks of outputs; depthwise [tap][channel]
    FloatValues bias_;
};

/// Runs a graph as it is bound, dequantized and without batch norms, on pictures: calibration looks at many.
class FloatExecutor {
  public:
    explicit FloatExecutor(const Graph& graph);

    /// The values of every tensor, by TensorId, for a picture [height][width][channels] of bytes.
    std::vector<FloatValues> run(const std::vector<std::uint8_t>& image, const WatchSums& watch = {}) const;

  private:
    const Graph& graph_;
    std::vector<FloatLayer> layers_;
};

}  // namespace ssdgen
