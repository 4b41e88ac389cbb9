#pragma once

#include <string>

namespace ssdgen {

/// What a pattern's placeholders stand for in one network.
struct PatternValues {
    double alpha = 1, rho = 1;
    int height = 0, width = 0;  // of the input, in pixels
};

/// The file of weights that a pattern names for a network. "net_{alpha}_{height}.safetensors" is
/// "net_0.5_192.safetensors" with these placeholders:
///
///     {alpha}, {rho}      as short as they are exact: 0.5, 1
///     {alpha_percent}     alpha in whole per cent, at least three digits: 050
///     {height}, {width}   of the input, in pixels
///
/// "{{" and "}}" are braces; a text without braces names the same file for every network. UsageError for another
/// placeholder or one that is not closed.
std::string weights_file(const std::string& pattern, const PatternValues& values);

/// Whether it may name another file for another network. UsageError as above.
bool is_pattern(const std::string& text);

}  // namespace ssdgen
