#include "emit/print/cut_lines.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace ssdgen;

namespace {

std::string times(const std::string& text, int count) {
    std::string all;
    for (int index = 0; index < count; ++index) all += text;
    return all;
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
        end = std::min(text.find('\n', begin), text.size());
        longest = std::max(longest, end - begin);
    }
    return longest;
}

}  // namespace

TEST_CASE("Lines that are short enough stay as they are, to the last column") {
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("a;\n\n    b;"), std::string(line_length, 'a') + "\n"})
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

TEST_CASE("So does a comment of another language") {
    CHECK(wrap_comment("# short", "# ") == "# short");
    CHECK(wrap_comment("# " + times("word ", 30) + "end", "# ") ==
          "# " + times("word ", 26) + "word\n# word word word end");
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
            CHECK(longest_line(wrap_lines(line)) <= line_length);
            std::string joined = wrap_lines(line);
            CHECK(std::count(joined.begin(), joined.end(), 'v') == words);
        }
    }
}
