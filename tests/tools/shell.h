#pragma once

#include "tools/skip.h"
#include "tools/temporary_folder.h"

#include <filesystem>
#include <string>

namespace ssdgen::test {

struct CommandResult {
    int status = 0;  // exit status; 128 + signal
    std::string output, errors;
};

/// Runs a shell command in a folder ("": here).
CommandResult run_command(const std::string& command, const std::string& folder = "");

/// Runs it and fails the test, showing what it printed, unless it gives 0.
CommandResult require_command(const std::string& command, const std::string& folder = "");

/// 'text' for the shell.
std::string quoted(const std::string& text);

/// The C++ compiler that tests use: $CXX or c++.
std::string compiler();

/// Whether a program is on this machine.
bool has_program(const std::string& name);

/// Of the models and reference values; need::models says whether it is there.
inline const std::string models_folder = SSDGEN_SOURCE_DIR "/../shared/models";

}  // namespace ssdgen::test
