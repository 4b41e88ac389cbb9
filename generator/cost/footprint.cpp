#include "cost/footprint.h"

#include "cost/code_size.h"
#include "cost/stack_size.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

Footprint footprint(const Plan& plan) {
    return {plan.arena_size, plan.thread_scratch_size, plan.weights_size, code_bytes(plan), stack_bytes(plan)};
}

std::vector<Footprint> footprints(const std::vector<Plan>& plans) {
    std::vector<Footprint> all;
    for (const Plan& plan : plans) all.push_back(footprint(plan));
    return all;
}

Footprint together(const std::vector<Footprint>& footprints) {
    check(!footprints.empty(), "a program holds a network");
    Footprint sum = footprints[0];
    for (std::size_t index = 1; index < footprints.size(); ++index) {
        const Footprint& one = footprints[index];
        sum.arena_bytes = std::max(sum.arena_bytes, one.arena_bytes);
        sum.thread_scratch_bytes = std::max(sum.thread_scratch_bytes, one.thread_scratch_bytes);
        sum.weights_bytes += one.weights_bytes;
        sum.code_bytes += one.code_bytes;
        sum.stack_bytes = std::max(sum.stack_bytes, one.stack_bytes);
    }
    return sum;
}

}  // namespace ssdgen
