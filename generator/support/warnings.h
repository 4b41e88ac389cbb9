#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ssdgen {

// What is odd in an input but possible. A warning is one line, "WHERE: what was found; why it matters", where being a
// file name or what `at()` (error.h) makes of a file and a JSON pointer. It never changes a result.

/// Warns of one thing. The same line twice is one warning, since an input may be read more than once.
void add_warning(std::string line);

/// add_warning("WHERE: text"), for example
///
///     warn(at(file, "/input/scale"), "found {}; a scale is a factor, not a divisor: 1/{} is usual", scale, scale);
template <class... Args>
void warn(std::string_view where, fmt::format_string<Args...> text, Args&&... args) {
    add_warning(fmt::format("{}: {}", where, fmt::format(text, std::forward<Args>(args)...)));
}

/// The warnings so far, in order, and forgets them.
std::vector<std::string> take_warnings();

/// From now on each warning is printed on stderr as it comes: "ssdgen: warning: LINE". With as_errors, refuse_warnings
/// stops for them.
void show_warnings(bool as_errors);

/// To be called before anything is written. InputError if there were warnings and they count as errors.
void refuse_warnings();

}  // namespace ssdgen
