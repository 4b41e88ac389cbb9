#pragma once

#include "kernel/tree.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace ssdgen {

// Statements that several lowerings are made of.

/// How a kernel's weights lie (plan/packing.h), counted in what offsets from their pointer count: numbers where all are
/// f32, else bytes.
struct WeightsView {
    Element element = Element::f32;  // of the weights
    Element pointer = Element::f32;
    int bias = 1;    // a channel's bias, which is f32; of whole numbers all of its header (plan/packing.h)
    int weight = 1;  // a weight

    std::int64_t offset(std::int64_t bytes) const { return bytes / bytes_of(pointer); }
    /// What functions take their address by.
    Parameter parameter(const std::string& name = "weights") const { return {ParameterRole::weights, name, pointer}; }
};

WeightsView view_weights(Element weight);
WeightsView view_weights(const Kernel& kernel);

// From a pixel of a map to the next, of the same channel: `channels` where the map is dense, or else a name of its own.
Expression input_step(const Kernel& kernel);
Expression addend_step(const Kernel& kernel);
Expression output_step(const Kernel& kernel);

/// The numbers of a kernel's shape: what each map's pixels are, in `channels` of all maps; steps that are not the
/// channels; the window.
std::vector<NamedNumber> shape_numbers(const Kernel& kernel);
/// The same with the channels of inputs and outputs apart: input_channels; output_channels, or one an output.
std::vector<NamedNumber> product_numbers(const Kernel& kernel);

/// What a window's strides are called: "stride" both, or "row_stride" and "column_stride" where they differ.
const char* row_stride(const Window& window);
const char* column_stride(const Window& window);

/// The constants that an activation compares with; nothing for none.
void append_activation_constants(Body& body, Activation activation);

/// name = activation(name), after append_activation_constants.
void append_activation(Body& body, Activation activation, const std::string& name);

/// A position on the output axis of a windowed layer: which taps of its window lie inside the map.
struct PixelTaps {
    int column = 0;  // input column of its first tap inside
    int first_tap = 0;
    int taps = 0;
};

/// One for each output of a row.
std::vector<PixelTaps> row_taps(int input_width, const WindowAxis& columns);

/// Neighbouring outputs that are computed together, and how often the same code serves.
struct TileRun {
    int first = 0;  // output index
    int pixels = 0;
    int count = 1;                // tiles side by side with the same taps relative to their first column
    int column = 0;               // input column that the first tile's addresses count from
    std::vector<PixelTaps> taps;  // of the first tile, columns relative to `column`
    std::string name;             // "left", "inner", "right", or empty if the row is one tile
};

/// A row cut into tiles of at most `pixels`.
std::vector<TileRun> cut_row(const std::vector<PixelTaps>& row, int pixels);

/// Where a group of rows ends: a number near the top, counted from output_height near the bottom.
Expression row_bound(int end, int output_height);

/// "top", "middle", "bottom", or empty if there is one; for naming the groups of rows whose windows have equal taps.
std::string range_name(std::size_t index, std::size_t count, const char* first, const char* middle, const char* last);

}  // namespace ssdgen
