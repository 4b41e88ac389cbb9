#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// What a network takes of a product, in bytes. No figure has a default: whoever states one has to know it.
struct Footprint {
    std::int64_t arena_bytes;           // RAM, with one thread
    std::int64_t thread_scratch_bytes;  // RAM, more for every further thread
    std::int64_t weights_bytes;         // flash
    std::int64_t code_bytes;            // flash: about, see cost/code_size.h
    std::int64_t stack_bytes;           // of each thread at most: see cost/stack_size.h

    std::int64_t flash_bytes() const { return weights_bytes + code_bytes; }
};

/// Of a plan. All kernels are lowered for it, as code is counted: the slowest of all questions to a plan.
Footprint footprint(const Plan& plan);

/// One a plan.
std::vector<Footprint> footprints(const std::vector<Plan>& plans);

/// Of one program that holds them all and runs one of them, as that of several targets does: the largest arena, scratch
/// and stack, the weights and code of all.
Footprint together(const std::vector<Footprint>& footprints);

}  // namespace ssdgen
