#include "support/files.h"

#include "support/error.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;
namespace fs = std::filesystem;

namespace {

template <class Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a file reads back byte for byte, its folder made") {
    const test::TemporaryFolder folder;
    const std::string bytes("a\0\r\n\xFF", 5);
    write_if_changed(folder.path("deep/er/file.bin"), bytes);
    CHECK(read_file(folder.path("deep/er/file.bin")) == bytes);
    CHECK(!fs::exists(folder.path("deep/er/file.bin.part")));
}

TEST_CASE("a file that holds the bytes already is left alone, another is replaced") {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("file");
    write_if_changed(path, "one");
    const auto long_ago = fs::last_write_time(path) - std::chrono::hours(1);
    fs::last_write_time(path, long_ago);
    write_if_changed(path, "one");
    CHECK(fs::last_write_time(path) == long_ago);
    write_if_changed(path, "two");
    CHECK(read_file(path) == "two");
    CHECK(fs::last_write_time(path) != long_ago);
}

TEST_CASE("what cannot be read is said with its reason") {
    const test::TemporaryFolder folder;
    const std::string missing = folder.path("missing");
    CHECK(message_of([&] { read_file(missing); }) ==
          missing + ": cannot be read: No such file or directory; allowed: a readable file");
    CHECK(message_of([&] { read_file(folder.path()); }) == folder.path() + ": is a folder; allowed: a readable file");
}

TEST_CASE("what cannot be written is said with its reason") {
    const test::TemporaryFolder folder;
    write_if_changed(folder.path("file"), "x");
    const std::string below_a_file = folder.path("file/below");
    CHECK(message_of([&] { write_if_changed(below_a_file, "x"); }) ==
          folder.path("file") + ": cannot be made: Not a directory; allowed: a folder that can be written");
}

TEST_CASE("a set of files is written together, or nothing of it") {
    const test::TemporaryFolder folder;
    FileSet files;
    files.add("a.txt", "A");
    files.add("sub/b.txt", "B");
    files.write(folder.path("out"));
    CHECK(read_file(folder.path("out/a.txt")) == "A");
    CHECK(read_file(folder.path("out/sub/b.txt")) == "B");
    CHECK(std::distance(fs::directory_iterator(folder.path("out")), fs::directory_iterator()) == 2);

    write_if_changed(folder.path("plain"), "x");
    CHECK(message_of([&] { files.write(folder.path("plain/out")); }) ==
          folder.path("plain/out") + ": cannot be made: Not a directory; allowed: a folder that can be written");
}

TEST_CASE("of files written together none appears if one cannot be written") {
    const test::TemporaryFolder folder;
    fs::create_directories(folder.path("taken"));
    const std::string taken = folder.path("taken");
    CHECK(message_of([&] {
              write_together({{folder.path("first"), "1"}, {taken, "2"}});
          }) == taken + ": cannot be written: Is a directory; allowed: a file in a folder that can be written");
    CHECK(!fs::exists(folder.path("first")));
    CHECK(!fs::exists(folder.path("first.part")));

    FileSet files;
    files.add("first", "1");
    files.add("taken", "2");
    CHECK(message_of([&] { files.write(folder.path()); }) ==
          taken + ": cannot be written: Is a directory; allowed: a file in a folder that can be written");
    CHECK(!fs::exists(folder.path("first")));
}

TEST_CASE("a path is emitted once") {
    FileSet files;
    files.add("a", "1");
    CHECK_THROWS_WITH_AS(files.add("a", "2"), "internal error: broken invariant: a file is emitted once: a",
                         InternalError);
}

TEST_CASE("an error of the input says where, what was found and what is allowed") {
    const auto fail = [] { fail_input(at("net.json", "/alpha"), "is {}; allowed: above 0 and at most 1", 1.5); };
    CHECK(message_of(fail) == "net.json: /alpha: is 1.5; allowed: above 0 and at most 1");
    CHECK(at("net.json", "") == "net.json");
}
