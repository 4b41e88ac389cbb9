#pragma once

#include "kernel/pieces.h"
#include "kernel/tree.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "plan/windows.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ssdgen {

// Convolutions as products: pointwise.cpp and window.cpp say which rows there are and where they lie, product.cpp walks
// rows and blocks, product_tile.cpp is one register tile.

/// Rows of output that one row function serves.
struct RowGroup {
    TapRange rows;
    Expression end;  // the row behind the last
    int width = 0;   // pixels
    std::vector<PixelTaps> taps;
    std::string name;
};

/// Where the rows of a product are.
struct ProductRows {
    std::vector<RowGroup> groups;
    Window window;                          // as it lies on the rows; their columns hold it whole where they are staged
    std::vector<std::string> row_names;     // what functions call the input rows under the window, one each
    std::vector<Expression> input_rows;     // pixels from the map's first to each of them, for output row `y`
    Expression output_row;                  // pixels from the map's first to that of row `y`
    std::string stream_variable = "y";      // what an entry that takes rows chooses a group by
    bool flat = false;                      // rows of pixels without neighbours: all of them are done by the same tiles
    std::vector<NamedNumber> numbers = {};  // beside those of the shape
};

/// Blocks side by side that differ only in where their weights and outputs lie.
struct BlockGroup {
    ChannelBlock block;
    int first = 0;  // index of the first
    int count = 1;
    int last_lanes = 0;          // channels in the last vector
    std::int64_t next_step = 0;  // bytes from what a block has fetched to what the one beside it has
};

/// A register tile: neighbouring pixels of a row x so many vectors of channels. Blocks share it that differ in their
/// output or in how many channels there are in the last vector; it is told then.
struct ProductTile {
    TapRange rows;      // of the window, those inside the map
    std::string range;  // of rows, by name; empty if there is one
    TileRun columns;
    int vectors = 0;
    TermLoop terms;
    std::int64_t next_share = 0;    // as in NextWeights
    std::set<int> outputs = {};     // whose channels it makes
    std::set<int> last_lanes = {};  // channels in the last vector
};

/// A product to be lowered.
struct Product {
    const Kernel& kernel;
    const std::vector<ChannelBlock>& blocks;
    Split split;
    const Target& target;
    const ProductRows& rows;

    bool several_outputs() const { return kernel.outputs.size() > 1; }
    /// The output, if there are several.
    std::optional<int> which(int output) const { return several_outputs() ? std::optional<int>(output) : std::nullopt; }
    std::string output_name(int output) const {
        return several_outputs() ? fmt::format("output_{}", output) : "output";
    }
    /// The number that states an output's channels.
    std::string output_channels(int output) const { return output_name(output) + "_channels"; }
    int input_channels() const { return kernel.input().channels; }
    bool adds() const { return kernel.epilogue.adds_input; }
    /// Numbers from a pixel to the next: named by the channels where there is nothing between pixels.
    Expression input_step() const;
    Expression output_step(int output) const;
    Expression addend_step() const;
    /// The input rows under the window, what is added, weights, output; next: where weights are fetched the offset of
    /// the first of them, from weights.
    std::vector<Parameter> row_parameters(int first_tap, int taps, bool fetches) const;
};

KernelTree lower_product(const Product& product, const std::string& name);

/// Parameters: the input rows that the window lies on (or the input, if it is one pixel), what is added, weights,
/// output; then, if there are several, output_step and last_lanes.
Function lower_product_tile(const Product& product, const ProductTile& tile);

}  // namespace ssdgen
