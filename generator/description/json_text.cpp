#include "description/json_text.h"

#include "description/syntax_error.h"
#include "support/error.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace ssdgen {

using nlohmann::json;

namespace {

constexpr std::size_t longest_quote = 60;

/// Takes nlohmann's events (the names are its own) and builds the tree, so that a key standing twice is seen.
class TreeBuilder {
  public:
    TreeBuilder(const std::string& text, const std::string& file) : text_(text), file_(file) {}

    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) { return add(value); }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) { return add(std::move(value)); }
    bool binary(json::binary_t&) { return false; }  // no JSON text holds any
    bool start_object(std::size_t) { return open(json::object()); }
    bool start_array(std::size_t) { return open(json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        if (open_.back()->contains(name))
            fail_input(at(file_, pointer_to(pointer(), name)), "this key stands twice in its object; allowed: once");
        key_ = std::move(name);
        after_key_ = true;
        return true;
    }

    bool parse_error(std::size_t bytes_read, const std::string&, const json::exception&) {
        SyntaxContext context;
        context.after_key = after_key_;
        if (!open_.empty()) context.container = open_.back()->is_object() ? Container::object : Container::list;
        fail_syntax(text_, file_, bytes_read, context);
    }

    json take_root() { return std::move(root_); }

  private:
    json& put(json value) {
        after_key_ = false;
        if (open_.empty()) return root_ = std::move(value);
        json& parent = *open_.back();
        if (parent.is_object()) return parent[key_] = std::move(value);
        parent.push_back(std::move(value));
        return parent.back();
    }
    bool add(json value) {
        put(std::move(value));
        return true;
    }
    bool open(json container) {
        // An open container is the last child of its parent, which does not grow before it is closed: the address
        // holds.
        const std::string name =
            open_.empty() || open_.back()->is_object() ? key_ : std::to_string(open_.back()->size());
        json& placed = put(std::move(container));
        names_.push_back(name);
        open_.push_back(&placed);
        return true;
    }
    bool close() {
        open_.pop_back();
        names_.pop_back();
        return true;
    }
    std::string pointer() const {
        std::string result;
        for (std::size_t i = 1; i < names_.size(); ++i) result = pointer_to(result, names_[i]);  // 0 is the root
        return result;
    }

    const std::string& text_;
    const std::string& file_;
    json root_;
    std::vector<json*> open_;
    std::vector<std::string> names_;
    std::string key_;
    bool after_key_ = false;
};

}  // namespace

json parse_json(const std::string& text, const std::string& file) {
    TreeBuilder builder(text, file);
    json::sax_parse(text, &builder);
    return builder.take_root();
}

std::string json_text(const std::string& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
std::string json_text(const char* value) { return json_text(std::string(value)); }
std::string json_text(bool value) { return value ? "true" : "false"; }
std::string json_text(int value) { return fmt::format("{}", value); }
std::string json_text(float value) { return fmt::format("{}", value); }
std::string json_text(double value) { return fmt::format("{}", value); }

std::string pointer_to(const std::string& pointer, const std::string& key) {
    std::string result = pointer + "/";
    // dump() between its quotes: a line end in a key must not break the message.
    const std::string quoted = json(key).dump(-1, ' ', false, json::error_handler_t::replace);
    for (const char c : quoted.substr(1, quoted.size() - 2)) {
        if (c == '~')
            result += "~0";
        else if (c == '/')
            result += "~1";
        else
            result += c;
    }
    return result;
}

std::string describe(const json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array() && value.empty()) return "an empty list";
    if (value.is_array())
        return value.size() == 1 ? "a list of 1 value" : fmt::format("a list of {} values", value.size());
    if (!value.is_string() || value.get_ref<const std::string&>().size() <= longest_quote) return value.dump();
    const std::string start = value.get_ref<const std::string&>().substr(0, longest_quote);
    return json(start).dump(-1, ' ', false, json::error_handler_t::ignore) + "...";
}

}  // namespace ssdgen
