#include "sweeps.h"

#include "support/files.h"

#include <doctest/doctest.h>

#include <filesystem>

namespace ssdgen::test {

nlohmann::json results(const TemporaryFolder& folder) {
    return nlohmann::json::parse(read_file(folder.path("out/sweep.json")));
}

std::size_t count(const CommandResult& result, const std::string& what) {
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = result.errors.find("] " + what + " ", at)) != std::string::npos; ++at) ++lines;
    return lines;
}

std::string script(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
    write_if_changed(folder.path(name), "#!/bin/sh\n" + text);
    std::filesystem::permissions(folder.path(name), std::filesystem::perms::owner_all);
    return folder.path(name);
}

}  // namespace ssdgen::test
