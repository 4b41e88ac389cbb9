#include "target/target.h"

#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

// Cycle figures: Zen 4 and Golden Cove, from their makers' optimisation guides; the smaller of the two where they
// differ. "portable" counts on what every 64-bit processor has: 16 registers of 4 floats, a multiplication and an
// addition apart. The features are those that the code uses, a part of what the level of the name promises (x86-64-v4:
// avx512cd too).
const std::vector<Target> known_targets = {
    {"portable", 4, 16, 1, 2, 8, false, 256 << 10, 0, 16, {}},
    {"x86-64-v2", 4, 16, 1, 2, 8, false, 256 << 10, 0, 16, {"sse4.1"}},
    {"x86-64-v3", 8, 16, 2, 2, 4, true, 512 << 10, 1024, 16, {"avx2", "fma"}},
    {"x86-64-v4", 16, 32, 1, 1, 4, true, 1 << 20, 0, 16, {"avx512f", "avx512vl", "avx512bw", "avx512dq"}},
};

/// Whether this machine has a feature of the table above; __builtin_cpu_supports takes literals alone.
bool has_feature(const std::string& feature) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const std::map<std::string, int> here{
        {"sse4.1", __builtin_cpu_supports("sse4.1")},     {"avx2", __builtin_cpu_supports("avx2")},
        {"fma", __builtin_cpu_supports("fma")},           {"avx512f", __builtin_cpu_supports("avx512f")},
        {"avx512vl", __builtin_cpu_supports("avx512vl")}, {"avx512bw", __builtin_cpu_supports("avx512bw")},
        {"avx512dq", __builtin_cpu_supports("avx512dq")}};
    const auto found = here.find(feature);
    check(found != here.end(), "this machine can be asked for " + feature);
    return found->second != 0;
#else
    static_cast<void>(feature);
    return false;
#endif
}

/// The last target whose features are all here.
const Target& native_target() {
    const auto runs = [](const Target& target) {
        return std::all_of(target.features.begin(), target.features.end(), has_feature);
    };
    return *std::find_if(known_targets.rbegin(), known_targets.rend(), runs);
}

}  // namespace

const std::vector<Target>& targets() { return known_targets; }

const Target& find_target(const std::string& name) {
    if (name == "native") return native_target();
    const auto found = std::find_if(known_targets.begin(), known_targets.end(),
                                    [&](const Target& target) { return name == target.name; });
    if (found != known_targets.end()) return *found;
    std::string allowed = "native";
    for (const Target& target : known_targets) allowed += std::string(", ") + target.name;
    const bool planned = name == "aarch64";
    throw UsageError(fmt::format("--target: {}{}; allowed: {}", name, planned ? " is not built yet" : "", allowed));
}

bool runs_here(const Target& target) {
    // Each of them runs on whatever runs a later one.
    for (const Target& known : known_targets) {
        if (std::string(known.name) == target.name) return true;
        if (&known == &native_target()) break;
    }
    return false;
}

}  // namespace ssdgen
