#pragma once

#include "kernel/product.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// Makes the function of a register tile, whatever its numbers are.
class TileLowering {
  public:
    TileLowering(const Product& product, const ProductTile& tile);
    virtual ~TileLowering() = default;
    TileLowering(const TileLowering&) = delete;
    TileLowering& operator=(const TileLowering&) = delete;

    Function lower() const;

  protected:
    static constexpr const char* output_step_parameter = "output_step";
    static constexpr const char* last_lanes_parameter = "last_lanes";

    /// `taps` * input_channels terms of the sums of the pixels [first, end) of a tile: inputs in[(pixel's column) *
    /// input_channels + i].
    struct Terms {
        int row_tap = 0;
        int first_pixel = 0;
        int end_pixel = 0;
        std::vector<int> columns;  // one a pixel, relative to the tile's column; outside: no pixel of the map
        std::int64_t weights = 0;  // index of the first term
        int taps = 1;              // columns that follow each other in memory
    };
    static constexpr int outside = -1;

    /// A step of `terms`: the index of its first term from the pointers on, its name, and what is said of it.
    struct Step {
        int index = 0;
        TermName name;
        Comment comment;
        bool renew = false;  // the pointer to the inputs, before it
    };

    // What numbers of a type do in their own way.

    /// The sums as they begin.
    virtual void append_sums(Body& body) const = 0;
    /// The products of a step.
    virtual void append_products(Body& body, const Terms& terms, const Step& step) const = 0;
    /// From the sums to memory.
    virtual void append_outputs(Body& body) const = 0;
    /// Terms that a step multiplies at once.
    virtual int terms_of_step() const = 0;
    /// Terms that those of one stretch are stored as.
    virtual std::int64_t stored(const Terms& terms) const = 0;
    /// Terms that stand before a stretch's.
    virtual std::int64_t stored_before(const Terms& terms) const = 0;
    /// Whether columns side by side can be one stretch.
    virtual bool joins_columns() const = 0;
    /// Whether taps outside the map are computed with too.
    virtual bool takes_outside() const = 0;

    bool several_outputs() const { return tile_.outputs.size() > 1; }
    bool several_last() const { return tile_.last_lanes.size() > 1; }
    int pixels() const { return tile_.columns.pixels; }
    int width() const { return tile_.vectors * lanes_; }
    Expression output_step() const;
    std::vector<Terms> tile_terms() const;

    const Product& product_;
    const ProductTile& tile_;
    const int lanes_;
    const Window& window_;
    const int channels_;  // of the input
    const WeightsView weights_;

  private:
    int channels() const;
    std::string name() const;
    std::string comment() const;
    int steps_of(const Terms& terms) const;
    bool is_straight(const Terms& terms) const;
    Step straight_step(const Terms& terms, int index, int moved = 0) const;
    Step step_of_loop(const Terms& terms, int index) const;
    int first_column(const Terms& terms) const;
    void append_step(Body& body, const Terms& terms, const Step& step, bool first = false) const;
    void append_prefetches(Body& body, int index) const;
    int next_lines(const std::vector<Terms>& all_terms) const;
    std::int64_t rounds_of(const Terms& terms) const;
    void append_next(Body& body, int index, int lines, std::int64_t before) const;
    void append_terms(Body& body, const Terms& terms, int lines, std::int64_t rounds) const;
    std::string describe(const Terms& terms) const;
    Terms terms_of_column(int row, int column) const;
};

/// The tile of a product of whole numbers (whole_tile.cpp).
Function lower_whole_tile(const Product& product, const ProductTile& tile);

}  // namespace ssdgen
