#include "graph/shapes.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

int scaled_channels(int channels, double alpha, ChannelRounding rounding) {
    const double product = channels * alpha;
    const int floored = static_cast<int>(product);
    switch (rounding) {
        case ChannelRounding::floor: return floored;
        case ChannelRounding::floor_min_8: return std::max(floored, 8);
        case ChannelRounding::floor_min_16: return std::max(floored, 16);
        case ChannelRounding::make_divisible_8: {
            const int divisible = std::max(8, static_cast<int>(product + 4) / 8 * 8);
            return divisible < 0.9 * product ? divisible + 8 : divisible;
        }
    }
    check(false, "every channel rounding is known");
    return 0;
}

int scaled_side(int side, double rho) { return static_cast<int>(std::floor(side * rho + 0.5)); }

const Shape& shape_of(const Graph& graph, TensorId tensor) {
    return graph.tensors.at(static_cast<std::size_t>(tensor)).shape;
}

NodeMaps maps_of(const Graph& graph, const Node& node) {
    NodeMaps maps;
    for (const TensorId id : node.inputs) maps.inputs.push_back(shape_of(graph, id));
    for (const TensorId id : node.outputs) maps.outputs.push_back(shape_of(graph, id));
    return maps;
}

std::int64_t elements(const Shape& shape) { return std::int64_t{shape.height} * shape.width * shape.channels; }

std::string to_string(const Shape& shape) { return fmt::format("{}x{}x{}", shape.height, shape.width, shape.channels); }

}  // namespace ssdgen
