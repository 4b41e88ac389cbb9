#include "support/process.h"

#include "support/error.h"
#include "support/files.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;

TEST_CASE("A shell word comes through as it is") {
    TemporaryFolder folder;
    for (const std::string text : {"plain", "two words", "a'b", "$HOME `date` \"x\" \\ ; & *", ""}) {
        run_command("printf %s " + shell_word(text), folder.path("log"), folder);
        CHECK(read_file(folder.path("log")) == text);
    }
}

TEST_CASE("The folder goes with its object, but stays with the log of a command that fails") {
    std::string gone, kept;
    {
        TemporaryFolder folder;
        gone = folder.path("log");
        run_command("echo hello", gone, folder);
        CHECK(read_file(gone) == "hello\n");
    }
    CHECK_FALSE(std::filesystem::exists(gone));
    {
        TemporaryFolder folder;
        kept = folder.path("log");
        CHECK_THROWS_WITH_AS(run_command("{ echo out; echo bad >&2; exit 3; }", kept, folder),
                             ("{ echo out; echo bad >&2; exit 3; }: failed with status 3, see " + kept +
                              "; allowed: a command that succeeds")
                                 .c_str(),
                             InputError);
    }
    CHECK(read_file(kept) == "out\nbad\n");
    std::filesystem::remove_all(std::filesystem::path(kept).parent_path());
}
