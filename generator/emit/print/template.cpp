#include "emit/print/template.h"

#include "support/error.h"

#include <cctype>
#include <set>

namespace ssdgen {

std::string_view embedded_templates(std::string_view path);

namespace {

bool is_hole_character(char c) {
    return std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '_';
}

/// The length of the hole "$name$" at the start of text; 0 if there is none.
std::size_t hole_length(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && is_hole_character(text[end])) ++end;
    return text.size() > end && text[end] == '$' && end > 1 ? end + 1 : 0;
}

class Filler {
  public:
    Filler(const std::string& file, const TemplateValues& values) : file_(file), values_(values) {}

    std::string fill(std::string_view text) {
        std::string result;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
            ++line_;
            fill_line(text.substr(0, end), result);
            text.remove_prefix(end);
        }
        for (const auto& [name, value] : values_)
            check(used_.count(name) == 1, fmt::format("templates/{}: the value ${}$ has a hole", file_, name));
        return result;
    }

  private:
    const std::string& value(std::string_view hole) {
        const std::string name(hole.substr(1, hole.size() - 2));
        const auto found = values_.find(name);
        check(found != values_.end(), fmt::format("templates/{}:{}: the hole ${}$ has a value", file_, line_, name));
        used_.insert(name);
        return found->second;
    }

    void fill_line(std::string_view line, std::string& result) {
        const std::size_t indent = line.find_first_not_of(' ');
        if (indent != std::string_view::npos && line[indent] == '$') {
            const std::size_t length = hole_length(line.substr(indent));
            if (length && line.substr(indent + length) == "\n")
                return append_lines(value(line.substr(indent, length)), indent, result);
        }
        while (!line.empty()) {
            const std::size_t length = line[0] == '$' ? hole_length(line) : 0;
            if (length)
                result += value(line.substr(0, length));
            else
                result += line[0];
            line.remove_prefix(length ? length : 1);
        }
    }

    static void append_lines(std::string_view text, std::size_t indent, std::string& result) {
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            const std::string_view line = text.substr(0, end);
            if (!line.empty()) result.append(indent, ' ').append(line);
            result += '\n';
            text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        }
    }

    const std::string& file_;
    const TemplateValues& values_;
    std::set<std::string> used_;
    int line_ = 0;
};

}  // namespace

std::string fill_text(std::string_view text, const std::string& file, const TemplateValues& values) {
    return Filler(file, values).fill(text);
}

std::string fill_template(const std::string& file, const TemplateValues& values) {
    const std::string_view text = embedded_templates(file);
    check(text.data() != nullptr, "there is a template " + file);
    return fill_text(text, file, values);
}

}  // namespace ssdgen
