#pragma once

#include "description/range.h"
#include "description/spelling.h"
#include "support/error.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen {

/// No limit of a list's length.
inline constexpr std::size_t any_count = std::numeric_limits<std::size_t>::max();

/// "a whole number from 1 to 255".
std::string words(const WholeRange& range);

/// One value of the document and where it stands. Each reader below throws InputError "FILE: POINTER: found ...;
/// allowed: ..." for a value of another type or out of range.
struct Value {
    const nlohmann::json& json;
    const std::string& file;
    std::string pointer;

    [[noreturn]] void fail(const std::string& allowed) const;
    int whole(const WholeRange& range) const;
    int whole(int low, int high) const { return whole(WholeRange{low, high}); }
    double number(const Range& range) const;
    float real(const Range& range) const;  // the range holds for the float
    bool flag() const;
    /// Its elements; at least `least` of them, at most `most`; elements says what they are ("numbers").
    std::vector<Value> list(std::size_t least, std::size_t most, const std::string& elements) const;
    std::vector<double> numbers(std::size_t least, std::size_t most, const Range& range) const;

    template <class Enum, std::size_t count>
    Enum choice(const std::array<Spelling<Enum>, count>& spellings) const {
        std::vector<std::string> words;
        for (const auto& spelling : spellings) {
            if (json.is_string() && json == spelling.text) return spelling.value;
            words.emplace_back(spelling.text);
        }
        fail(quoted_list(words));
    }

    static std::string quoted_list(const std::vector<std::string>& words);  // "a", "b"
};

/// One object of the document:
///
///     Fields fields(value);
///     fields.allow({"height", "width"});   // any other key is an error
///     input.height = fields.at("height").whole(1, limits::side);
///     input.width = fields.at("width").whole(1, limits::side);
///     fields.finish();
class Fields {
  public:
    /// InputError unless the value is an object.
    explicit Fields(Value value);

    /// owner names what the keys depend on (a layer of type "pointwise"), or is empty.
    void allow(std::vector<std::string> keys, const std::string& owner = "");
    /// The key's value; one that is not there fails as "missing; allowed: ..." when it is read.
    Value at(const std::string& key);
    bool has(const std::string& key);
    /// Call it last. InternalError for a key that is allowed and was never read.
    void finish() const;

    const Value& value() const { return value_; }

  private:
    Value value_;
    std::vector<std::string> allowed_;
    std::vector<std::string> read_;
};

}  // namespace ssdgen
