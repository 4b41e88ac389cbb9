#pragma once

#include <string>
#include <string_view>

namespace ssdgen {

/// The C identifier that a layer's name becomes: every character but letters, digits and '_' turns into '_' ("conv1/dw"
/// -> "conv1_dw"). May start with a digit: it is a part of a name, not a whole one. Different for every layer of a
/// description.
inline std::string c_identifier(std::string_view layer_name) {
    std::string identifier(layer_name);
    for (char& c : identifier) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!kept) c = '_';
    }
    return identifier;
}

/// Small letters become capital ones.
inline std::string upper_case(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace ssdgen
