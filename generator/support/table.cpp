#include "support/table.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

void Table::add(std::vector<std::string> cells) {
    check(rows_.empty() || cells.size() == rows_[0].size(), "a table's rows have one length");
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::string text;
    if (rows_.empty()) return text;
    std::vector<std::size_t> widths(rows_[0].size(), 0);
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows_) {
        std::string line = fmt::format("{:<{}}", row[0], widths[0]);
        for (std::size_t i = 1; i < row.size(); ++i) line += fmt::format("  {:>{}}", row[i], widths[i]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string with_commas(long long number) {
    std::string digits = std::to_string(number);
    for (std::size_t place = digits.size(); place > 3 && digits[place - 4] != '-';) digits.insert(place -= 3, ",");
    return digits;
}

}  // namespace ssdgen
