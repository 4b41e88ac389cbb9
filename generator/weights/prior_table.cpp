#include "weights/prior_table.h"

#include "support/error.h"
#include "support/warnings.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace ssdgen {

namespace {

constexpr const char* columns = "a row is centre y, centre x, height, width, relative to the picture";

/// How many rows a test holds for, and the first of them.
template <class Test>
std::pair<int, const float*> rows_with(const std::vector<float>& table, const Test& test) {
    std::pair<int, const float*> found{0, nullptr};
    for (const float* row = table.data(); row != table.data() + table.size(); row += 4) {
        if (!test(row)) continue;
        if (found.first++ == 0) found.second = row;
    }
    return found;
}

std::string row_text(const std::vector<float>& table, const float* row) {
    return fmt::format("row {} ({})", (row - table.data()) / 4, fmt::join(row, row + 4, " "));
}

/// Corners make few different sizes as differences, and the last two columns are then as many as the boxes; of centres
/// and sizes it is the other way round.
bool look_like_corners(const std::vector<float>& table) {
    const auto rounded = [](float value) { return std::lround(static_cast<double>(value) * 1000); };
    std::set<std::pair<long, long>> differences, ends;
    for (std::size_t i = 0; i < table.size(); i += 4) {
        if (!(table[i + 2] > table[i] && table[i + 3] > table[i + 1])) return false;
        differences.emplace(rounded(table[i + 2] - table[i]), rounded(table[i + 3] - table[i + 1]));
        ends.emplace(rounded(table[i + 2]), rounded(table[i + 3]));
    }
    return ends.size() > differences.size();
}

}  // namespace

void check_prior_table(const std::string& where, const std::vector<float>& table) {
    check(table.size() % 4 == 0, "a prior has four numbers");
    if (table.empty()) return;
    if (std::all_of(table.begin(), table.end(), [](float value) { return value == 0; }))
        fail_input(where,
                   "found a table of zeros, with which every box is empty; allowed: the priors of the training, {}",
                   columns);
    if (look_like_corners(table)) {
        warn(where, "found rows that look like corners, {} the first; {}", row_text(table, table.data()), columns);
        return;
    }
    const auto flat = rows_with(table, [](const float* row) { return !(row[2] > 0 && row[3] > 0); });
    if (flat.first > 0)
        warn(where,
             "found {} of {} priors without a size above 0, {} the first; their boxes are empty or inverted, and {}",
             flat.first, table.size() / 4, row_text(table, flat.second), columns);
    const auto outside =
        rows_with(table, [](const float* row) { return !(row[0] >= 0 && row[0] <= 1 && row[1] >= 0 && row[1] <= 1); });
    if (outside.first > 0)
        warn(where, "found {} of {} priors with the centre outside the picture, {} the first; {}", outside.first,
             table.size() / 4, row_text(table, outside.second), columns);
}

}  // namespace ssdgen
