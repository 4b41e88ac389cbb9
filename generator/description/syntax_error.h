#pragma once

#include <cstddef>
#include <string>

namespace ssdgen {

enum class Container { none, object, list };

/// Where in the tree a JSON parser stopped.
struct SyntaxContext {
    Container container = Container::none;  // the innermost one that is open
    bool after_key = false;                 // its last event was a key
};

/// Throws the InputError "FILE:LINE:COLUMN: what was found; allowed: ..." for a text that the parser refused after
/// bytes_read bytes (the last of them belongs to the wrong token, or follows it). Everything before that token is JSON.
[[noreturn]] void fail_syntax(const std::string& text, const std::string& file, std::size_t bytes_read,
                              const SyntaxContext& context);

}  // namespace ssdgen
