#pragma once

#include "tools/shell.h"

#include <nlohmann/json.hpp>

#include <string>

namespace ssdgen::test {

/// sweep.json in the folder `out` of the folder.
nlohmann::json results(const TemporaryFolder& folder);

/// How many edges of a kind Ninja ran.
std::size_t count(const CommandResult& result, const std::string& what);

/// A program of the shell in the folder.
std::string script(const TemporaryFolder& folder, const std::string& name, const std::string& text);

}  // namespace ssdgen::test
