#include "plan/print.h"

#include "plan/sizes.h"

#include <fmt/format.h>

namespace ssdgen {

std::string print_plan(const Plan& plan) {
    std::string text =
        fmt::format("plan {} target {} arena {} bytes weights {} bytes macs {} parameters {}\n", plan.name,
                    plan.target.name, arena_bytes(plan), weights_bytes(plan), plan.total_macs, plan.total_parameters);
    for (const Step& step : plan.steps) {
        text += fmt::format("step {}: units {}", step.name, step.units);
        for (const Operand& input : step.inputs) text += fmt::format(" input +{}", input.offset);
        for (const Operand& output : step.outputs) text += fmt::format(" output +{}", output.offset);
        if (step.scratch_size) text += fmt::format(" scratch +{} size {}", step.scratch, step.scratch_size);
        text += "\n";
        for (const Stage& stage : step.stages) {
            text += fmt::format("  {}: {} weights +{}", stage.name, stage.kernel_name, stage.weights);
            if (stage.ring) {
                const Ring& ring = step.rings[std::size_t(stage.ring->ring)];
                text += fmt::format(" ring of {} rows at {}", ring.rows, ring.offset + stage.ring->first_channel);
            }
            text += "\n";
        }
    }
    for (const Buffer& buffer : plan.buffers)
        text += fmt::format("buffer {}: +{} size {} steps {} to {}\n", buffer.name, buffer.offset, buffer.size,
                            buffer.first_step, buffer.last_step);
    return text;
}

}  // namespace ssdgen
