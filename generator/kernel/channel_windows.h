#pragma once

#include "kernel/pieces.h"
#include "kernel/tree.h"
#include "plan/kernel.h"
#include "plan/windows.h"
#include "target/target.h"

#include <functional>
#include <string>

namespace ssdgen {

/// Channels of the outputs of a tile, those of one register or of several.
struct ChannelTile {
    const TapRange& rows;  // of the window, those inside the map
    const TileRun& columns;
    Expression channel;  // the first
    int lanes;           // channels of a register
    int registers = 1;
};

/// A kernel each of whose outputs is made of the same channel of the inputs under its window: what stands in a tile.
/// Around it stand its rows, in groups whose windows have the same rows inside the map, and the tiles of a row, so that
/// no tap is checked while the kernel runs. In a tile, row_0, ..., output and, if it adds an input, addend are where
/// its columns begin; input_step and its like (kernel/pieces.h) lead from one to the next.
struct ChannelWindows {
    const Kernel& kernel;
    const Window& window;
    int pixels;                        // of a tile at most
    int registers;                     // of channels that are computed together at most
    Parameter weights;                 // without a name: it reads none
    std::function<void(Body&)> begin;  // once a tile
    std::function<void(Body&, const ChannelTile&)> append;
};

KernelTree lower_channel_windows(const ChannelWindows& windows, const std::string& name, const Target& target);

}  // namespace ssdgen
