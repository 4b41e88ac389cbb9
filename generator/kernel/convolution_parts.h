#pragma once

#include "kernel/pieces.h"
#include "kernel/tree.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "plan/windows.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// What the parts of a convolution's lowering share: convolution.cpp walks rows and blocks, convolution_tile.cpp is one
// register tile.

/// Rows of output that one row function serves.
struct RowGroup {
    TapRange rows;
    int width = 0;  // pixels
    std::vector<PixelTaps> taps;
    std::string name;
};

/// Blocks side by side that differ only in where their weights and outputs lie.
struct BlockGroup {
    ChannelBlock block;
    int first = 0;  // index of the first
    int count = 1;
    int last_lanes = 0;  // channels in the last vector
};

/// What a convolution's functions call their operands.
class ConvolutionNames {
  public:
    explicit ConvolutionNames(const ConvolutionKernel& kernel) : kernel_(kernel) {}

    bool several_outputs() const { return kernel_.output_channels.size() > 1; }
    std::string output_channels(int output) const {
        return several_outputs() ? fmt::format("output_{}_channels", output) : "output_channels";
    }
    std::string output_name(int output) const {
        return several_outputs() ? fmt::format("output_{}", output) : "output";
    }

    /// The output, if there are several.
    std::optional<int> which(int output) const { return several_outputs() ? std::optional<int>(output) : std::nullopt; }

    std::string row_name(int tap) const { return kernel_.row_pixels ? "input" : input_row_name(tap); }

    std::vector<Parameter> row_parameters(const RowGroup& rows) const {
        std::vector<Parameter> parameters;
        for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
            parameters.push_back({ParameterType::input, row_name(tap)});
        parameters.push_back({ParameterType::weights, "weights"});
        parameters.push_back({ParameterType::output, "output"});
        return parameters;
    }

  private:
    const ConvolutionKernel& kernel_;
};

/// Tiles of one name are equal.
std::string tile_function_name(const ConvolutionKernel& kernel, const RowGroup& rows, const TileRun& tile,
                               const BlockGroup& blocks);

/// A register tile: neighbouring pixels of a row x the channels of a block. Parameters: the input rows that the window
/// lies on (or the input, if it is one pixel), weights, output.
Function lower_convolution_tile(const ConvolutionKernel& kernel, const Target& target, const RowGroup& rows,
                                const TileRun& tile, const BlockGroup& blocks);

}  // namespace ssdgen
