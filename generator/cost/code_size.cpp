#include "cost/code_size.h"

#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/traits.h"
#include "plan/compact.h"

#include <set>
#include <string>

namespace ssdgen {

namespace {

// Bytes, fitted to 19 libraries (five descriptions, four targets, alpha 0.25 to 1, tile and compact) as GCC 12 compiled
// them with the emitted CMakeLists.txt.
constexpr double fused_bytes = 12.4;     // a multiply-add in one instruction, with its share of addresses and spills
constexpr double separate_bytes = 21.5;  // a multiplication and an addition
constexpr double other_bytes =
    2.7;  // a load, broadcast, store or other vector operation, where not part of one of those
constexpr std::int64_t common_bytes = 14500;   // run order, resize, interface
constexpr std::int64_t standard_bytes = 3500;  // of those, in standard C++: compilers unroll what vectors do at once
constexpr std::int64_t detector_bytes = 8800;  // prior boxes, decoding, suppression
constexpr std::int64_t source_bytes = 1350;    // a source of detections
constexpr std::int64_t stage_bytes = 200;      // a stage of a stream: which rows it makes
constexpr std::int64_t compact_bytes = 10000;  // the kernels that serve all shapes

struct Operations {
    std::int64_t multiply_adds = 0;
    std::int64_t others = 0;  // on vectors
};

/// What stands in the code, however often it runs.
void add_operations(const Body& body, Operations& sum) {
    for_each_node(body, [&](const TreeNode& node) {
        switch (cost_of(node)) {
            case Cost::multiply_add: ++sum.multiply_adds; break;
            case Cost::load:
            case Cost::store:
            case Cost::other: ++sum.others; break;
            case Cost::nothing: break;
        }
    });
}

std::int64_t kernel_bytes(const Stage& stage, const Target& target) {
    Operations sum;
    const KernelTree tree = simplify(lower_kernel(stage.kernel, stage.kernel_name, target));
    for (const Function& function : tree.functions) add_operations(function.body, sum);
    return std::int64_t(double(sum.multiply_adds) *
                            (vector_unit(target, Element::f32).fused ? fused_bytes : separate_bytes) +
                        double(sum.others) * other_bytes);
}

/// Of the compact form: the kernels of a kind that has none for all its layers; an average pool's is next to nothing.
std::int64_t own_kernel_bytes(const Plan& plan) {
    std::int64_t bytes = 0;
    std::set<std::string> seen;
    for (const Stage* stage : all_stages(plan)) {
        const bool own = std::holds_alternative<std::monostate>(compact_layer(stage->kernel)) &&
                         !std::holds_alternative<AveragePoolKernel>(stage->kernel.kind);
        if (own && seen.insert(stage->kernel_name).second) bytes += kernel_bytes(*stage, plan.target);
    }
    return bytes;
}

}  // namespace

std::int64_t code_bytes(const Plan& plan) {
    std::int64_t bytes = common_bytes + (is_standard(plan.target) ? standard_bytes : 0);
    if (plan.head) bytes += detector_bytes + source_bytes * std::int64_t(plan.head->sources.size());
    for (const Step& step : plan.steps)
        if (step.stream) bytes += stage_bytes * std::int64_t(step.stages.size());
    if (plan.compact) return bytes + compact_bytes + own_kernel_bytes(plan);
    std::set<std::string> seen;
    for (const Step& step : plan.steps) {
        if (step.unrolled) {
            if (seen.insert(step.code_name()).second) bytes += step.unrolled_bytes;
            continue;
        }
        for (const Stage& stage : step.stages)
            if (seen.insert(stage.kernel_name).second) bytes += kernel_bytes(stage, plan.target);
    }
    return bytes;
}

}  // namespace ssdgen
