#include "tools/shell.h"

#include "support/files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sys/wait.h>

#include <cstdlib>

namespace ssdgen::test {

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

CommandResult run_command(const std::string& command, const std::string& folder) {
    const TemporaryFolder logs;
    const std::string place = folder.empty() ? "" : "cd " + quoted(folder) + " && ";
    const std::string whole = fmt::format("{}( {} ) > {} 2> {} < /dev/null", place, command, quoted(logs.path("out")),
                                          quoted(logs.path("err")));
    const int status = std::system(whole.c_str());
    CommandResult result;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.output = std::filesystem::exists(logs.path("out")) ? read_file(logs.path("out")) : "";
    result.errors = std::filesystem::exists(logs.path("err")) ? read_file(logs.path("err")) : "";
    return result;
}

CommandResult require_command(const std::string& command, const std::string& folder) {
    CommandResult result = run_command(command, folder);
    const auto tail = [](const std::string& text) {
        return text.substr(text.size() - std::min<std::size_t>(text.size(), 4000));
    };
    REQUIRE_MESSAGE(result.status == 0, command << "\n" << tail(result.output) << tail(result.errors));
    return result;
}

std::string compiler() {
    const char* chosen = std::getenv("CXX");
    return chosen != nullptr && *chosen != '\0' ? chosen : "c++";
}

bool has_program(const std::string& name) { return run_command("command -v " + quoted(name)).status == 0; }

}  // namespace ssdgen::test
