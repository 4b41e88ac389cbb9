#include "emit/network/stream_rows.h"

#include "plan/kernels.h"
#include "support/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace ssdgen {

namespace {

const RowFormula& formula(const RowRead& read) { return read.row; }
const RowFormula& formula(const RowRequest& request) { return request.end; }

}  // namespace

std::string plus(const std::string& base, int number) {
    return number ? fmt::format("{} {} {}", base, number < 0 ? '-' : '+', std::abs(number)) : base;
}

std::string print_row(const RowFormula& row, const std::string& of) {
    std::string text = plus(row.scale == 1 ? of : fmt::format("{} * {}", of, row.scale), row.offset);
    if (row.plus_rows) text += " + rows";
    if (row.at_most) text = fmt::format("std::min({}, {})", text, *row.at_most);
    if (row.at_least) text = fmt::format("std::max({}, {})", text, *row.at_least);
    return text;
}

WindowRows::WindowRows(const Stage& stage, const StageCode& code)
    : rows_(kernel_window(stage.kernel).rows), height_(stage.kernel.input().height) {
    const auto is_cut = [](const auto& use) { return formula(use).at_most.has_value(); };
    is_cut_ = std::any_of(code.reads.begin(), code.reads.end(), is_cut) ||
              std::any_of(code.requests.begin(), code.requests.end(), is_cut);
}

std::string WindowRows::constants() const {
    std::vector<std::string> numbers;
    std::string top = "y";
    if (rows_.stride != 1) {
        numbers.push_back(fmt::format("stride = {}", rows_.stride));
        top += " * stride";
    }
    if (rows_.before != 0) {
        numbers.push_back(fmt::format("pad_top = {}", rows_.before));
        top += " - pad_top";
    }
    if (is_cut_) numbers.push_back(fmt::format("height = {}", height_));
    const std::string line = numbers.empty() ? "" : fmt::format("constexpr int {};\n", fmt::join(numbers, ", "));
    return has_top() ? line + "const int top = " + top + ";\n" : line;
}

std::string WindowRows::print(const RowFormula& row, Feed::Covers covers) const {
    if (covers == Feed::Covers::row) return print_row(row, "y");
    check(row.scale == rows_.stride && !row.plus_rows, "a window moves by its stride");
    std::string text = plus(has_top() ? "top" : "y", row.offset + rows_.before);
    if (row.at_most) text = fmt::format("std::min({}, {})", text, plus("height", *row.at_most - height_));
    if (row.at_least) text = fmt::format("std::max({}, {})", text, *row.at_least);
    return text;
}

}  // namespace ssdgen
