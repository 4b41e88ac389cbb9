#include "pipeline/choose_unrolled.h"

#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "plan/kernels.h"
#include "plan/stream.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace ssdgen {

namespace {

std::int64_t stage_bytes(const Step& step, const Stage& stage, const Target& target) {
    const KernelTree tree = simplify(lower_kernel(stage.kernel, stage.kernel_name, target));
    if (!step.stream) return unrolled_bytes(unroll_whole(tree, step.units).functions.back().body, target);
    std::int64_t bytes = 0;
    for (const UnrolledRows& form : unroll_rows(stage.kernel, tree))
        bytes += unrolled_bytes(form.function.body, target);
    return bytes;
}

/// Calls of a stream that is unrolled: an address a row that is read, one that is made, the weights.
std::int64_t call_bytes(const Step& step) {
    if (!step.stream) return 0;
    std::int64_t bytes = 0;
    for (const StreamOperation& operation : stream_order(step, 0, step.units))
        bytes +=
            8 * (operation.stage < 0 ? 3 * operation.rows
                                     : 3 + kernel_window(step.stages[std::size_t(operation.stage)].kernel).rows.kernel);
    return bytes;
}

std::int64_t work(const Stage& stage) {
    std::int64_t macs = 0;
    for (const ObservedLayer& layer : stage.layers) macs += layer.macs;
    return macs;
}

}  // namespace

std::map<std::string, std::int64_t> choose_unrolled(const Plan& plan, std::int64_t budget) {
    const VectorUnit& unit = vector_unit(plan.target, Element::f32);
    std::map<std::string, std::int64_t> sizes;
    for (const Step& step : plan.steps) {
        if (sizes.count(step.code_name())) continue;
        std::int64_t bytes = call_bytes(step);
        for (const Stage& stage : step.stages) {
            // Each multiply-add of a step for itself is an instruction: what cannot fit is not built.
            const bool hopeless = !step.stream && work(stage) / unit.lanes * (unit.fused ? 8 : 16) > budget;
            bytes += hopeless ? budget + 1 : stage_bytes(step, stage, plan.target);
        }
        sizes[step.code_name()] = bytes;
    }
    std::vector<std::pair<std::int64_t, std::string>> order;
    for (const auto& [name, size] : sizes) order.emplace_back(size, name);
    std::sort(order.begin(), order.end());
    std::map<std::string, std::int64_t> chosen;
    for (const auto& [size, name] : order) {
        if (size > budget) break;
        budget -= size;
        chosen[name] = size;
    }
    return chosen;
}

}  // namespace ssdgen
