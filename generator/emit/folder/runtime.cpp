#include "emit/folder/runtime.h"

#include "support/error.h"

#include <sstream>
#include <string>
#include <string_view>

namespace ssdgen {

std::string_view embedded_runtime(std::string_view path);
const char* const* embedded_runtime_paths();

namespace {

/// What only networks of 8 bits take along.
constexpr std::string_view quantized_alone = "ssd/quantized.h";

/// The lines of the one spelling. Conditions inside have another ending than the one that closes it.
std::string choose_spelling(const std::string& text, bool standard) {
    const std::string begin = "#ifndef SSD_STANDARD", other = "#else", end = "#endif  // SSD_STANDARD";
    std::string chosen;
    bool inside = false, taken = true;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line == begin) {
            inside = true;
            taken = !standard;
        } else if (line == end) {
            inside = false;
            taken = true;
        } else if (inside && line == other) {
            taken = standard;
        } else if (taken) {
            chosen += line + "\n";
        }
    }
    check(!inside, "a choice of spellings in the runtime ends");
    return chosen;
}

}  // namespace

std::vector<std::string> runtime_headers(bool quantized) {
    std::vector<std::string> paths;
    for (const char* const* path = embedded_runtime_paths(); *path; ++path)
        if (quantized || *path != quantized_alone) paths.emplace_back(*path);
    return paths;
}

void add_runtime(bool standard, bool quantized, FileSet& files) {
    for (const std::string& path : runtime_headers(quantized))
        files.add(path, choose_spelling(std::string(embedded_runtime(path)), standard));
}

}  // namespace ssdgen
