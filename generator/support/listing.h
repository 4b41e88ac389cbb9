#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ssdgen {

// Words for messages that tell several things at once.

/// "a, b, c" of up to eight; of more, "a, b, c, d, e, f, g, h and 13 more".
std::string some_of(const std::vector<std::string>& items);

/// The candidate that the fewest edits (a character put in, left out or exchanged) make of the name; empty if even that
/// takes more edits than a third of its length.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// Throws InputError("WHERE: PROBLEM") of one problem; of several "WHERE: HEADING:" and a line for each of up to forty.
[[noreturn]] void fail_together(std::string_view where, std::string_view heading,
                                const std::vector<std::string>& problems);

}  // namespace ssdgen
