#include "report/plan_json.h"

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

}  // namespace

std::string plan_json(const Plan& plan) {
    Json json;
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
    json["stack_bytes"] = plan_stack_bytes;
    json["weights_bytes"] = plan.weights_size * 4;
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
    return json.dump(2) + "\n";
}

}  // namespace ssdgen
