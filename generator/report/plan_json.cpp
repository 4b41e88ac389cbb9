#include "report/plan_json.h"

#include "support/version.h"
#include "support/words.h"

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

void add_footprint(const Footprint& footprint, Json& json) {
    json["arena_bytes"] = footprint.arena_bytes;
    json["thread_scratch_bytes"] = footprint.thread_scratch_bytes;
    json["stack_bytes_of_any_network"] = footprint.stack_bytes;
    json["weights_bytes"] = footprint.weights_bytes;
    json["code_bytes_estimate"] = footprint.code_bytes;
}

Json one_plan(const Plan& plan, const Footprint& footprint) {
    Json json;
    json["generator"] = generator_version;
    json["name"] = plan.name;
    json["alpha"] = plan.alpha;
    json["rho"] = plan.rho;
    json["target"] = plan.target.name;
    json["precision"] = "f32";
    if (const Element type = weights_type(plan); type != Element::f32) json["weights_type"] = spell(type);
    json["unroll"] = plan.compact ? "compact" : whole(plan) ? "full" : "tile";
    json["input"] = shape_json(plan.input);
    json["classes"] = plan.classes;
    json["priors"] = plan.head ? plan.head->priors : 0;
    add_footprint(footprint, json);
    json["total_macs"] = plan.total_macs;
    json["total_params"] = plan.total_parameters;
    json["layers"] = Json::array();
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            for (const ObservedLayer& layer : stage.layers) json["layers"].push_back(layer_json(step, stage, layer));
    json["buffers"] = Json::array();
    for (const Buffer& buffer : plan.buffers)
        json["buffers"].push_back({{"name", buffer.name},
                                   {"offset", buffer.offset},
                                   {"bytes", buffer.size},
                                   {"first_step", buffer.first_step},
                                   {"last_step", buffer.last_step}});
    return json;
}

/// The last target's plan, with what the targets need together.
Json several_plans(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints) {
    Json json = one_plan(plans.back(), footprints.back());
    std::string names;
    Json list = Json::array();
    for (std::size_t index = 0; index < plans.size(); ++index) {
        const std::string& target = plans[index].target.name;
        const Footprint& footprint = footprints[index];
        names += (names.empty() ? "" : ",") + std::string(target);
        list.push_back({{"target", target},
                        {"arena_bytes", footprint.arena_bytes},
                        {"thread_scratch_bytes", footprint.thread_scratch_bytes},
                        {"weights_bytes", footprint.weights_bytes},
                        {"code_bytes_estimate", footprint.code_bytes}});
    }
    json["target"] = names;
    add_footprint(together(footprints), json);
    json["targets"] = list;
    return json;
}

}  // namespace

std::string plan_json(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const FileRoles& files) {
    Json json = plans.size() == 1 ? one_plan(plans[0], footprints[0]) : several_plans(plans, footprints);
    json["files"] = Json::array();
    for (const auto& [path, role] : files) json["files"].push_back({{"path", path}, {"role", role}});
    return json.dump(2) + "\n";
}

}  // namespace ssdgen
