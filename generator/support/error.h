#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ssdgen {

/// The input is wrong (exit status 1). what() is the whole message for the user: "WHERE: what was found; what is
/// allowed".
class InputError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The command line is wrong, or asks for something that is not built yet (exit status 2).
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// One of our own invariants is broken (exit status 3).
class InternalError : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// Throws InputError("WHERE: problem"), for example
///
///     fail_input(location, "alpha is {}; allowed: above 0 and at most 1", alpha);
///
/// where is a file name, or what `at()` makes of a file and a JSON pointer.
template <class... Args>
[[noreturn]] void fail_input(std::string_view where, fmt::format_string<Args...> problem, Args&&... args) {
    throw InputError(fmt::format("{}: {}", where, fmt::format(problem, std::forward<Args>(args)...)));
}

/// "FILE: /json/pointer"; just FILE if the pointer is empty.
inline std::string at(std::string_view file, std::string_view pointer) {
    return pointer.empty() ? std::string(file) : fmt::format("{}: {}", file, pointer);
}

/// Throws InternalError unless the invariant holds; what states the invariant.
inline void check(bool holds, std::string_view what) {
    if (!holds) throw InternalError(fmt::format("internal error: broken invariant: {}", what));
}

/// The same where it is asked so often that the text is made only when it is needed: what() gives it.
template <class What, class = std::invoke_result_t<What>>
void check(bool holds, const What& what) {
    if (!holds) check(false, std::string_view(std::string(what())));
}

}  // namespace ssdgen
