#pragma once

#include "tools/shell.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace ssdgen::test {

/// Where the small inputs stand.
inline const std::string cases_folder = SSDGEN_SOURCE_DIR "/tests/cases/";

/// The network that most of them need no more than, with weights.
inline const std::string specimen = quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") + " --random-weights 1 ";

/// What messages say of a network's name.
inline const std::string name_rule =
    "a C identifier that starts with a letter, at most 64 characters, which nothing else in C, C++, POSIX, CMake or "
    "the emitted folder is "
    "called";

inline std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

/// A folder of copies of inputs, and ssdgen run in it, so that messages name the files without a path.
class Case {
  public:
    explicit Case(std::initializer_list<const char*> inputs) {
        for (const char* input : inputs) std::filesystem::copy_file(cases_folder + input, folder_.path(input));
    }
    CommandResult ssdgen(const std::string& arguments) const {
        return run(std::string(SSDGEN_EXECUTABLE) + " " + arguments);
    }
    CommandResult run(const std::string& command) const { return run_command(command, folder_.path()); }
    std::string path(const std::string& name) const { return folder_.path(name); }
    bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

    /// ssdgen refuses the arguments with the status and the whole message, and writes nothing.
    void check_refused(const std::string& arguments, int status, const std::string& message) const {
        CAPTURE(arguments);
        const auto files = [this] {
            const std::filesystem::recursive_directory_iterator all(folder_.path());
            return std::distance(begin(all), end(all));
        };
        const auto before = files();
        const CommandResult result = ssdgen(arguments);
        CHECK(result.status == status);
        CHECK(result.errors == "ssdgen: " + message + "\n");
        CHECK(result.output == "");
        CHECK(files() == before);
    }

    /// ssdgen does what it is asked and gives the warnings, each a whole line, in order.
    void check_done(const std::string& arguments, std::initializer_list<const char*> warnings = {}) const {
        CAPTURE(arguments);
        std::string lines;
        for (const char* warning : warnings) lines += std::string("ssdgen: warning: ") + warning + "\n";
        const CommandResult result = ssdgen(arguments);
        CHECK(result.status == 0);
        CHECK(result.errors == lines);
    }

  private:
    TemporaryFolder folder_;
};

}  // namespace ssdgen::test
