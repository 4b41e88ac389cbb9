#include "emit/instruction_set.h"

#include "support/error.h"

namespace ssdgen {

namespace {

const InstructionSet known_sets[] = {
    {"portable", 4, "", "vectors_portable.h", {}},
    {"x86-64-v2", 4, "[[gnu::target(\"sse4.1\")]] ", "vectors_sse4.h", {"sse4.1"}},
    {"x86-64-v3", 8, "[[gnu::target(\"avx2,fma\")]] ", "vectors_avx2.h", {"avx2", "fma"}},
    {"x86-64-v4", 16, "[[gnu::target(\"avx512f,avx512vl,avx512bw,avx512dq\")]] ", "vectors_avx512.h",
     {"avx512f", "avx512vl", "avx512bw", "avx512dq"}},
};

}  // namespace

const InstructionSet& instruction_set(const Target& target) {
    for (const InstructionSet& set : known_sets)
        if (std::string(set.target) == target.name) return set;
    throw InternalError(std::string("internal error: broken invariant: there is a spelling for ") + target.name);
}

}  // namespace ssdgen
