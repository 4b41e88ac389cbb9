#include "emit/print/wrap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;

namespace {

std::size_t widest(const std::string& text) {
    std::size_t most = 0;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        most = std::max(most, end - start);
        start = end + 1;
    }
    return most;
}

}  // namespace

TEST_CASE("A call stands in one line if it fits, where it is indented to") {
    CHECK(print_call("f", {}, ";") == "f();");
    CHECK(print_call("f", {"a", "b + 1"}, ";") == "f(a, b + 1);");
    const std::string wide(109, 'a');
    CHECK(print_call("f", {wide, "b"}, ";", 4) == "f(" + wide + ", b);");
    CHECK(print_call("f", {wide, "b"}, ";", 5) == "f(" + wide + ",\n  b);");
}

TEST_CASE("A call that is wider goes on behind its bracket, or below a long name, in lines of 120 columns") {
    const std::vector<std::string> parts(40, "parameter");
    for (const std::size_t length : {1U, 40U, 70U, 100U})
        for (const std::size_t indent : {0U, 4U, 12U}) {
            const std::string name(length, 'f');
            const std::string text = print_call(name, parts, ";", indent);
            CAPTURE(text);
            CHECK(widest(text) + indent <= 120);
            CHECK(widest(text) + indent > 100);
            CHECK(text.find(length + indent < 56 ? name + "(parameter, " : name + "(\n    parameter, ") == 0);
        }
}

TEST_CASE("A comment is wrapped at its words, each line behind the mark") {
    CHECK(print_comment("// ", "two words") == "// two words\n");
    const std::string word(60, 'w');
    CHECK(print_comment("/// ", word + " " + word) == "/// " + word + "\n/// " + word + "\n");
}

TEST_CASE("Lines are indented, but for empty ones") { CHECK(indented("a\n\nb\n", 2) == "  a\n\n  b\n"); }
