#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// What the schedule needs to know of a processor, and what it has to have. How its instructions are spelled is the
/// business of room emit.
struct Target {
    const char* name;
    int lanes;                 // floats in a vector register
    int registers;             // vector registers
    int multiply_adds;         // vector multiply-adds a cycle
    int loads;                 // vector loads a cycle
    int multiply_add_latency;  // cycles until the sum can be used again
    bool fused;                // multiplies and adds in one instruction
    int l2_bytes;              // cache
    int prefetch_bytes;        // how far ahead of its use a weight is fetched into the cache; 0: left to the processor
    int l2_bytes_per_cycle;    // that weights can come at beside multiply-adds: half of what it gives alone
    std::vector<std::string>
        features;  // that its code uses, as __builtin_cpu_supports and GCC's attribute `target` name them
};

/// The targets that can be generated for, the most general first.
const std::vector<Target>& targets();

/// A target by its name; "native" stands for the best that this machine can run. UsageError for a name that is not
/// known.
const Target& find_target(const std::string& name);

/// Whether this machine runs code for the target.
bool runs_here(const Target& target);

}  // namespace ssdgen
