#include "report/plan_json.h"

#include "plan/kernels.h"
#include "support/version.h"
#include "support/words.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ssdgen {

namespace {

using Json = nlohmann::ordered_json;

Json shape_json(const Shape& shape) { return {shape.height, shape.width, shape.channels}; }

/// Runs of blocks of equal size: how many, channels that each has room for, bytes of each.
Json blocks_json(const std::vector<PackedBlock>& blocks) {
    Json json = Json::array();
    for (std::size_t first = 0, end = 0; first < blocks.size(); first = end) {
        const PackedBlock& block = blocks[first];
        while (end < blocks.size() && blocks[end].width == block.width && blocks[end].bytes == block.bytes) ++end;
        json.push_back({{"count", end - first}, {"channels", block.width}, {"bytes", block.bytes}});
    }
    return json;
}

/// Of one output of a stage that has weights.
Json weights_json(const Plan& plan, const Stage& stage, int output) {
    const Signature& types = stage.kernel.signature;
    std::vector<PackedBlock> own;
    std::int64_t bytes = 0;
    for (const PackedBlock& block : packed_blocks(plan.target, stage.kernel))
        if (block.output == output) {
            own.push_back(block);
            bytes += block.bytes;
        }
    return {{"offset", stage.weights + own.at(0).begin},
            {"bytes", bytes},
            {"element", spell(types.weight)},
            {"bias_element", spell(types.accumulator)},
            {"layout", describe_packing(plan.target, stage.kernel, output)},
            {"blocks", blocks_json(own)}};
}

Json layer_json(const Plan& plan, const EmittedPlan& emitted, const Step& step, const Stage& stage, int output) {
    const ObservedLayer& layer = stage.layers[std::size_t(output)];
    const KernelPlace& place = emitted.kernels.at(stage.kernel_name);
    Json json;
    json["name"] = layer.name;
    json["kind"] = layer.kind;
    json["input"] = shape_json(layer.input);
    json["output"] = shape_json(layer.output);
    json["macs"] = layer.macs;
    json["params"] = layer.parameters;
    json["step"] = step.name;
    json["kernel"] = stage.kernel_name;
    json["file"] = place.file;
    json["namespace"] = place.space;
    json["tile"] = stage.tile;
    json["schedule"] = stage.tuned ? "tuned" : "model";
    json["unrolled"] = step.unrolled;
    if (step.unrolled) json["unrolled_step_bytes"] = step.unrolled_bytes;
    if (stage.weights_size > 0) json["weights"] = weights_json(plan, stage, output);
    return json;
}

Json layers_json(const Plan& plan, const EmittedPlan& emitted) {
    Json json = Json::array();
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            for (std::size_t output = 0; output < stage.layers.size(); ++output)
                json.push_back(layer_json(plan, emitted, step, stage, int(output)));
    return json;
}

Json weights_file_json(const WeightsFile& file) {
    Json json{{"path", file.path}};
    if (file.first_byte) json["first_byte"] = *file.first_byte;
    json["sha256"] = file.sha256;
    return json;
}

Json inputs_json(const Inputs& inputs) {
    Json json = Json::object();
    const auto add = [&](const char* key, const std::optional<InputFile>& file) {
        if (file) json[key] = {{"file", file->name}, {"sha256", file->sha256}};
    };
    add("description", inputs.description);
    add("weights", inputs.weights);
    if (inputs.random_weights) json["weights"] = {{"random_seed", *inputs.random_weights}};
    add("tuning", inputs.tuning);
    return json;
}

bool whole(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.unrolled; });
}

void add_footprint(const Footprint& footprint, Json& json) {
    json["arena_bytes"] = footprint.arena_bytes;
    json["thread_scratch_bytes"] = footprint.thread_scratch_bytes;
    json["stack_bytes"] = footprint.stack_bytes;
    json["weights_bytes"] = footprint.weights_bytes;
    json["code_bytes_estimate"] = footprint.code_bytes;
}

Json one_plan(const Plan& plan, const Footprint& footprint, const EmittedPlan& emitted, const Inputs& inputs) {
    Json json;
    json["generator"] = generator_version;
    json["inputs"] = inputs_json(inputs);
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
    json["weights_file"] = weights_file_json(emitted.weights);
    json["layers"] = layers_json(plan, emitted);
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
Json several_plans(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                   const std::vector<EmittedPlan>& emitted, const Inputs& inputs) {
    Json json = one_plan(plans.back(), footprints.back(), emitted.back(), inputs);
    std::string names;
    Json list = Json::array();
    for (std::size_t index = 0; index < plans.size(); ++index) {
        const std::string& target = plans[index].target.name;
        const Footprint& footprint = footprints[index];
        names += (names.empty() ? "" : ",") + std::string(target);
        list.push_back({{"target", target},
                        {"arena_bytes", footprint.arena_bytes},
                        {"thread_scratch_bytes", footprint.thread_scratch_bytes},
                        {"stack_bytes", footprint.stack_bytes},
                        {"weights_bytes", footprint.weights_bytes},
                        {"weights_file", weights_file_json(emitted[index].weights)},
                        {"code_bytes_estimate", footprint.code_bytes}});
    }
    json["target"] = names;
    add_footprint(together(footprints), json);
    json["targets"] = list;
    return json;
}

}  // namespace

std::string plan_json(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<EmittedPlan>& emitted, const Inputs& inputs, const FileRoles& files) {
    Json json = plans.size() == 1 ? one_plan(plans[0], footprints[0], emitted[0], inputs)
                                  : several_plans(plans, footprints, emitted, inputs);
    json["files"] = Json::array();
    for (const auto& [path, role] : files) json["files"].push_back({{"path", path}, {"role", role}});
    // A file may have a name that is no UTF-8.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ssdgen
