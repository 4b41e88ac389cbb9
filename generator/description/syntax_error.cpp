#include "description/syntax_error.h"

#include "support/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace ssdgen {

namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view punctuation = "{}[]:,";
constexpr std::size_t longest_quote = 40;

struct Token {
    std::size_t start = 0;
    std::size_t end = 0;
};

/// End of the string that starts at start: after its closing quote, or before the line end or text end that breaks it.
std::size_t string_end(const std::string& text, std::size_t start) {
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        if (text[i] == '\n') return i;
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] != '\n') ++i;
    }
    return text.size();
}

/// The next token at or after from; empty at the end of the text.
Token next_token(const std::string& text, std::size_t from) {
    const std::size_t start = std::min(text.find_first_not_of(spaces, from), text.size());
    if (start == text.size()) return {start, start};
    if (text[start] == '"') return {start, string_end(text, start)};
    if (punctuation.find(text[start]) != std::string_view::npos) return {start, start + 1};
    return {start, std::min(text.find_first_of(" \t\r\n{}[]:,\"", start), text.size())};
}

bool is_wrong(const std::string& text, const Token& token) {
    const std::string_view word(text.data() + token.start, token.end - token.start);
    return punctuation.find(word.front()) == std::string_view::npos && !nlohmann::json::accept(word);
}

std::string printable(std::string_view word) {
    std::string result;
    for (const char c : word.substr(0, longest_quote)) {
        if (c >= ' ' && c <= '~')
            result += c;
        else
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return word.size() > longest_quote ? result + "..." : result;
}

const char* allowed_after(char previous, const SyntaxContext& context) {
    constexpr const char* value =
        "a value: an object, a list, a string in double quotes, a number, true, false or null";
    if (previous == '\0') return "an object, { ... }";
    if (context.container == Container::none) return "nothing after the end of the description";
    if (previous == ':') return value;
    if (context.after_key) return "':' between a key and its value";
    if (context.container == Container::object) {
        if (previous == '{') return "a key in double quotes, or '}'";
        return previous == ',' ? "a key in double quotes after ','" : "',' or '}' after a value";
    }
    if (previous == '[') return "a value, or ']'";
    return previous == ',' ? value : "',' or ']' after a value";
}

std::string line_and_column(const std::string& text, std::size_t offset) {
    const std::string_view before = std::string_view(text).substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto is_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return fmt::format(
        "{}:{}", 1 + std::count(before.begin(), before.end(), '\n'),
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(), is_character));
}

}  // namespace

void fail_syntax(const std::string& text, const std::string& file, std::size_t bytes_read,
                 const SyntaxContext& context) {
    const std::size_t first = text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0;  // a byte order mark is no token
    Token previous{first, first};
    Token token = next_token(text, first);
    while (token.end > token.start && token.end < bytes_read && !is_wrong(text, token)) {
        previous = token;
        token = next_token(text, token.end);
    }
    const char before = previous.end > previous.start ? text[previous.end - 1] : '\0';
    const char* allowed = allowed_after(before, context);
    if (token.end == token.start)
        fail_input(fmt::format("{}:{}", file, line_and_column(text, previous.end)), "the text ends; allowed: {}",
                   allowed);
    const std::string where = fmt::format("{}:{}", file, line_and_column(text, token.start));
    const std::string found = printable(std::string_view(text).substr(token.start, token.end - token.start));
    if (text[token.start] == '"' && is_wrong(text, token))
        fail_input(where,
                   "found the broken string {}; allowed: UTF-8 text on one line that ends with '\"', with \\ only in "
                   "\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
                   found);
    fail_input(where, "found '{}'; allowed: {}", found, allowed);
}

}  // namespace ssdgen
