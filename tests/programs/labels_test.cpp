#include "../../templates/programs/labels.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using application::LabelFile;
using application::read_labels;

namespace {

using Names = std::vector<std::string>;

/// Of a network of 3 classes, the background first, whose file fits as it is.
Names names_of(const std::string& path, const std::string& text, int background = 0) {
    const LabelFile file = read_labels(path, text, 3, background);
    CHECK(file.error == "");
    CHECK(file.remark == "");
    return file.names;
}

/// "LINE: error" of the same.
std::string error_of(const std::string& path, const std::string& text, int background = 0) {
    const LabelFile file = read_labels(path, text, 3, background);
    CHECK(file.remark == "");
    return std::to_string(file.line) + ": " + file.error;
}

}  // namespace

TEST_CASE(
    "lines name the columns of the scores; blank lines at the end are none, those inside and ??? are columns without a "
    "name") {
    CHECK(names_of("l.txt", "a\nb\nc") == Names{"a", "b", "c"});
    CHECK(names_of("l.txt", "a\r\nb b\r\nc\r\n") == Names{"a", "b b", "c"});
    CHECK(names_of("l.txt", "???\nb\n?\n\n \t\n\n") == Names{"", "b", "?"});
    CHECK(names_of("l.txt", "a\n\nc\n") == Names{"a", "", "c"});
    CHECK(names_of("labels", "a\nb\n???") == Names{"a", "b", ""});
}

TEST_CASE("one line fewer than classes: those without the background, wherever its column is, and it is said") {
    for (const int background : {0, 1, 2}) {
        const LabelFile file = read_labels("l.txt", "a\nb\n", 3, background);
        CHECK(file.error == "");
        Names expected{"a", "b"};
        expected.insert(expected.begin() + background, "");
        CHECK(file.names == expected);
        CHECK(file.remark ==
              "found 2 labels for 3 classes; they are taken as those without the background, which is column " +
                  std::to_string(background));
    }
    CHECK(error_of("l.txt", "a\nb\n", -1) ==
          "0: found 2 labels; allowed: 3, a line a class (??? for one without a name)");
}

TEST_CASE("another count of lines: both counts are named") {
    const std::string allowed =
        "; allowed: 3, a line a class (??? for one without a name), or 2 without the background";
    CHECK(error_of("l.txt", "") == "0: found 0 labels" + allowed);
    CHECK(error_of("l.txt", "a") == "0: found 1 label" + allowed);
    CHECK(error_of("l.txt", "a\nb\nc\nd\n") == "0: found 4 labels" + allowed);
}

TEST_CASE("a label map names columns by id, the shown name before the other, with gaps") {
    CHECK(
        names_of("m.pbtxt",
                 "item {\n  name: '/m/01g317'\n  id: 1\n  display_name: 'person'\n}\nitem { id: 2 name: \"car\" }\n") ==
        Names{"", "person", "car"});
    CHECK(names_of("m.pbtxt", "item { id: 2 name: 'car' }") == Names{"", "", "car"});
    CHECK(
        names_of(
            "m.pbtxt",
            "# all\nitem: { id: 1, name: 'a' 'b' \"\\\"\\x43\\303\\251\\'\"; }, item{id:0 name:'background'} # end") ==
        Names{"background", "ab\"C\u00E9'", ""});
    CHECK(names_of("m.pbtxt",
                   "item { id: 1 name: 'a' keypoints { id: 5 label: '}' } ancestor_ids: ['x', 'y'] frequency: RARE "
                   "instance_count: 7 descendant_ids: 'z' }") == Names{"", "a", ""});
    CHECK(names_of("voc.prototxt",
                   "item { name: \"none_of_the_above\" label: 0 display_name: \"background\" }\n"
                   "item { name: \"aeroplane\" label: 1 display_name: \"aeroplane\" }") ==
          Names{"background", "aeroplane", ""});
}

TEST_CASE("a label map counts the classes beside the background from 1, wherever that is") {
    const std::string two = "item { id: 1 name: 'a' } item { id: 2 name: 'b' }", third = " item { id: 3 name: 'c' }";
    CHECK(names_of("m.pbtxt", two, 0) == Names{"", "a", "b"});
    CHECK(names_of("m.pbtxt", two, 1) == Names{"a", "", "b"});
    CHECK(names_of("m.pbtxt", two, 2) == Names{"a", "b", ""});
    CHECK(names_of("m.pbtxt", two + third, -1) == Names{"a", "b", "c"});
    CHECK(names_of("m.pbtxt", two + " item { id: 0 name: 'z' }", -1) == Names{"z", "a", "b"});
    CHECK(error_of("m.pbtxt", two + third) ==
          "1: found id 3; allowed: ids up to 2 for 3 classes, the background counted");
    CHECK(error_of("m.pbtxt", two + third + "\nitem { id: 4 name: 'd' }", -1) ==
          "2: found id 4; allowed: ids up to 3 for 3 classes");
}

TEST_CASE("a label map that is none: its line, what was found and what is allowed") {
    const std::string form = "allowed: item { id: 1 name: 'person' }, one for each class";
    const std::string keys =
        "allowed: id, label, name, display_name (or, without effect, keypoints, ancestor_ids, descendant_ids, "
        "frequency, instance_count)";
    const auto error = [](const std::string& text) { return error_of("m.pbtxt", text); };
    CHECK(error("") == "1: found no item; " + form);
    CHECK(error("\n# nothing") == "2: found no item; " + form);
    CHECK(error("person\ncar\n") == "1: found person; " + form);
    CHECK(error("item 1") == "1: found 1; allowed: { after item");
    CHECK(error("item {\n name: 'a'\n}") == "1: found an item without an id; " + form);
    CHECK(error("item { id: 1 }") == "1: found an item without a name; " + form);
    CHECK(error("item { id: 1 name: '' }") == "1: found an item without a name; " + form);
    CHECK(error("item { id: 1 name: 'a' }\nitem { id: 1 name: 'b' }") ==
          "2: found id 1 a second time; allowed: each id once");
    CHECK(error("item { id: 1\n nam: 'a' }") == "2: found nam; " + keys);
    CHECK(error("item { id: 1 name: 'a'") == "1: found the end of the file; " + keys);
    CHECK(error("item { id: 1 name: 'a\n' }") ==
          "1: found a text without its end; allowed: one that ends with its quote on the same line");
    CHECK(error("item { id: 1 name: a }") == "1: found a; allowed: a text in quotes");
    for (const char* id : {"-1", "1.5", "x", "1234567890"})
        CHECK(error(std::string("item { name: 'a' id: ") + id + " }") ==
              "1: found " + std::string(id) + "; allowed: a whole number from 0");
    CHECK(error("item { id: '1' name: 'a' }") == "1: found '1'; allowed: a whole number from 0");
    CHECK(error("item { id: 1 name: 'a' keypoints { id: 1 }") == "1: found the end of the file; " + keys);
    CHECK(error("item { id: 1 name: 'a' keypoints { id: 1 ") == "1: found the end of the file; allowed: a value");
    CHECK(error(std::string("item { id: 1 name: 'a' }\n\0", 26)) == "2: found a byte 0; " + form);
}

TEST_CASE(
    "a byte order mark is none of the names; the ending of a label map may be in capitals; one without it is "
    "recognised") {
    CHECK(names_of("l.txt",
                   "\xEF\xBB\xBF"
                   "a\nb\nc") == Names{"a", "b", "c"});
    const std::string map = "item { id: 1 name: 'dog' }\n";
    CHECK(names_of("l.pbtxt", "\xEF\xBB\xBF" + map) == Names{"", "dog", ""});
    CHECK(names_of("L.PBTXT", map) == Names{"", "dog", ""});
    CHECK(error_of("l.txt", map) ==
          "0: found 1 label; allowed: 3, a line a class (??? for one without a name), or 2 without the background; a "
          "label "
          "map has a name that ends with .pbtxt");
}
