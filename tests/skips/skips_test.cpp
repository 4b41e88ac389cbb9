// How test programs tell what they skip.
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Told {
    int status;
    std::string skipped;  // the lines of the output that say so
    std::string list;
};

/// What the program tells of some of its cases. `setting`: of its environment.
Told run(const std::string& cases, const std::string& setting = "") {
    const TemporaryFolder folder;
    const CommandResult result =
        run_command("unset SSDGEN_TEST_STRICT; SSDGEN_SKIPPED_LIST=list " + setting + " " + quoted(SSDGEN_SKIPPING) +
                        " -tc=" + quoted(cases) + " > log; code=$?; grep -e ^skipped -e asserts log; exit $code",
                    folder.path());
    return {result.status, result.output, read_file(folder.path("list"))};
}

const std::string common = "lacks the common tool", rare = "lacks the rare tool in part";
const std::string said_common = "skipped: lacks the common tool: a common tool (Debian: common) is missing\n";
const std::string said_rare = "skipped: lacks the rare tool in part: a rare tool is missing\n";

}  // namespace

TEST_CASE("What is skipped ends a program with 77 and is said once, in its output and in the list") {
    const Told told = run("works," + common + "," + rare);
    CHECK(told.status == 77);
    CHECK(told.skipped == said_common + said_rare);
    CHECK(told.list ==
          "cases\tskipping\t3\nskipped\tskipping\tlacks the common tool\ta common tool (Debian: common)\n"
          "skipped\tskipping\tlacks the rare tool in part\ta rare tool\n");
}

TEST_CASE("Without a skip a program ends with 0; a failure counts more than a skip") {
    CHECK(run("works").status == 0);
    CHECK(run("works").list == "cases\tskipping\t1\n");
    CHECK(run("fails").status == 1);
    CHECK(run("fails," + rare).status == 1);
    CHECK(run("fails," + rare).skipped == said_rare);
}

TEST_CASE("Under SSDGEN_TEST_STRICT a case that lacks what can be installed fails") {
    CHECK(run(common, "SSDGEN_TEST_STRICT=1").status == 1);
    CHECK(run(common, "SSDGEN_TEST_STRICT=1").skipped == said_common);
    CHECK(run(rare, "SSDGEN_TEST_STRICT=1").status == 77);
    CHECK(run("works", "SSDGEN_TEST_STRICT=1").status == 0);
}

TEST_CASE("A case that asserts nothing fails") {
    const Told told = run("idles,works");
    CHECK(told.status == 1);
    CHECK(told.skipped == "ERROR: asserts nothing: idles\n");
}

TEST_CASE("A script is skipped by the same rules") {
    const TemporaryFolder folder;
    const std::string skip = "unset SSDGEN_TEST_STRICT; SSDGEN_SKIPPED_LIST=list ",
                      script = quoted(SSDGEN_SOURCE_DIR "/tests/skip.sh") + " format 'a tool' ";
    const CommandResult result = run_command(skip + script, folder.path());
    CHECK(result.status == 77);
    CHECK(result.output == "skipped: format: a tool is missing\n");
    CHECK(read_file(folder.path("list")) == "skipped\tformat\tformat\ta tool\n");
    CHECK(run_command(skip + "SSDGEN_TEST_STRICT=1 " + script, folder.path()).status == 1);
    CHECK(run_command(skip + "SSDGEN_TEST_STRICT=1 " + script + "--may-lack", folder.path()).status == 77);
}
