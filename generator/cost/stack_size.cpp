#include "cost/stack_size.h"

#include "kernel/lower.h"
#include "kernel/pressure.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "plan/compact.h"
#include "plan/kernels.h"

#include <algorithm>
#include <map>
#include <string>
#include <variant>

namespace ssdgen {

namespace {

// In bytes, return addresses, saved registers and 128 bytes below the last frame included. The figures behind them are
// the largest of GCC 12.2 and Clang 14, -O2 and -O3, for configs/specimen.json and MobileNet-SSD, all forms and
// targets.
constexpr std::int64_t entry_frames = 512;   // of the interface: 96 for C, 264 of detect(), and a front's that chooses
                                             // among targets
constexpr std::int64_t run_frame = 256;      // of what runs the steps
constexpr std::int64_t step_frame = 48;      // more for each: GCC keeps every step's operands apart
constexpr std::int64_t stream_frames = 256;  // a thread's part of a step, and a stream's state: 256
constexpr std::int64_t stage_frame = 80;     // a stage of a stream that makes rows for the next one
constexpr std::int64_t kernel_frames = 256;  // of a kernel, its vectors apart
constexpr std::int64_t compact_frames = 1152;   // of a layer and the kernel that it calls: 88 and 736, the tile apart
constexpr std::int64_t compact_vectors = 8;     // of the latter, beside the tile
constexpr std::int64_t post_processing = 1792;  // from the interface to the C library's logarithm: 1272 and 256

std::int64_t vector_bytes(const VectorUnit& unit) { return 4 * std::int64_t(unit.lanes); }

/// Compilers read ahead all that the cases of a choice have in common, or keep all values of one of them. Where
/// products are values of their own, GCC keeps some numbers twice, in a vector and alone: 142 vectors where 105 are
/// alive.
int vectors_of(const Function& function, const KernelTree& tree, const VectorUnit& unit) {
    const Pressure found = pressure(function, tree, unit);
    const int vectors = found.alive + found.ahead;
    return unit.fused ? vectors : vectors * 3 / 2;
}

/// As emit/network/layers.cpp prints it.
int vectors_of(const Step& step, const Stage& stage, const Target& target) {
    const VectorUnit& unit = vector_unit(target, Element::f32);
    const KernelTree tree = simplify(lower_kernel(stage.kernel, stage.kernel_name, target));
    if (!step.unrolled) return vectors_of(tree.functions.back(), tree, unit);
    if (!step.stream) {
        const KernelTree whole = unroll_whole(tree, kernel_units(stage.kernel));
        return vectors_of(whole.functions.back(), whole, unit);
    }
    int most = 0;
    for (const UnrolledRows& form : unroll_rows(stage.kernel, tree))
        most = std::max(most, vectors_of(form.function, tree, unit));
    return most;
}

/// The largest register tile of the kernels of all shapes, whose sums are an array.
int compact_sums(const Target& target) {
    int most = 0;
    for (int vectors = 1; vectors <= 4; ++vectors)
        for (int pixels : compact_tiles(target, vectors)) most = std::max(most, pixels * vectors);
    return most;
}

std::int64_t kernel_stack(const Plan& plan, const Step& step, const Stage& stage) {
    const std::int64_t bytes = vector_bytes(vector_unit(plan.target, Element::f32));
    const bool own = !plan.compact || std::holds_alternative<std::monostate>(compact_layer(stage.kernel));
    if (own) return kernel_frames + bytes * vectors_of(step, stage, plan.target);
    return compact_frames + bytes * (compact_sums(plan.target) + compact_vectors);
}

}  // namespace

std::int64_t stack_bytes(const Plan& plan) {
    std::map<std::string, std::int64_t> known;  // kernels' by their names, which say whether they are unrolled
    std::int64_t deepest = 0;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            const auto [kernel, fresh] = known.emplace(stage.kernel_name + (step.unrolled ? " whole" : ""), 0);
            if (fresh) kernel->second = kernel_stack(plan, step, stage);
            const std::int64_t stages = step.stream ? std::int64_t(step.stages.size()) : 0;
            deepest = std::max(deepest, stream_frames + stages * stage_frame + kernel->second);
        }
    deepest += entry_frames + run_frame + step_frame * std::int64_t(plan.steps.size());
    return (std::max(deepest, post_processing) + 63) / 64 * 64;
}

}  // namespace ssdgen
