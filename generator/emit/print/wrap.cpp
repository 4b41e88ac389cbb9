#include "emit/print/wrap.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace ssdgen {

namespace {

/// Columns before a bracket that leave room for what stands in it.
constexpr std::size_t short_head = 56;

/// Words with spaces between, in lines of at most so many columns, each behind `start`.
class Lines {
  public:
    /// first: of the first line.
    Lines(std::string first, std::string start, std::size_t columns)
        : start_(std::move(start)), columns_(columns), line_(std::move(first)) {}

    void add(const std::string& word) {
        if (is_begun_ && line_.size() + 1 + word.size() > columns_) {
            text_ += line_ + "\n";
            line_ = start_;
            is_begun_ = false;
        }
        line_ += (is_begun_ ? " " : "") + word;
        is_begun_ = true;
    }
    std::string text() const { return text_ + line_; }

  private:
    std::string start_;
    std::size_t columns_;
    std::string text_, line_;
    bool is_begun_ = false;  // the line has a word
};

// --- Lines that are too long.

/// Where a line of code may be cut, within its length and not before `from`: behind the last comma of a list, or else
/// at the last blank, or else at the first one behind. npos: nowhere.
std::size_t cut_of_code(std::string_view line, std::size_t from) {
    std::size_t comma = std::string_view::npos, blank = std::string_view::npos;
    bool quoted = false;
    for (std::size_t at = 0; at < line.size() && (at <= most_columns || blank == std::string_view::npos); ++at) {
        if (line[at] == '"') quoted = !quoted;
        if (quoted || line[at] != ' ' || at < from) continue;
        blank = at;
        if (line[at - 1] == ',') comma = at;
    }
    return comma == std::string_view::npos ? blank : comma;
}

/// Not behind a backslash, which would take in the next line.
std::size_t cut_of_comment(std::string_view line, std::size_t from) {
    const auto may_be_cut = [&](std::size_t at) { return line[at] == ' ' && line[at - 1] != '\\'; };
    for (std::size_t at = std::min(most_columns, line.size() - 1); at >= from; --at)
        if (may_be_cut(at)) return at;
    for (std::size_t at = most_columns; at < line.size(); ++at)
        if (may_be_cut(at)) return at;
    return std::string_view::npos;
}

/// What a comment begins with; empty: it is none.
std::string_view comment_mark(std::string_view text) {
    for (const std::string_view mark : {"/// ", "// "})
        if (text.substr(0, mark.size()) == mark) return mark;
    return {};
}

/// Cuts a line; each part but the first begins with `begin`.
template <class Cut>
void append_parts(std::string& result, std::string line, std::size_t first, const std::string& begin, const Cut& cut) {
    std::size_t from = first;
    while (line.size() > most_columns) {
        const std::size_t at = cut(line, from);
        if (at == std::string::npos) break;
        result.append(line, 0, at) += '\n';
        line = begin + line.substr(at + 1);
        from = begin.size();
    }
    result += line + '\n';
}

void append_wrapped(std::string& result, const std::string& line) {
    const std::size_t indent = line.find_first_not_of(' ');
    const bool is_command = line.find("// ssdgen generate ") == 0;  // whole, to be run
    if (line.size() <= most_columns || indent == std::string::npos || line[indent] == '#' || is_command) {
        result += line + '\n';
        return;
    }
    const std::string before(indent, ' ');
    const std::string_view mark = comment_mark(std::string_view(line).substr(indent));
    if (!mark.empty())
        return append_parts(result, line, indent + mark.size(), before + std::string(mark), cut_of_comment);
    // A comment behind code goes in front of it.
    const std::size_t behind = line.find("  // ", indent);
    if (behind != std::string::npos) {
        append_wrapped(result, before + line.substr(behind + 2));
        return append_wrapped(result, line.substr(0, behind));
    }
    append_parts(result, line, indent + 1, before + std::string(8, ' '), cut_of_code);
}

}  // namespace

std::string print_call(const std::string& head, const std::vector<std::string>& parts, const std::string& tail,
                       std::size_t indent) {
    std::string line = head + "(";
    for (std::size_t index = 0; index < parts.size(); ++index) line += (index ? ", " : "") + parts[index];
    line += ")" + tail;
    if (indent + line.size() <= usual_columns || parts.empty()) return line;
    if (indent + head.size() < short_head) return print_items(head + "(", parts, ")" + tail, indent);
    return head + "(\n" + print_items("    ", parts, ")" + tail, indent);
}

std::string print_items(const std::string& mark, const std::vector<std::string>& parts, const std::string& tail,
                        std::size_t indent) {
    Lines lines(mark, std::string(mark.size(), ' '), usual_columns - indent);
    for (std::size_t index = 0; index < parts.size(); ++index)
        lines.add(parts[index] + (index + 1 < parts.size() ? "," : tail));
    return lines.text();
}

std::string indented(const std::string& text, std::size_t columns) {
    std::string result;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        if (text[start] != '\n') result.append(columns, ' ');
        result.append(text, start, end - start);
        start = end;
    }
    return result;
}

std::string print_comment(const std::string& mark, const std::string& text) {
    std::istringstream words(text);
    Lines lines(mark, mark, usual_columns);
    for (std::string word; words >> word;) lines.add(word);
    return lines.text() + "\n";
}

std::string wrap_lines(const std::string& text) {
    std::string result;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        append_wrapped(result, text.substr(begin, end == std::string::npos ? end : end - begin));
        if (end == std::string::npos) {
            result.pop_back();
            break;
        }
        begin = end + 1;
    }
    return result;
}

}  // namespace ssdgen
