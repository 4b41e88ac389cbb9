#include "plan/check.h"

#include "plan/alignment.h"
#include "plan/kernels.h"
#include "plan/memory.h"
#include "plan/names.h"
#include "plan/stream_check.h"
#include "support/error.h"

#include <map>
#include <string>

namespace ssdgen {

void check_plan(const Plan& plan) {
    check(!plan.steps.empty(), "a plan has steps");
    check_memory(plan.buffers, plan.arena_size);
    check(plan.steps[0].inputs[0].place == Operand::Place::picture, "the first step reads the picture");
    std::map<std::string, const Kernel*> kernels;
    for (const Step& step : plan.steps) {
        check(step.units > 0, step.name + " has work");
        check(step.outputs.size() == step.last().layers.size(), step.name + " has a layer an output");
        check(step.stream || step.stages.size() == 1, step.name + " is one kernel or a stream");
        if (step.stream) check_stream(step);
        for (const Stage& stage : step.stages) {
            check(stage.weights % alignment == 0 && stage.weights + stage.weights_size <= plan.weights_size,
                  "the weights of " + stage.name + " are aligned and inside");
            check((stage.kernel.stream_rows > 0) == step.stream, stage.name + " works as its step does");
            const auto [known, fresh] = kernels.emplace(stage.kernel_name, &stage.kernel);
            check(fresh || *known->second == stage.kernel, "kernels named " + stage.kernel_name + " are equal");
            check(stage.kernel_name.size() <= entry_name_length, "the name " + stage.kernel_name + " is short");
        }
    }
}

}  // namespace ssdgen
