#include "compiler.h"
#ifndef SSD_ERROR_H
#define SSD_ERROR_H

#include <cstddef>
#include <cstdint>

#include "error_table.h"

namespace ssd { inline namespace v2 {

/// What is wrong with a call: detect, classify and post_process return it as a negative number in place of a count.
enum class Error : int {
#define SSD_ERROR(name, in_c, number, text) name = number,
    SSD_ERRORS(SSD_ERROR)
#undef SSD_ERROR
};

/// What is wrong, for what a call returned; "no error" for a count.
constexpr const char* error_text(int result) noexcept {
    switch (result) {
#define SSD_ERROR(name, in_c, number, text) case number: return text;
        SSD_ERRORS(SSD_ERROR)
#undef SSD_ERROR
        default: return result < 0 ? "unknown error" : "no error";
    }
}
constexpr const char* error_text(Error error) noexcept { return error_text(static_cast<int>(error)); }

namespace detail {

/// What a call returns if something is wrong, and otherwise 0.
constexpr int wrong_if(bool wrong, Error error) noexcept { return wrong ? static_cast<int>(error) : 0; }

/// An array of results.
constexpr int wrong_with_results(const void* out, int capacity) noexcept {
    return capacity < 0 ? wrong_if(true, Error::capacity) : wrong_if(out == nullptr && capacity > 0, Error::no_results);
}

/// Memory that has to be aligned. A compiler may count on what the type of a pointer promises: volatile makes it look.
inline int wrong_with_memory(const void* memory, std::size_t alignment) noexcept {
    const volatile std::uintptr_t address = reinterpret_cast<std::uintptr_t>(memory);
    if (address == 0) return wrong_if(true, Error::no_workspace);
    return wrong_if(address % alignment != 0, Error::alignment);
}

/// The first that is not 0.
constexpr int first_wrong(int a, int b, int c = 0, int d = 0) noexcept { return a != 0 ? a : b != 0 ? b : c != 0 ? c : d; }

}  // namespace detail
}}  // namespace ssd::v2
#endif  // SSD_ERROR_H
