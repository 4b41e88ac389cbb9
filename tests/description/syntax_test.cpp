#include "documents.h"

#include <doctest/doctest.h>

#include <string>

namespace {

const std::string value = "a value: an object, a list, a string in double quotes, a number, true, false or null";

struct Row {
    const char* text;
    std::string message;
};

const Row rows[] = {
    {"", "1:1: the text ends; allowed: an object, { ... }"},
    {"{\n  \"name\": \"a\",\n  \"alpha\" 1\n}", "3:11: found '1'; allowed: ':' between a key and its value"},
    {"{\n  \"name\": tru\n}", "2:11: found 'tru'; allowed: " + value},
    {"{\n  \"name\": tru}", "2:11: found 'tru'; allowed: " + value},
    {"{\"name\": }", "1:10: found '}'; allowed: " + value},
    {"{\"name\": 'a'}", "1:10: found ''a''; allowed: " + value},
    {"{\"alpha\": .5}", "1:11: found '.5'; allowed: " + value},
    {"{\"alpha\": 01}", "1:11: found '01'; allowed: " + value},
    {"{\"alpha\": 1e999}", "1:11: found '1e999'; allowed: " + value},
    {"{\"alpha\": NaN}", "1:11: found 'NaN'; allowed: " + value},
    {"{\"name\": \"a\"\n \"alpha\": 1}", "2:2: found '\"alpha\"'; allowed: ',' or '}' after a value"},
    {"{\"name\": \"a\",}", "1:14: found '}'; allowed: a key in double quotes after ','"},
    {"{name: 1}", "1:2: found 'name'; allowed: a key in double quotes, or '}'"},
    {"// a comment\n{}", "1:1: found '//'; allowed: an object, { ... }"},
    {"{\"mean\": [1, 2,]}", "1:16: found ']'; allowed: " + value},
    {"{\"mean\": [1 2]}", "1:13: found '2'; allowed: ',' or ']' after a value"},
    {"{\"mean\": [,]}", "1:11: found ','; allowed: a value, or ']'"},
    {"{\"mean\": [1}", "1:12: found '}'; allowed: ',' or ']' after a value"},
    {"{\"mean\": [1, 2\n\n", "1:15: the text ends; allowed: ',' or ']' after a value"},
    {"{\"mean\"", "1:8: the text ends; allowed: ':' between a key and its value"},
    {"{} {}", "1:4: found '{'; allowed: nothing after the end of the description"},
    {"{\"\xC3\xA9\xC3\xA9\": tru}", "1:8: found 'tru'; allowed: " + value},
    {"{\"name\": \x01}", "1:10: found '\\x01'; allowed: " + value},
};

}  // namespace

TEST_CASE("JSON that does not parse is an error at its line and column") {
    for (const Row& row : rows) {
        CAPTURE(std::string(row.text));
        CHECK(message_of(row.text) == "bad.json:" + row.message);
    }
}

TEST_CASE("a broken string is an error where it starts") {
    const std::string allowed =
        "; allowed: UTF-8 text on one line that ends with '\"', with \\ only in \\\" \\\\ \\/ \\b \\f \\n \\r \\t "
        "\\uXXXX";
    CHECK(message_of("{\n \"name\": \"abc\n}") == "bad.json:2:10: found the broken string \"abc" + allowed);
    CHECK(message_of("{\"name") == "bad.json:1:2: found the broken string \"name" + allowed);
    CHECK(message_of("{\"name\": \"a\\q\"}") == "bad.json:1:10: found the broken string \"a\\q\"" + allowed);
    CHECK(message_of("{\"name\": \"a\tb\"}") == "bad.json:1:10: found the broken string \"a\\x09b\"" + allowed);
    CHECK(message_of("{\"name\": \"\xFF\"}") == "bad.json:1:10: found the broken string \"\\xff\"" + allowed);
}

TEST_CASE("every prefix of a description is an error, and none crashes") {
    const std::string text = small_detector;
    for (std::size_t length = 0; length + 1 < text.size(); ++length) {
        CAPTURE(length);
        CHECK(message_of(text.substr(0, length)).rfind("bad.json:", 0) == 0);
    }
}

TEST_CASE("a deep nest of lists is an error") {
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    CHECK(message_of(deep) == "bad.json: found a list of 1 value; allowed: an object");
}
