#include "emit/amalgamation.h"

#include "support/error.h"

#include <cctype>

namespace ssdgen {

namespace {

/// "ssd/priors.h" -> "SSD_PRIORS_H"
std::string guard_name(const std::string& path) {
    std::string name;
    for (char c : path)
        name += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
    return name;
}

bool is_runtime(const std::string& path) { return path.compare(0, 4, "ssd/") == 0; }

/// What stands between the quotes of an #include of ours; empty if the line is none.
std::string included_file(const std::string& line) {
    const std::string start = "#include \"";
    if (line.compare(0, start.size(), start) != 0) return "";
    return line.substr(start.size(), line.rfind('"') - start.size());
}

}  // namespace

void Amalgamation::append(const std::string& path) {
    if (!seen_.insert(path).second) return;
    const auto found = parts_.files().find(path);
    check(found != parts_.files().end(), "a part of a single file exists: " + path);
    const std::string& part = found->second;
    if (is_runtime(path)) text_ += fmt::format("#ifndef {0}\n#define {0}\n", guard_name(path));
    std::size_t start = 0;
    while (start < part.size()) {
        const std::size_t end = std::min(part.find('\n', start), part.size());
        const std::string line = part.substr(start, end - start);
        start = end + 1;
        const std::string included = included_file(line);
        if (!included.empty())
            append_include(path, included, line);
        else if (line != "#pragma once")
            text_ += line + "\n";
    }
    if (is_runtime(path)) text_ += fmt::format("#endif  // {}\n", guard_name(path));
    text_ += "\n";
}

void Amalgamation::append_include(const std::string& including, const std::string& included, const std::string& line) {
    if (beside_.count(included)) {
        text_ += line + "\n";
        return;
    }
    // Beside the file that includes it, or counted from the folder.
    const std::string folder = including.substr(0, including.rfind('/') + 1);
    if (parts_.files().count(folder + included)) return append(folder + included);
    if (parts_.files().count(included)) return append(included);
    text_ += line + "\n";  // a file for the programs, behind an #ifdef
}

}  // namespace ssdgen
