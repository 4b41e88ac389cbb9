#pragma once

#include <cstddef>
#include <cstdint>

/// The largest numbers that are taken, each once: far above any network of this kind.
namespace ssdgen::limits {

// What a description may say, and what a model file may hold that becomes one. configs/network.schema.json repeats
// these numbers; a test compares.

inline constexpr std::size_t network_name_length = 64;
inline constexpr std::size_t layer_name_length = 200;
inline constexpr int side = 8192;  // of the picture, in pixels before rho
inline constexpr int picture_channels = 3;
inline constexpr int window = 255;            // kernel, stride, dilation and padding of a layer, in pixels
inline constexpr int layer_channels = 65536;  // outputs of a layer, before alpha
inline constexpr int layer_inputs = 64;       // maps that a layer takes
inline constexpr int head_kernel = 7;         // side of the predictors' window
inline constexpr int classes = 65536;         // columns of the scores, the background counted
inline constexpr int boxes = 64;              // default boxes a cell of a source; sizes or ratios in one list
inline constexpr double prior_size = 1e6;     // sizes of default boxes and steps, in pixels
inline constexpr double prior_scale = 10;     // the same relative to the picture
inline constexpr double aspect_ratio = 1000;
inline constexpr double variance = 1000;
inline constexpr int detections = 1000000;

// What a graph holds: more than the numbers above, which it does not rely on, and low enough that no int overflows in
// what follows. (A predictor has boxes * classes channels.)

inline constexpr int graph_side = 16384;
inline constexpr int graph_window = 1024;
inline constexpr std::int64_t graph_channels = std::int64_t{1} << 20;  // of a map
inline constexpr std::int64_t graph_elements = std::int64_t{1} << 28;  // of a map, a layer's weights, all raw logits

static_assert(graph_side >= side && graph_window >= window && graph_channels >= layer_channels,
              "a graph holds every layer that a description may state");

}  // namespace ssdgen::limits
