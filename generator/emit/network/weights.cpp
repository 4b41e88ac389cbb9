#include "emit/network/weights.h"

#include "emit/print/file_header.h"
#include "emit/print/numbers.h"
#include "emit/print/template.h"
#include "plan/kernels.h"
#include "ssd/weights.h"

#include <fmt/format.h>

#include <cstring>

namespace ssdgen {

namespace {

std::string float_bytes(const std::vector<float>& values) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::string array_values(const Plan& plan) {
    std::string text;
    const std::vector<const Stage*> stages = all_stages(plan);
    for (std::size_t index = 0; index < stages.size(); ++index) {
        const Stage& stage = *stages[index];
        const std::int64_t end = index + 1 < stages.size() ? stages[index + 1]->weights : plan.weights_size;
        if (end == stage.weights) continue;
        const std::vector<float> values(plan.weights.begin() + stage.weights, plan.weights.begin() + end);
        std::string floats = print_floats(values);
        if (end != plan.weights_size) floats.insert(floats.size() - 1, ",");
        text += fmt::format("    // {}, from {} on: {}\n{}", stage.name, stage.weights,
                            describe_packing(plan.target, stage.kernel), floats);
    }
    return text;
}

}  // namespace

std::uint64_t weights_layout(const Plan& plan) {
    std::string text = plan.target.name;
    for (const Stage* stage : all_stages(plan))
        text += fmt::format(" {} {} {}", stage->name, stage->kernel_name, stage->weights);
    text.resize((text.size() + 3) / 4 * 4, ' ');
    return ssd::hash_words(text.data(), text.size() / 4);
}

LayerWeights layer_weights(const Plan& plan, const Stage& stage, int output) {
    std::int64_t first = 0;
    std::int64_t end = stage.weights_size;
    if (const std::vector<ChannelBlock>* blocks = blocks_of(stage.kernel)) {
        // Joined heads: the blocks of an output follow each other.
        const auto begin_of = [&](int wanted) {
            for (const ChannelBlock& block : *blocks)
                if (block.output == wanted) return block.weights;
            return stage.weights_size;
        };
        first = begin_of(output);
        end = begin_of(output + 1);
    }
    const float* values = plan.weights.data() + stage.weights + first;
    return {stage.weights + first, end - first, ssd::hash_words(values, std::size_t(end - first))};
}

std::string weights_file(const Plan& plan) {
    const std::string values = float_bytes(plan.weights);
    ssd::WeightsHeader header{};
    std::memcpy(header.magic, "SSDGENW1", sizeof header.magic);
    header.weights_bytes = values.size();
    header.layout = weights_layout(plan);
    header.hash = ssd::hash_words(values.data(), values.size() / 4);
    std::string bytes(sizeof header, '\0');
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes + values;
}

void emit_weights(const Emission& emission, FileSet& files) {
    const Plan& plan = emission.plan;
    const std::string name = emission.name + "_weights";
    if (emission.weights_form == WeightsForm::array) {
        files.add(name + ".cpp", fill_template("network/weights.cpp", {{"header", file_header(emission.command)},
                                                                       {"network", emission.name},
                                                                       {"size", std::to_string(plan.weights_size)},
                                                                       {"values", array_values(plan)}}));
        return;
    }
    const bool file = emission.weights_form == WeightsForm::file;
    files.add(name + ".bin", file ? weights_file(plan) : float_bytes(plan.weights));
    const std::string summary = file ? "The weights file of {}, for its own programs: {} floats behind a header."
                                     : "The packed weights of {}: {} floats.";
    files.add(name + ".S",
              fill_template("network/weights.S",
                            {{"network", emission.name},
                             {"symbol", emission.name + (file ? "_weights_file" : "_weights")},
                             {"summary", fmt::format(fmt::runtime(summary), emission.name, plan.weights_size)}}));
}

}  // namespace ssdgen
