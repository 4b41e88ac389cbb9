#include "emit/print/instruction_set.h"

#include "emit/print/template.h"
#include "support/error.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

/// "avx2,fma"
std::string feature_list(const std::string& target) {
    return fmt::format("{}", fmt::join(find_target(target).features, ","));
}

InstructionSet make_set(const char* target, int lanes, const char* header) {
    const std::string features = feature_list(target);
    return {target, lanes, features.empty() ? "" : fmt::format("[[gnu::target(\"{}\")]] ", features), header};
}

}  // namespace

const InstructionSet& instruction_set(const Target& target) {
    static const InstructionSet known_sets[] = {
        make_set("portable", 4, "vectors/portable.h"),
        make_set("x86-64-v2", 4, "vectors/sse4.h"),
        make_set("x86-64-v3", 8, "vectors/avx2.h"),
        make_set("x86-64-v4", 16, "vectors/avx512.h"),
    };
    for (const InstructionSet& set : known_sets)
        if (std::string(set.target) == target.name) return set;
    throw InternalError(std::string("internal error: broken invariant: there is a spelling for ") + target.name);
}

std::string print_vectors(const Target& target) {
    const InstructionSet& set = instruction_set(target);
    return fill_template(
        set.header, set.attribute.empty() ? TemplateValues() : TemplateValues{{"features", feature_list(set.target)}});
}

}  // namespace ssdgen
