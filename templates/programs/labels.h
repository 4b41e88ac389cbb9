#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The names of a network's classes. The programs around a network and ssdgen itself read them with this one reader.
namespace application {

/// What a file of labels gives.
struct LabelFile {
    std::vector<std::string> names;  // one a column of the scores; empty for a column without a name
    std::string remark;              // how the file was made to fit; empty: it fits as it is
    std::string error;               // "found ...; allowed: ..."; empty: none
    int line = 0;                    // of the error, counted from 1; 0: none in particular
};

/// A label map of TensorFlow's Object Detection API or of Caffe's SSD, in protobuf's text format:
///
///     item { id: 1 name: '/m/01g317' display_name: 'person' }        (Caffe: label: 1)
///
/// 0 is the background, wherever its column is; the others count the columns beside it from 1. Without a background
/// column but with an item 0, ids are columns.
class LabelMap {
  public:
    LabelMap(std::string_view text, int classes, int background)
        : text_(text), classes_(classes), background_(background) {}

    LabelFile read() {
        advance();
        while (fine() && token_.kind != end) read_item();
        if (fine() && items_.empty()) fail(token_.line, "no item", item_form);
        if (!fine()) return std::move(file_);
        const bool columns = background_ < 0 && ids_.count(0) != 0;
        const int last = background_ < 0 && !columns ? classes_ : classes_ - 1;
        file_.names.resize(static_cast<std::size_t>(classes_));
        for (const Item& item : items_) {
            if (item.id > last) {
                fail(item.line, "id " + std::to_string(item.id),
                     "ids up to " + std::to_string(last) + " for " + std::to_string(classes_) + " classes" +
                         (background_ < 0 ? "" : ", the background counted"));
                break;
            }
            file_.names[static_cast<std::size_t>(columns ? item.id : column_of(item.id))] = item.name;
        }
        return std::move(file_);
    }

  private:
    static constexpr char word = 'w', quoted = '"', end = '\0';
    static constexpr const char* item_form = "item { id: 1 name: 'person' }, one for each class";
    static constexpr const char* field_names =
        "id, label, name, display_name (or, without effect, keypoints, ancestor_ids, descendant_ids, frequency, "
        "instance_count)";

    struct Token {
        char kind = end;  // word (a number as well), quoted (without its quotes), end, or the character itself
        std::string text;
        int line = 1;
    };

    struct Item {
        int line, id;
        std::string name;
    };

    bool fine() const { return file_.error.empty(); }

    void fail(int line, const std::string& found, const std::string& allowed) {
        if (!fine()) return;
        file_.error = "found " + found + "; allowed: " + allowed;
        file_.line = line;
        token_ = {end, "", line};
    }

    void fail_here(const std::string& allowed) {
        const std::string shown = token_.text.substr(0, 40);
        fail(token_.line,
             token_.kind == end      ? "the end of the file"
             : token_.kind == quoted ? "'" + shown + "'"
                                     : shown,
             allowed);
    }

    static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '+' || c == '.';
    }

    /// Goes on to the next token, over space and comments.
    void advance() {
        if (!fine()) return;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size() - 1);
            if (text_[at_] == '\n')
                ++line_;
            else if (c != '#' && c != ' ' && c != '\t' && c != '\r')
                break;
        }
        token_ = {end, "", line_};
        if (at_ >= text_.size()) return;
        const char c = text_[at_];
        if (c == '\'' || c == '"') {
            read_quoted(c);
        } else if (is_word(c)) {
            token_.kind = word;
            while (at_ < text_.size() && is_word(text_[at_])) token_.text += text_[at_++];
        } else {
            const unsigned byte = static_cast<unsigned char>(text_[at_++]);
            token_.kind = c == end ? '?' : c;
            token_.text = byte < ' ' || byte > '~' ? "a byte " + std::to_string(byte) : std::string(1, c);
        }
    }

    void read_quoted(char quote) {
        token_.kind = quoted;
        for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n';) {
            const char c = text_[at_++];
            token_.text += c == '\\' ? escaped() : c;
        }
        if (at_ >= text_.size() || text_[at_] != quote) {
            fail(token_.line, "a text without its end", "one that ends with its quote on the same line");
            return;
        }
        ++at_;
    }

    /// What stands after a backslash: a letter, up to three octal digits or x and two hexadecimal ones, as protobuf
    /// writes bytes.
    char escaped() {
        const auto digit = [this](std::size_t at) {
            const char c = at < text_.size() ? text_[at] : '\0';
            return c >= '0' && c <= '9'   ? c - '0'
                   : c >= 'a' && c <= 'f' ? c - 'a' + 10
                   : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                          : 99;
        };
        const auto number = [&](int base, int most) {
            int value = 0;
            for (int i = 0; i < most && digit(at_) < base; ++i) value = value * base + digit(at_++);
            return static_cast<char>(static_cast<unsigned char>(value));
        };
        if (digit(at_) < 8) return number(8, 3);
        const char c = at_ < text_.size() ? text_[at_++] : '\\';
        if ((c == 'x' || c == 'X') && digit(at_) < 16) return number(16, 2);
        return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }

    bool accept(char kind) {
        if (token_.kind != kind || !fine()) return false;
        advance();
        return fine();
    }

    void read_item() {
        Item item{token_.line, -1, ""};
        if (token_.kind != word || token_.text != "item") return fail_here(item_form);
        advance();
        accept(':');
        if (!accept('{')) return fail_here("{ after item");
        std::string name;
        while (fine() && token_.kind != '}') read_field(item, name);
        if (!fine()) return;
        advance();
        accept(',') || accept(';');
        if (item.name.empty()) item.name = name;
        if (item.id < 0) fail(item.line, "an item without an id", item_form);
        if (item.name.empty()) fail(item.line, "an item without a name", item_form);
        if (!ids_.insert(item.id).second)
            fail(item.line, "id " + std::to_string(item.id) + " a second time", "each id once");
        items_.push_back(std::move(item));
    }

    void read_field(Item& item, std::string& name) {
        if (token_.kind != word) return fail_here(field_names);
        const std::string key = token_.text;
        static const std::set<std::string> idle{"keypoints", "ancestor_ids", "descendant_ids", "frequency",
                                                "instance_count"};
        const bool is_id = key == "id" || key == "label", is_text = key == "name" || key == "display_name";
        if (!is_id && !is_text && idle.count(key) == 0) return fail_here(field_names);
        advance();
        accept(':');
        if (is_id) {
            read_id(item);
        } else if (is_text) {
            std::string text;
            if (token_.kind != quoted) return fail_here("a text in quotes");
            for (; fine() && token_.kind == quoted; advance()) text += token_.text;  // neighbours are one text
            (key == "name" ? name : item.name) = text;
        } else {
            pass_over();
        }
        accept(',') || accept(';');
    }

    void read_id(Item& item) {
        const std::string& text = token_.text;
        const bool whole =
            token_.kind == word && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
        if (!whole) return fail_here("a whole number from 0");
        item.id = std::stoi(text);
        item.line = token_.line;
        advance();
    }

    /// A value that names nothing: one token, or all between brackets.
    void pass_over() {
        int depth = 0;
        do {
            if (token_.kind == end) return fail_here("a value");
            depth += token_.kind == '{' || token_.kind == '[' ? 1 : token_.kind == '}' || token_.kind == ']' ? -1 : 0;
            if (depth < 0) return fail_here("a value");
            advance();
        } while (fine() && depth > 0);
    }

    int column_of(int id) const {
        if (background_ < 0) return id - 1;
        return id == 0 ? background_ : id - 1 < background_ ? id - 1 : id;
    }

    std::string_view text_;
    int classes_, background_;
    std::size_t at_ = 0;
    int line_ = 1;
    Token token_;
    std::vector<Item> items_;
    std::set<int> ids_;
    LabelFile file_;
};

/// The lines of a text, without their ends; blank ones at the end are none.
inline std::vector<std::string> label_lines(std::string_view text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else if (c != '\r') {
            lines.back() += c;
        }
    }
    while (!lines.empty() && lines.back().find_first_not_of(" \t") == std::string::npos) lines.pop_back();
    return lines;
}

/// A line a column of the scores; a blank one or `???` for a column without a name. Exactly one line fewer are those of
/// the classes without the background.
inline LabelFile read_label_lines(std::string_view text, int classes, int background) {
    LabelFile file;
    file.names = label_lines(text);
    for (std::string& name : file.names) {
        if (name == "???" || name.find_first_not_of(" \t") == std::string::npos) name.clear();
    }
    const std::size_t found = file.names.size(), wanted = static_cast<std::size_t>(classes);
    const std::string labels = std::to_string(found) + (found == 1 ? " label" : " labels");
    if (background >= 0 && found + 1 == wanted) {
        file.names.insert(file.names.begin() + background, std::string());
        file.remark = "found " + labels + " for " + std::to_string(classes) +
                      " classes; they are taken as those without the background, which is column " +
                      std::to_string(background);
    } else if (found != wanted) {
        file.error = "found " + labels + "; allowed: " + std::to_string(classes) +
                     ", a line a class (??? for one without a name)" +
                     (background < 0 ? "" : ", or " + std::to_string(classes - 1) + " without the background");
    }
    return file;
}

/// The labels of a network of so many classes (columns of the scores), the background being in column `background` (-1:
/// there is none), from the text of a file: a label map if its name ends with .pbtxt or .prototxt, else lines. A byte order
/// mark is none of the text.
inline LabelFile read_labels(std::string_view path, std::string_view text, int classes, int background) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
    std::string name(path);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const std::string_view ending : {".pbtxt", ".prototxt"}) {
        if (name.size() >= ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0)
            return LabelMap(text, classes, background).read();
    }
    LabelFile file = read_label_lines(text, classes, background);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (!file.error.empty() && first != std::string_view::npos && text.substr(first, 4) == "item" &&
        text.find('{') != std::string_view::npos)
        file.error += "; a label map has a name that ends with .pbtxt";
    return file;
}

}  // namespace application
