#include "emit/print/wrap.h"

#include <algorithm>
#include <sstream>
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

}  // namespace

std::string print_call(const std::string& head, const std::vector<std::string>& parts, const std::string& tail,
                       std::size_t indent) {
    std::string line = head + "(";
    for (std::size_t index = 0; index < parts.size(); ++index) line += (index ? ", " : "") + parts[index];
    line += ")" + tail;
    if (indent + line.size() <= emitted_columns || parts.empty()) return line;
    if (indent + head.size() < short_head) return print_items(head + "(", parts, ")" + tail, indent);
    return head + "(\n" + print_items("    ", parts, ")" + tail, indent);
}

std::string print_items(const std::string& mark, const std::vector<std::string>& parts, const std::string& tail,
                        std::size_t indent) {
    Lines lines(mark, std::string(mark.size(), ' '), emitted_columns - indent);
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
    Lines lines(mark, mark, emitted_columns);
    for (std::string word; words >> word;) lines.add(word);
    return lines.text() + "\n";
}

}  // namespace ssdgen
