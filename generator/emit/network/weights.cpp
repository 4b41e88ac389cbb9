#include "emit/network/weights.h"

#include "emit/print/file_header.h"
#include "emit/print/numbers.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "emit/print/wrap.h"
#include "plan/kernels.h"
#include "ssd/weights.h"
#include "weights/number_formats.h"

#include <fmt/format.h>

#include <cstring>

namespace ssdgen {

namespace {

std::string packed_bytes(const Plan& plan) {
    return {reinterpret_cast<const char*>(plan.weights.data()), plan.weights.size()};
}

/// The numbers of an array, bytes [begin, end) of the weights.
std::string print_range(const Plan& plan, std::int64_t begin, std::int64_t end) {
    const std::string bytes = packed_bytes(plan).substr(std::size_t(begin), std::size_t(end - begin));
    if (weights_pointer(plan) == Element::u8) return print_bytes(bytes);
    std::vector<float> values(bytes.size() / sizeof(float));
    load_little_endian(bytes, values);
    return print_floats(values);
}

std::string array_values(const Plan& plan) {
    std::string text;
    const std::vector<const Stage*> stages = all_stages(plan);
    for (std::size_t index = 0; index < stages.size(); ++index) {
        const Stage& stage = *stages[index];
        const std::int64_t end = index + 1 < stages.size() ? stages[index + 1]->weights : plan.weights_size;
        if (end == stage.weights) continue;
        std::string numbers = print_range(plan, stage.weights, end);
        if (end != plan.weights_size) numbers.insert(numbers.size() - 1, ",");
        const std::string comment =
            fmt::format("{}, from {} on: {}", stage.name, in_numbers(stage.weights, weights_pointer(plan)),
                        describe_packing(plan.target, stage.kernel));
        text += print_comment("    // ", comment) + numbers;
    }
    return text;
}

}  // namespace

Element weights_pointer(const Plan& plan) { return weights_type(plan) == Element::f32 ? Element::f32 : Element::u8; }

const char* weights_number(const Plan& plan) { return pointed_name(weights_pointer(plan)); }

const char* pointed_name(Element pointer) { return pointer == Element::f32 ? "float" : "unsigned char"; }

const char* map_number(const Plan& plan) { return map_number(maps_type(plan)); }

const char* map_number(Element maps) { return maps == Element::f32 ? "float" : "std::uint8_t"; }

const char* quantized_header(const Plan& plan) {
    return maps_type(plan) == Element::f32 ? "" : "#include \"ssd/quantized.h\"";
}

const char* unit_of_maps(const Plan& plan) { return maps_type(plan) == Element::f32 ? "floats" : "bytes"; }

std::string weights_name(const Emission& emission) { return emission.name + "_weights"; }

std::uint64_t weights_layout(const Plan& plan) {
    std::string text = plan.target.name;
    for (const Stage* stage : all_stages(plan))
        text += fmt::format(" {} {} {}", stage->name, stage->kernel_name,
                            in_numbers(stage->weights, weights_pointer(plan)));
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
    const std::int64_t words = (end - first) / 4;
    return {in_numbers(stage.weights + first, weights_pointer(plan)), words,
            ssd::hash_words(plan.weights.data() + stage.weights + first, std::size_t(words))};
}

std::string weights_file(const Plan& plan) {
    const std::string values = packed_bytes(plan);
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
    const std::string name = weights_name(emission);
    if (emission.weights_form == WeightsForm::array) {
        files.add(name + ".cpp",
                  fill_template("network/weights.cpp",
                                {{"header", file_header(emission.command)},
                                 {"network", emission.name},
                                 {"size", std::to_string(in_numbers(plan.weights_size, weights_pointer(plan)))},
                                 {"weight", weights_number(plan)},
                                 {"values", array_values(plan)}}));
        return;
    }
    const bool file = emission.weights_form == WeightsForm::file;
    files.add(name + ".bin", file ? weights_file(plan) : packed_bytes(plan));
    const std::string summary = file ? "The weights file of {}, for its own programs: {} {} behind a header."
                                     : "The packed weights of {}: {} {}.";
    files.add(name + ".S",
              fill_template("network/weights.S",
                            {{"network", emission.name},
                             {"symbol", emission.name + (file ? "_weights_file" : "_weights")},
                             {"summary", fmt::format(fmt::runtime(summary), emission.name,
                                                     in_numbers(plan.weights_size, weights_pointer(plan)),
                                                     weights_pointer(plan) == Element::u8 ? "bytes" : "floats")}}));
}

}  // namespace ssdgen
