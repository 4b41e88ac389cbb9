#pragma once

#include "support/error.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace ssdgen {

// The words of an enumeration stand in one function beside it, a switch over every enumerator without a default, so
// that a new enumerator does not compile without its word:
//
//     constexpr const char* word(Activation activation) {
//         switch (activation) {
//             case Activation::none: return "none";
//             case Activation::relu: return "relu";
//         }
//         return nullptr;
//     }
//
// All that is below follows from it. Enumerators count from 0 without gaps.

template <class Enum>
struct Spelling {
    Enum value;
    const char* text;
};

template <class Enum>
constexpr std::size_t count_words() {
    std::size_t count = 0;
    while (word(static_cast<Enum>(count)) != nullptr) ++count;
    return count;
}

/// Every enumerator with its word, in their order.
template <class Enum>
constexpr std::array<Spelling<Enum>, count_words<Enum>()> all_words() {
    std::array<Spelling<Enum>, count_words<Enum>()> words{};
    for (std::size_t index = 0; index < words.size(); ++index) {
        const Enum value = static_cast<Enum>(index);
        words[index] = {value, word(value)};
    }
    return words;
}

/// The word of an enumerator.
template <class Enum, class = std::enable_if_t<std::is_enum_v<Enum>>>
const char* spell(Enum value) {
    const char* text = word(value);
    check(text != nullptr, "an enumerator has a word");
    return text;
}

/// The enumerator of a word; none if it is nobody's.
template <class Enum>
std::optional<Enum> find_word(std::string_view text) {
    for (const Spelling<Enum>& spelling : all_words<Enum>())
        if (text == spelling.text) return spelling.value;
    return std::nullopt;
}

/// "object, array, file".
template <class Enum>
std::string joined_words() {
    std::string text;
    for (const Spelling<Enum>& spelling : all_words<Enum>())
        text += (text.empty() ? "" : ", ") + std::string(spelling.text);
    return text;
}

}  // namespace ssdgen
