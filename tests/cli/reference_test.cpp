// generator/cli/README.md has the commands and options that the program itself prints, so that an option cannot be
// documented in one place only.
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string readme = SSDGEN_SOURCE_DIR "/generator/cli/README.md";
const std::string begin = "<!-- Made: ", end = "<!-- end -->\n";

/// Where the made part stands: after the line of its first mark, before its last.
std::pair<std::size_t, std::size_t> made_part(const std::string& text) {
    const std::size_t mark = text.find(begin);
    REQUIRE(mark != std::string::npos);
    const std::size_t first = text.find('\n', mark) + 1, last = text.find(end, first);
    REQUIRE(last != std::string::npos);
    return {first, last};
}

std::string command(const std::string& options) {
    const TemporaryFolder folder;
    const CommandResult result = run_command(quoted(SSDGEN_EXECUTABLE) + " " + options, folder.path());
    REQUIRE(result.status == 0);
    return result.output;
}

}  // namespace

TEST_CASE("generator/cli/README.md lists the commands and options as ssdgen --help-markdown prints them") {
    std::string text = read_file(readme);
    const auto [first, last] = made_part(text);
    const std::string made = command("--help-markdown");
    if (std::getenv("SSDGEN_RENEW") != nullptr) write_if_changed(readme, text.replace(first, last - first, made));
    const auto [from, to] = made_part(text);
    CHECK_MESSAGE(text.substr(from, to - from) == made, "renew it: SSDGEN_RENEW=1 build-test/tests/test_cli");
}

TEST_CASE("Every option that a command's --help shows stands in the reference, and every command") {
    const std::string reference = command("--help-markdown"), commands = command("--help");
    int count = 0;
    std::istringstream list(commands.substr(commands.find("Subcommands:\n") + 13));
    for (std::string name; list >> name; std::getline(list, name), ++count) {
        const std::size_t section = reference.find("### ssdgen " + name + "\n");
        REQUIRE(section != std::string::npos);
        const std::string table = reference.substr(section, reference.find("\n### ", section + 1) - section);
        const std::string help = command(name + " --help");
        std::size_t options = 0;
        for (std::size_t at = help.find("\n  --"); at != std::string::npos; at = help.find("\n  --", at + 1)) {
            const std::string option = help.substr(at + 3, help.find_first_of(" {", at + 3) - at - 3);
            CHECK_MESSAGE(table.find("| `" + option) != std::string::npos, name << " " << option);
            ++options;
        }
        CHECK(options > 0);
    }
    CHECK(count >= 6);
}
