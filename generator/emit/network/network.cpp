#include "emit/network/network.h"

#include "description/spelling.h"
#include "emit/network/entries.h"
#include "emit/network/layers.h"
#include "emit/network/post_processing.h"
#include "emit/network/run_order.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

HeaderParts header_parts(const Emission& emission) {
    const std::string weights =
        emission.weights_form == WeightsForm::file
            ? fmt::format("const {}* weights = nullptr;  // see use_weights", weights_number(emission.plan))
            : "";
    return {"", fill_template("network/workspace.h", {{"workspace_weights", weights}})};
}

/// The definitions of what NAME.h declares.
std::string print_definitions(const Emission& emission) {
    const Plan& plan = emission.plan;
    const bool whole = maps_type(plan) == Element::u8;
    const std::string arena = fmt::format("{}_of(workspace)", unit_of_maps(plan));
    TemplateValues values{{"resize_scratch", print_offset("workspace.arena", plan.resize_scratch, Element::u8)},
                          {"logits", print_offset(arena, plan.logits, maps_type(plan))}};
    for (const Entry& entry : entries_of(interface_of(emission, {})))
        if (entry.name != "use_weights") values[entry.name] = print_signature(entry);
    if (!plan.head) {
        values["to_scores"] = plan.scores ? fmt::format("ssd::{}(logits, classes);", spell(*plan.scores)) : "";
        if (whole) values["float_logits"] = print_offset("workspace.arena", plan.float_logits, Element::u8);
        return fill_template(whole ? "network/entries_classifier_whole.cpp" : "network/entries_classifier.cpp", values);
    }
    values["boxes"] = print_offset(arena, plan.boxes, maps_type(plan));
    if (whole) return fill_template("network/entries_detector_whole.cpp", values);
    values["post_scratch"] = print_offset("workspace.arena", plan.post_scratch, Element::u8);
    return fill_template("network/entries_detector.cpp", values);
}

std::string print_use_weights(const Emission& emission) {
    if (emission.weights_form != WeightsForm::file) return "";
    const Entry entry = find_entry(entries_of(interface_of(emission, {})), "use_weights");
    return "\n" +
           fill_template("network/weights_check.cpp", {{"use_weights", print_signature(entry)},
                                                       {"layout", fmt::format("{}", weights_layout(emission.plan))},
                                                       {"weight", weights_number(emission.plan)}});
}

std::string print_source(const Emission& emission) {
    const bool file = emission.weights_form == WeightsForm::file;
    return fill_template("network/network.cpp", {{"header", file_header(emission.command)},
                                                 {"network", emission.name},
                                                 {"quantized_header", quantized_header(emission.plan)},
                                                 {"weights_header", file ? "#include \"ssd/weights.h\"" : ""},
                                                 {"weights_declaration", print_weights_declaration(emission)},
                                                 {"run_order", print_run_order(emission, RunKind::product)},
                                                 {"post_processing", print_post_processing(emission.plan)},
                                                 {"definitions", print_definitions(emission)},
                                                 {"use_weights", print_use_weights(emission)}});
}

std::string print_constants(const Interface& interface) {
    if (!interface.head) return "";
    return fmt::format(
        "inline constexpr int priors = {};  // rows of the raw outputs\n"
        "inline constexpr int background = {};  // its column of the logits; -1: there is none",
        interface.head->priors, interface.head->background);
}

/// What the network was generated from, for the head of NAME.h alone: no other file of code changes with it.
std::string print_inputs(const Inputs& inputs) {
    std::string text;
    const auto add = [&](const char* what, const std::optional<InputFile>& file) {
        if (file) text += fmt::format("// SHA-256 of the {}: {}\n", what, file->sha256);
    };
    add("description", inputs.description);
    add("weights file", inputs.weights);
    add("tuning", inputs.tuning);
    return text;
}

}  // namespace

std::string print_header(const Interface& interface, const HeaderParts& parts) {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    return fill_template("network/network.h",
                         {{"header", file_header(interface.command) + print_inputs(interface.inputs)},
                          {"network", interface.name},
                          {"input_height", number(interface.input.height)},
                          {"input_width", number(interface.input.width)},
                          {"input_channels", number(interface.input.channels)},
                          {"input_format", spell(interface.order)},
                          {"resize", spell(interface.resize)},
                          {"classes", number(interface.classes)},
                          {"constants", print_constants(interface)},
                          {"arena_bytes", number(interface.footprint.arena_bytes)},
                          {"weights_bytes", number(interface.footprint.weights_bytes)},
                          {"thread_scratch_bytes", number(interface.footprint.thread_scratch_bytes)},
                          {"stack_bytes", number(interface.footprint.stack_bytes)},
                          {"code_bytes_estimate", number(interface.footprint.code_bytes)},
                          {"macro", macro_name(interface.name)},
                          {"interface", print_declarations(interface)},
                          {"includes", parts.includes},
                          {"workspace", parts.workspace}});
}

KernelPlaces add_network(const Emission& emission, const Footprint& footprint, FileSet& files) {
    const Plan& plan = emission.plan;
    check(std::int64_t(plan.weights.size()) == plan.weights_size, "a network that is emitted has weights");
    const bool whole = maps_type(plan) == Element::u8;
    files.add(emission.name + ".h", print_header(interface_of(emission, footprint), header_parts(emission)));
    files.add(emission.name + ".cpp", print_source(emission));
    files.add(crew_file,
              fill_template("layers/crew.h", {{"header", file_header(emission.command)},
                                              {"network", emission.name},
                                              {"number", map_number(plan)},
                                              {"unit", unit_of_maps(plan)},
                                              {"stdint", whole ? "#include <cstdint>" : ""},
                                              {"more_scratch", whole ? "reinterpret_cast<std::uint8_t*>(more_scratch_)"
                                                                     : "more_scratch_"}}));
    emit_weights(emission, files);
    return emit_layers(emission, files);
}

}  // namespace ssdgen
