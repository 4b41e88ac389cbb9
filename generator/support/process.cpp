#include "support/process.h"

#include "support/error.h"

#include <sys/wait.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace ssdgen {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() : path_((fs::temp_directory_path() / "ssdgen_XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr)
        fail_input(path_, "cannot be made: {}; allowed: a folder for temporary files that can be written (TMPDIR)",
                   std::strerror(errno));
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
}

std::string shell_word(const std::string& text) {
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

void run_command(const std::string& command, const std::string& log, TemporaryFolder& folder) {
    const std::string redirected = command + " > " + shell_word(log) + " 2>&1 < /dev/null";
    const int status = std::system(redirected.c_str());
    if (status == 0) return;
    folder.keep();
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fail_input(command, "failed with status {}, see {}; allowed: a command that succeeds", code, log);
}

}  // namespace ssdgen
