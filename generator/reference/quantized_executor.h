#pragma once

#include "graph/graph.h"
#include "graph/stored_range.h"
#include "graph/sum_factors.h"
#include "reference/float_executor.h"
#include "reference/integer_interpreter.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ssdgen {

/// Whether a node of a quantized graph computes with whole numbers: a layer with weights if these are whole, another if
/// all its maps are stored in 8 bits. The others compute in f32: what they take is dequantized, and what they make is
/// quantized if its map is stored in 8 bits.
bool is_integer(const Graph& graph, const Node& node);

/// The values of every tensor of a quantized graph, by TensorId: stored numbers, or real ones where a map is f32.
struct QuantizedValues {
    std::vector<StoredValues> stored;
    std::vector<FloatValues> real;
};

/// Runs a quantized graph as it is bound on pictures: the bytes that interpret_integers() gives, sooner, and layers
/// that were kept in float as well.
class QuantizedExecutor {
  public:
    /// The graph has to live as long.
    QuantizedExecutor(const Graph& graph, Requantization rule);
    /// For run_node() of this node alone.
    QuantizedExecutor(const Graph& graph, std::size_t node, Requantization rule);

    QuantizedValues run(const std::vector<std::uint8_t>& image) const;

    /// What run() begins with: the picture alone.
    QuantizedValues begin(const std::vector<std::uint8_t>& image) const;

    /// Runs one node (its number) and puts its output into the values. totals: of a layer with whole weights, the sums
    /// of each channel over all pixels, before they are requantized, are added to it.
    void run_node(std::size_t node, QuantizedValues& values, std::vector<std::int64_t>* totals = nullptr) const;

    /// What a map means, whatever it is stored as.
    FloatValues real_values(TensorId tensor, const QuantizedValues& values) const;

  private:
    /// A layer with whole weights.
    struct IntegerLayer {
        Window window;
        std::vector<std::int16_t> weights;  // less their zero point: [out][tap][in]; depthwise [tap][channel]
        std::vector<std::int32_t> bias;
        StoredRange output;  // what its activation leaves of it
        SumFactors factors;
        bool depthwise = false;
    };
    struct Layer {
        std::optional<IntegerLayer> integer;
        std::optional<FloatLayer> real;  // neither: an integer node without weights
    };

    void prepare(std::size_t node);
    std::optional<IntegerLayer> integer_layer(const Node& node) const;
    StoredValues multiply(const Node& node, const IntegerLayer& layer, const QuantizedValues& values,
                          std::vector<std::int64_t>* totals) const;
    void run_real(const Node& node, const FloatLayer& layer, QuantizedValues& values) const;

    const Graph& graph_;
    Requantization rule_;
    std::vector<Layer> layers_;
};

}  // namespace ssdgen
