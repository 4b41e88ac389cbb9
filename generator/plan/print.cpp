#include "plan/print.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// Offsets and sizes stand here as so many floats.
std::int64_t floats(std::int64_t bytes) { return (bytes + 3) / 4; }

}  // namespace

std::string print_plan(const Plan& plan) {
    std::string text =
        fmt::format("plan {} target {} arena {} bytes weights {} bytes macs {} parameters {}\n", plan.name,
                    plan.target.name, plan.arena_size, plan.weights_size, plan.total_macs, plan.total_parameters);
    for (const Step& step : plan.steps) {
        text += fmt::format("step {}: units {}", step.name, step.units);
        for (const Operand& input : step.inputs) text += fmt::format(" input +{}", floats(input.offset));
        for (const Operand& output : step.outputs) text += fmt::format(" output +{}", floats(output.offset));
        if (step.scratch_size)
            text += fmt::format(" scratch +{} size {}", floats(step.scratch), floats(step.scratch_size));
        text += "\n";
        for (const Stage& stage : step.stages) {
            text += fmt::format("  {}: {} weights +{}", stage.name, stage.kernel_name, floats(stage.weights));
            if (stage.ring) {
                const Ring& ring = step.rings[std::size_t(stage.ring->ring)];
                text +=
                    fmt::format(" ring of {} rows at {}", ring.rows, floats(ring.offset) + stage.ring->first_channel);
            }
            text += "\n";
        }
    }
    for (const Buffer& buffer : plan.buffers)
        text += fmt::format("buffer {}: +{} size {} steps {} to {}\n", buffer.name, floats(buffer.offset),
                            floats(buffer.size), buffer.first_step, buffer.last_step);
    return text;
}

}  // namespace ssdgen
