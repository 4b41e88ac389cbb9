#include "report/plan_json.h"

#include "cost/code_size.h"
#include "support/version.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ssdgen {

namespace {

using Json = nlohmann::ordered_json;

Json shape_json(const Shape& shape) { return {shape.height, shape.width, shape.channels}; }

Json layer_json(const Step& step, const Stage& stage, const ObservedLayer& layer) {
    Json json;
    json["name"] = layer.name;
    json["kind"] = layer.kind;
    json["input"] = shape_json(layer.input);
    json["output"] = shape_json(layer.output);
    json["macs"] = layer.macs;
    json["params"] = layer.parameters;
    json["step"] = step.name;
    json["kernel"] = stage.kernel_name;
    json["tile"] = stage.tile;
    json["schedule"] = stage.tuned ? "tuned" : "model";
    json["unrolled"] = step.unrolled;
    if (step.unrolled) json["unrolled_step_bytes"] = step.unrolled_bytes;
    return json;
}

bool whole(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.unrolled; });
}

Json one_plan(const Plan& plan) {
    Json json;
    json["generator"] = generator_version;
    json["name"] = plan.name;
    json["alpha"] = plan.alpha;
    json["rho"] = plan.rho;
    json["target"] = plan.target.name;
    json["precision"] = "f32";
    json["unroll"] = plan.compact ? "compact" : whole(plan) ? "full" : "tile";
    json["input"] = shape_json(plan.input);
    json["classes"] = plan.classes;
    json["priors"] = plan.head ? plan.head->priors : 0;
    json["arena_bytes"] = plan.arena_size * 4;
    json["thread_scratch_bytes"] = plan.thread_scratch_size * 4;
    json["stack_bytes_of_any_network"] = stack_bytes_of_any_network;
    json["weights_bytes"] = plan.weights_size * 4;
    json["code_bytes_estimate"] = code_bytes(plan);
    json["total_macs"] = plan.total_macs;
    json["total_params"] = plan.total_parameters;
    json["layers"] = Json::array();
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            for (const ObservedLayer& layer : stage.layers) json["layers"].push_back(layer_json(step, stage, layer));
    json["buffers"] = Json::array();
    for (const Buffer& buffer : plan.buffers)
        json["buffers"].push_back({{"name", buffer.name},
                                   {"offset", buffer.offset * 4},
                                   {"bytes", buffer.size * 4},
                                   {"first_step", buffer.first_step},
                                   {"last_step", buffer.last_step}});
    return json;
}

/// The last target's plan, with what the targets need together.
Json several_plans(const std::vector<Plan>& plans) {
    Json json = one_plan(plans.back());
    std::string names;
    std::int64_t arena = 0, scratch = 0, weights = 0, code = 0;
    Json list = Json::array();
    for (const Plan& plan : plans) {
        names += (names.empty() ? "" : ",") + std::string(plan.target.name);
        arena = std::max(arena, plan.arena_size * 4);
        scratch = std::max(scratch, plan.thread_scratch_size * 4);
        weights += plan.weights_size * 4;
        const std::int64_t own_code = code_bytes(plan);
        code += own_code;
        list.push_back({{"target", plan.target.name},
                        {"arena_bytes", plan.arena_size * 4},
                        {"thread_scratch_bytes", plan.thread_scratch_size * 4},
                        {"weights_bytes", plan.weights_size * 4},
                        {"code_bytes_estimate", own_code}});
    }
    json["target"] = names;
    json["arena_bytes"] = arena;
    json["thread_scratch_bytes"] = scratch;
    json["weights_bytes"] = weights;
    json["code_bytes_estimate"] = code;
    json["targets"] = list;
    return json;
}

}  // namespace

std::string plan_json(const std::vector<Plan>& plans) {
    return (plans.size() == 1 ? one_plan(plans[0]) : several_plans(plans)).dump(2) + "\n";
}

}  // namespace ssdgen
