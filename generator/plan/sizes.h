#pragma once

#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

// The sizes of a plan, which counts floats, in bytes.

constexpr std::int64_t bytes_of(std::int64_t floats) { return floats * 4; }

inline std::int64_t arena_bytes(const Plan& plan) { return bytes_of(plan.arena_size); }  // one thread
inline std::int64_t thread_scratch_bytes(const Plan& plan) { return bytes_of(plan.thread_scratch_size); }
inline std::int64_t weights_bytes(const Plan& plan) { return bytes_of(plan.weights_size); }
inline std::int64_t weights_bytes(const Stage& stage) { return bytes_of(stage.weights_size); }

}  // namespace ssdgen
