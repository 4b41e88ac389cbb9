#include "emit/print/wrap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;

namespace {

std::string times(const std::string& text, int count) {
    std::string all;
    for (int index = 0; index < count; ++index) all += text;
    return all;
}

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

TEST_CASE("Lines that are short enough stay as they are, to the last column") {
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("a;\n\n    b;"), std::string(most_columns, 'a') + "\n"})
        CHECK(wrap_lines(text) == text);
}

TEST_CASE("A list goes on in the next line, 8 columns deeper, however often it is cut") {
    const std::string parameter = "const float* row_12, ";  // 21 columns
    CHECK(wrap_lines("    void f(" + times(parameter, 14) + "int y) noexcept;\n") ==
          "    void f(" + times(parameter, 5) + "const float* row_12,\n            " + times(parameter, 5) +
              "const float* row_12,\n            const float* row_12, const float* row_12, int y) noexcept;\n");
}

TEST_CASE("A comment goes on as a comment, and one behind code stands in front of it") {
    const std::string words = times("word ", 30);
    const std::string comment = wrap_lines("  // " + words + "end.\n");
    CHECK(comment == "  // " + times("word ", 26) + "word\n  // word word word end.\n");
    CHECK(wrap_lines("    int x = 1;  // " + times("word ", 25) + "end.\n") ==
          "    // " + times("word ", 25) + "end.\n    int x = 1;\n");
}

TEST_CASE("The command at a file's head stays whole, to be run; other comments that name it do not") {
    const std::string options = times("--option value ", 12) + "end\n";
    CHECK(wrap_lines("// ssdgen generate " + options) == "// ssdgen generate " + options);
    CHECK(wrap_lines("// This is ssdgen generate " + options).find("\n// ") != std::string::npos);
}

TEST_CASE("No line is cut inside a string or a directive, and a word that is too long stays whole") {
    const std::string text = "f(\"" + times("a, ", 60) + "\");\n";
    CHECK(wrap_lines(text) == text);
    const std::string directive = "#define X " + times("a ", 80) + "\n";
    CHECK(wrap_lines(directive) == directive);
    const std::string word(200, 'w');
    CHECK(wrap_lines("// " + word + " (pointwise)\n") == "// " + word + "\n// (pointwise)\n");
    CHECK(wrap_lines("void run_" + word + "(int first, int end) noexcept;\n") ==
          "void\n        run_" + word + "(int\n        first, int end) noexcept;\n");
}

TEST_CASE("What is cut is short, wherever a line is longer than the rest") {
    for (int words = 20; words < 90; ++words) {
        const std::string list = times("value, ", words) + "last";
        for (const std::string& line : {"// " + list, "    f(" + list + ");", "        " + list}) {
            CHECK(widest(wrap_lines(line)) <= most_columns);
            std::string joined = wrap_lines(line);
            CHECK(std::count(joined.begin(), joined.end(), 'v') == words);
        }
    }
}
