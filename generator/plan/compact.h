#pragma once

#include "plan/kernel.h"
#include "target/target.h"

#include <variant>
#include <vector>

namespace ssdgen {

/// Pixels of the tiles that the compact kernels have for blocks of so many vectors: as many as fit into the registers,
/// half as many, one.
std::vector<int> compact_tiles(const Target& target, int vectors, Element operand = Element::f32);

/// What the kernel that does all convolutions is told of one.
struct CompactConvolution {
    MapView input;  // the map that the windows move over
    std::vector<MapView> outputs;
    int addend_step = 0;  // pixel stride of what is added to the sums; 0: nothing
    Window window;
    Activation activation = Activation::none;
    std::vector<ChannelBlock> blocks;
    Split split = Split::rows;
    int row_pixels = 0;    // of a 1x1 window: pixels of a row, the map being one line; otherwise 0
    bool by_rows = false;  // of whole numbers: fours are of a window's row, not of a pixel's channels
};

/// The same of a depthwise convolution.
struct CompactDepthwise {
    MapView input;
    MapView output;
    int addend_step = 0;
    Window window;
    Activation activation = Activation::none;
};

/// monostate: a kind without such a kernel keeps its own.
using CompactLayer = std::variant<std::monostate, CompactConvolution, CompactDepthwise>;

CompactLayer compact_layer(const Kernel& kernel);

}  // namespace ssdgen
