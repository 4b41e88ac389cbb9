#pragma once

#include "plan/plan.h"
#include "plan/stream_code.h"

#include <string>

namespace ssdgen {

// How the text of a stream counts rows.

/// "layer_ + 2", "layer_ - 1", "layer_"
std::string plus(const std::string& base, int number);

/// "y", "y + 2", "y * 2 - 1", "std::max(y * 2 - 1, 0)"; `of`: what stands for y.
std::string print_row(const RowFormula& row, const std::string& of);

/// The rows under the window of a stage that takes a pointer to each, with names for its numbers.
class WindowRows {
  public:
    WindowRows(const Stage& stage, const StageCode& code);

    /// constexpr int stride = 2, pad_top = 1;
    /// const int top = y * stride - pad_top;
    std::string constants() const;

    /// A row, or the end of several, as it is counted from the window's top: "top + 2", "std::min(top + 3, height)".
    std::string print(const RowFormula& row, Feed::Covers covers) const;

  private:
    bool has_top() const { return rows_.stride != 1 || rows_.before != 0; }

    WindowAxis rows_;
    int height_;
    bool is_cut_ = false;  // the map's lower border cuts windows
};

}  // namespace ssdgen
