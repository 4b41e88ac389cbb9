#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ssdgen {

/// Columns that no line of emitted code goes beyond, unless a single word does: a description may name a layer as it
/// likes.
inline constexpr std::size_t most_columns = 140;

/// Those that calls, lists and comments are made for; a table may take more.
inline constexpr std::size_t usual_columns = 120;

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

/// A text in lines of usual_columns, each behind `mark` ("/// "), with a line break behind each.
std::string print_comment(const std::string& mark, const std::string& text);

/// C++ with every line beyond most_columns cut: a comment between words, each part a comment; other lines where a list
/// goes on, or else between words, and what follows stands 8 columns deeper. No line is cut inside a string; nor is one
/// of the preprocessor, nor the command at a file's head, which is there to be run.
std::string wrap_lines(const std::string& text);

}  // namespace ssdgen
