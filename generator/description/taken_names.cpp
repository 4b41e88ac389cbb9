#include "description/taken_names.h"

#include "description/identifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>
#include <string_view>

namespace ssdgen {

std::string_view embedded_names(std::string_view path);

namespace {

using Names = std::set<std::string>;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

struct Section {
    const char* heading;
    const char* bearer;  // in a message
    Names names;
};

/// The sections of taken_names.txt.
class TakenNames {
  public:
    TakenNames() {
        std::istringstream lines{std::string(embedded_names("taken_names.txt"))};
        Section* section = nullptr;
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line[0] == '#') continue;
            if (line[0] == '[') {
                section = &find(line.substr(1, line.size() - 2));
                continue;
            }
            std::istringstream words(line);
            for (std::string word; words >> word;) section->names.insert(same_file(*section) ? lower(word) : word);
        }
    }

    /// What bears the name itself; null: nothing.
    const char* bearer(const std::string& name) const {
        for (const Section& section : sections_)
            if (section.names.count(same_file(section) ? lower(name) : name) != 0) return section.bearer;
        return nullptr;
    }

    /// What bears an identifier that is made of the network's name.
    const char* bearer_of_part(const std::string& name) const {
        for (const Section& section : sections_)
            if (!same_file(section) && section.names.count(name) != 0) return section.bearer;
        return nullptr;
    }

  private:
    Section& find(const std::string& heading) {
        return *std::find_if(std::begin(sections_), std::end(sections_),
                             [&](const Section& one) { return heading == one.heading; });
    }
    /// There are file systems that make no difference between small and capital letters.
    static bool same_file(const Section& section) {
        const std::string_view heading = section.heading;
        return heading == "header" || heading == "file";
    }

    Section sections_[8] = {{"keyword", "is a keyword of C or C++", {}},
                            {"declared", "is declared by the headers of C or POSIX", {}},
                            {"macro", "is a macro of compilers or of the headers of C, C++ or POSIX", {}},
                            {"header", "is a header of a system", {}},
                            {"target", "is a target or a variable of CMake", {}},
                            {"library", "is a library that compilers link on their own", {}},
                            {"file", "is a file of the emitted folder", {}},
                            {"emitted", "is a name of C++ or of the emitted runtime", {}}};
};

// What a network's name becomes part of (templates/network/c_interface.h, weights.S, network.h).
const char* const functions[] = {"_init",    "_use_threads",  "_use_weights", "_weights_file", "_forward",
                                 "_detect",  "_post_process", "_classify",    "_scores",       "_workspace",
                                 "_weights", "_bench",        "_selftest",    "_kernels"};
const char* const macros[] = {"_INPUT_HEIGHT", "_INPUT_WIDTH", "_INPUT_CHANNELS", "_INPUT_FORMAT",    "_CLASSES",
                              "_PRIORS",       "_ARENA_BYTES", "_WEIGHTS_BYTES",  "_WORKSPACE_BYTES", "_SCRATCH_BYTES",
                              "_STACK_BYTES",  "_MAX_RAM",     "_MAX_FLASH"};

}  // namespace

std::string taken_by(const std::string& name) {
    static const TakenNames taken;
    if (const char* bearer = taken.bearer(name)) return fmt::format("which {}", bearer);
    const auto part = [&](const std::string& whole) {
        const char* bearer = taken.bearer_of_part(whole);
        return bearer ? fmt::format("which would make {}, and that {}", whole, bearer) : "";
    };
    for (const char* suffix : functions)
        if (const std::string fault = part(name + suffix); !fault.empty()) return fault;
    for (const char* suffix : macros)
        if (const std::string fault = part(upper_case(name) + suffix); !fault.empty()) return fault;
    return "";
}

}  // namespace ssdgen
