#include "support/error.h"
#include "target/families.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ssdgen {

namespace {

using Features = std::vector<std::string>;

/// Every processor that has a feature has those too that it builds on.
const std::map<std::string, Features>& foundations() {
    static const std::map<std::string, Features> all{
        {"avx2", {"sse4.1"}},      {"fma", {"sse4.1"}},       {"avx512f", {"avx2", "fma"}}, {"avx512vl", {"avx512f"}},
        {"avx512bw", {"avx512f"}}, {"avx512dq", {"avx512f"}}, {"avx512vnni", {"avx512f"}},  {"avxvnni", {"avx2"}}};
    return all;
}

/// The features and all that they build on, each once.
Features with_foundations(Features features) {
    for (std::size_t index = 0; index < features.size(); ++index) {
        const auto found = foundations().find(features[index]);
        if (found == foundations().end()) continue;
        for (const std::string& feature : found->second)
            if (std::find(features.begin(), features.end(), feature) == features.end()) features.push_back(feature);
    }
    return features;
}

/// What a target adds for whole numbers.
struct Whole {
    VectorUnit unit;
    std::vector<std::string> vectors;  // headers without their endings
};

/// `named`: the features that compilers and processors are asked for; what those build on comes along. `for_bytes`:
/// what compilers are asked for beside those for weights that are not f32; every processor that has `named` has them.
/// `vectors`: the header without its ending.
Target x86_target(const std::string& name, const Features& named, const Features& for_bytes, const VectorUnit& floats,
                  const Whole& whole, const Caches& caches, const std::string& vectors) {
    std::string condition;
    for (const std::string& feature : named)
        condition += fmt::format("{}__builtin_cpu_supports(\"{}\") != 0", condition.empty() ? "" : " && ", feature);
    const Probe probe{"__builtin_cpu_init();  // for callers before main; afterwards it finds that all is known",
                      condition};
    Features all = named;
    all.insert(all.end(), for_bytes.begin(), for_bytes.end());
    const ByteLoads byte_loads{fmt::format("{}", fmt::join(all, ",")), vectors_header(vectors + "_bytes.h")};
    const std::string attribute = fmt::format("{}", fmt::join(named, ","));
    WholeVectors whole_vectors{attribute, {}};
    for (const std::string& header : whole.vectors) whole_vectors.vectors.push_back(vectors_header(header + ".h"));
    const Toolchain toolchain{attribute,       vectors_header(vectors + ".h"), probe, byte_loads, whole_vectors,
                              "[[gnu::weak]] "};
    return {name, Family::x86, with_foundations(named), {floats, whole.unit}, caches, TermSteps{}, toolchain};
}

/// A target that holds another, which it computes with real numbers as.
Target holding(const Target& floats, Target target) {
    target.floats_as = floats.name;
    return target;
}

}  // namespace

std::vector<Target> x86_targets() {
    // Cycle figures: Zen 4 and Golden Cove, from their makers' optimisation guides; the smaller of the two where they
    // differ. The features are those that the code uses, a part of what the level of the name promises (x86-64-v4:
    // avx512cd too). Units: lanes, registers, multiply-adds and loads a cycle, latency, fused; caches: bytes of the
    // first and second level, what weights come at, prefetch. No processor with AVX2 lacks F16C, which not every
    // compiler can ask for.
    const VectorUnit sse4{Element::f32, 4, 16, 1, 2, 8, false}, avx2{Element::f32, 8, 16, 2, 2, 4, true},
        avx512{Element::f32, 16, 32, 1, 1, 4, true};
    // Four products of bytes a lane; without an instruction for them two of 16 bits twice, and two additions.
    const VectorUnit sse4_pairs{Element::u8, 4, 16, 1, 2, 8, false, 4, true, 2},
        avx2_pairs{Element::u8, 8, 16, 1, 2, 8, false, 4, true, 2},
        avx512_pairs{Element::u8, 16, 32, 1, 1, 8, false, 4, true, 2},
        avx2_dot{Element::u8, 8, 16, 2, 2, 5, true, 4, false, 4},
        avx512_dot{Element::u8, 16, 32, 1, 1, 5, true, 4, false, 4};
    const Caches caches2{32 << 10, 256 << 10, 16, 0, false}, caches3{32 << 10, 512 << 10, 16, 1024, true},
        caches4{32 << 10, 1 << 20, 16, 2048, true};
    const Features v3{"avx2", "fma"}, v4{"avx512f", "avx512vl", "avx512bw", "avx512dq"};
    const auto with = [](Features features, const char* more) {
        features.emplace_back(more);
        return features;
    };
    const Target x3 = x86_target("x86-64-v3", v3, {"f16c"}, avx2, {avx2_pairs, {"avx2_pairs", "avx2_whole"}}, caches3,
                                 "avx2"),
                 x4 = x86_target("x86-64-v4", v4, {}, avx512, {avx512_pairs, {"avx512_pairs", "avx512_whole"}}, caches4,
                                 "avx512");
    return {
        x86_target("x86-64-v2", {"sse4.1"}, {}, sse4, {sse4_pairs, {"sse4_whole"}}, caches2, "sse4"),
        x3,
        holding(x3, x86_target("x86-64-v3-vnni", with(v3, "avxvnni"), {"f16c"}, avx2,
                               {avx2_dot, {"avx2_dot", "avx2_whole"}}, caches3, "avx2")),
        x4,
        holding(x4, x86_target("x86-64-v4-vnni", with(v4, "avx512vnni"), {}, avx512,
                               {avx512_dot, {"avx512_dot", "avx512_whole"}}, caches4, "avx512")),
    };
}

namespace {

/// Not every compiler knows the feature by its name.
[[maybe_unused]] int has_avx_vnni() {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && ((a >> 4U) & 1U) != 0 && __builtin_cpu_supports("avx2");
#else
    return 0;
#endif
}

}  // namespace

bool x86_has(const std::string& feature) {
#if defined(__x86_64__)
    // __builtin_cpu_supports takes literals alone.
    __builtin_cpu_init();
    const std::map<std::string, int> here{{"sse4.1", __builtin_cpu_supports("sse4.1")},
                                          {"avx2", __builtin_cpu_supports("avx2")},
                                          {"fma", __builtin_cpu_supports("fma")},
                                          {"avx512f", __builtin_cpu_supports("avx512f")},
                                          {"avx512vl", __builtin_cpu_supports("avx512vl")},
                                          {"avx512bw", __builtin_cpu_supports("avx512bw")},
                                          {"avx512dq", __builtin_cpu_supports("avx512dq")},
                                          {"avx512vnni", __builtin_cpu_supports("avx512vnni")},
                                          {"avxvnni", has_avx_vnni()}};
    const auto found = here.find(feature);
    check(found != here.end(), "this machine can be asked for " + feature);
    return found->second != 0;
#else
    static_cast<void>(feature);
    return false;
#endif
}

}  // namespace ssdgen
