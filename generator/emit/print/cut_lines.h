#pragma once

#include <cstddef>
#include <string>

namespace ssdgen {

/// No line of an emitted source is longer, but for one that is a single word: a description may name a layer as it
/// likes.
inline constexpr std::size_t line_length = 140;

/// C++ with every longer line cut: a comment between words, each part a comment; other lines where a list goes on, or
/// else between words, and what follows stands 8 columns deeper. No line is cut inside a string; nor is one of the
/// preprocessor.
std::string wrap_lines(const std::string& text);

/// A comment's line without its end, cut like that; `mark`: what it and each part begins with, "// " or "# ".
std::string wrap_comment(const std::string& line, const std::string& mark);

}  // namespace ssdgen
