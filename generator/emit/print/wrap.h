#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// Columns that a line of emitted code has at most, unless a single word takes more: of a table, and of all else.
inline constexpr std::size_t table_columns = 140;
inline constexpr std::size_t emitted_columns = 120;

/// "head(first, second)tail": the parts with commas between, in one line if it fits, with the `indent` columns that it
/// will stand further right. Otherwise the lines below begin behind the bracket or, where that leaves little room, four
/// columns further right than the head.
std::string print_call(const std::string& head, const std::vector<std::string>& parts, const std::string& tail,
                       std::size_t indent = 0);

/// The parts with commas between and `tail` behind them, as above; `mark` begins the first line, and the others are as
/// far right.
std::string print_items(const std::string& mark, const std::vector<std::string>& parts, const std::string& tail,
                        std::size_t indent);

/// A text with so many spaces before each line that is not empty.
std::string indented(const std::string& text, std::size_t columns);

/// A text in lines of at most 120 columns, each behind `mark` ("/// "), with a line break behind each.
std::string print_comment(const std::string& mark, const std::string& text);

}  // namespace ssdgen
