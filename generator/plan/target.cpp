#include "plan/target.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

// Cycle figures: Zen 4 and Golden Cove, from their makers' optimisation guides; the smaller of the two where they differ.
// "portable" counts on what every 64-bit processor has: 16 registers of 4 floats, a multiplication and an addition apart.
const std::vector<Target> known_targets = {
    {"portable", 4, 16, 1, 2, 8, 32 << 10, 256 << 10, 0, 16},
    {"x86-64-v2", 4, 16, 1, 2, 8, 32 << 10, 256 << 10, 0, 16},
    {"x86-64-v3", 8, 16, 2, 2, 4, 32 << 10, 512 << 10, 1024, 16},
    {"x86-64-v4", 16, 32, 1, 1, 4, 32 << 10, 1 << 20, 0, 16},
};

const char* native_name() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
        return "x86-64-v4";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
    if (__builtin_cpu_supports("sse4.1")) return "x86-64-v2";
#endif
    return "portable";
}

}  // namespace

const std::vector<Target>& targets() { return known_targets; }

const Target& find_target(const std::string& name) {
    const std::string wanted = name == "native" ? native_name() : name;
    const auto found = std::find_if(known_targets.begin(), known_targets.end(),
                                    [&](const Target& target) { return wanted == target.name; });
    if (found != known_targets.end()) return *found;
    std::string allowed = "native";
    for (const Target& target : known_targets) allowed += std::string(", ") + target.name;
    const bool planned = wanted == "aarch64";
    throw UsageError(fmt::format("--target: {}{}; allowed: {}", name, planned ? " is not built yet" : "", allowed));
}

bool runs_here(const Target& target) {
    // Each of them runs on whatever runs a later one.
    for (const Target& known : known_targets) {
        if (std::string(known.name) == target.name) return true;
        if (std::string(known.name) == native_name()) break;
    }
    return false;
}

}  // namespace ssdgen
