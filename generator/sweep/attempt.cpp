#include "sweep/attempt.h"

#include "support/error.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <sstream>

extern char** environ;

namespace ssdgen {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_reason = 400;

/// Its status as waitpid gives it; if it cannot be started at all, that of a shell.
int run(const std::vector<std::string>& command, const std::string& output, const std::string& errors) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), flags, 0666);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), flags, 0666);
    pid_t child = 0;
    const int error = posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        write_if_changed(errors, std::strerror(error));
        return 127 << 8;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

bool was_interrupted(int status) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - 128;
    return signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
}

/// The line that says most: the first with an error in it, else the last.
std::string telling_line(const std::string& text) {
    std::istringstream lines(text);
    std::string last;
    for (std::string line; std::getline(lines, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        last = line;
        if (line.find("error") != std::string::npos) break;
    }
    return last.substr(0, longest_reason);
}

std::string reason(const std::vector<std::string>& command, int status, const std::string& errors) {
    const std::string program = fs::path(command[0]).filename().string();
    const std::string line = telling_line(errors);
    const std::string end = line.empty() ? "" : ": " + line;
    if (WIFSIGNALED(status))
        return fmt::format("{} died of signal {} ({}){}", program, WTERMSIG(status), strsignal(WTERMSIG(status)), end);
    return fmt::format("{} gave {}{}", program, WEXITSTATUS(status), end);
}

}  // namespace

int run_attempt(const std::string& record, const std::string& product, const std::vector<std::string>& command) {
    const std::string output = record + ".out", errors = record + ".err";
    if (!fs::path(record).parent_path().empty()) fs::create_directories(fs::path(record).parent_path());
    const auto start = std::chrono::steady_clock::now();
    const int status = run(command, output, errors);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    nlohmann::ordered_json json{{"seconds", seconds}};
    const bool interrupted = was_interrupted(status);
    if (status == 0)
        json["output"] = read_file(output);
    else if (!interrupted)
        json["failed"] = reason(command, status, read_file(errors));
    std::error_code ignored;
    for (const std::string& log : {output, errors}) fs::remove(log, ignored);
    if (interrupted) return 130;
    if (status != 0 && !product.empty()) fs::remove(product, ignored);
    using Handler = nlohmann::ordered_json::error_handler_t;  // compilers quote whatever bytes a file has
    write_if_changed(record, json.dump(2, ' ', false, Handler::replace) + "\n");
    return 0;
}

}  // namespace ssdgen
