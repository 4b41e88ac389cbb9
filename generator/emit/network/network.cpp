#include "emit/network/network.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "emit/network/layers.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/numbers.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

const char* base_of(Operand::Place place) {
    switch (place) {
        case Operand::Place::arena: return "arena";
        case Operand::Place::picture: return "picture";
        case Operand::Place::boxes: return "boxes";
        case Operand::Place::logits: return "logits";
    }
    throw InternalError("internal error: broken invariant: every place has its pointer");
}

std::string print_operand(const Operand& operand) {
    const char* base = base_of(operand.place);
    return print_offset(base, operand.offset);
}

/// A kernel without weights takes any pointer to floats.
std::string print_weights(const Step& step, Element pointer) {
    const Stage& first = step.stages[0];
    if (pointer != Element::f32 && !step.stream && first.weights_size == 0) return "nullptr";
    return fmt::format("weights + {}", in_numbers(first.weights, pointer));
}

/// The maps that a step's code is called with: of a stream each once, of a kernel one a feed.
std::string print_inputs(const Step& step) {
    std::string inputs;
    if (step.stream) {
        for (const Operand& input : step.inputs) inputs += print_operand(input) + ", ";
        return inputs;
    }
    for (const Feed& feed : step.stages[0].feeds) {
        const int input = std::get<WholeFeed>(feed.from).input;
        inputs += print_operand(step.inputs.at(std::size_t(input))) + ", ";
    }
    return inputs;
}

/// crew.run(8, [=](int first, int end) { layer::run_conv14_1(...); });  observe(9, arena + 720000);
/// crew.run(19, arena + 184832, [=, &observe](int first, int end, float* scratch) { layer::run_conv7(...); });
/// observe(1);
std::string print_step(const Step& step, int index, const std::string& name, Element weights) {
    std::string outputs;
    for (const Operand& output : step.outputs) outputs += ", " + print_operand(output);
    const std::string operands = fmt::format("{}{}{}", print_inputs(step), print_weights(step, weights), outputs);
    if (!step.stream)
        return fmt::format("crew.run({}, [=](int first, int end) {{ layer::{}({}, first, end); }});  observe({}{});\n",
                           step.units, name, operands, index, outputs);
    return fmt::format(
        "crew.run({}, {}, [=, &observe](int first, int end, float* scratch) {{ layer::{}({}, scratch, first, end, "
        "observe); }});  observe({});\n",
        step.units, print_operand({Operand::Place::arena, step.scratch, 0}), name, operands, index);
}

std::string print_steps(const Plan& plan) {
    const std::vector<std::string> names = step_functions(plan);
    std::string text;
    for (std::size_t index = 0; index < plan.steps.size(); ++index)
        text += print_step(plan.steps[index], int(index), names[index], weights_pointer(plan));
    return text;
}

HeaderParts header_parts(const Emission& emission) {
    const bool file = emission.weights_form == WeightsForm::file;
    const std::string weights =
        file ? fmt::format("const {}* weights = nullptr;  // see use_weights", weights_number(emission.plan)) : "";
    return {"", fill_template("network/workspace.h", {{"workspace_weights", weights}}),
            file ? fill_template("network/weights_interface.h", {{"network", emission.name}}) : ""};
}

std::string print_grids(const Head& head) {
    std::string text, grids;
    for (std::size_t index = 0; index < head.grids.size(); ++index) {
        const PriorGrid& grid = head.grids[index];
        text += fmt::format("constexpr ssd::BoxSize boxes_of_{}[] = {{\n", identifier(head.sources[index].layer));
        for (const BoxSize& box : grid.boxes)
            text += fmt::format("    {{{}, {}}},\n", print_float(box.height), print_float(box.width));
        text += "};\n";
        grids += fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, boxes_of_{}}},\n", grid.height, grid.width,
                             print_float(grid.offset_y), print_float(grid.offset_x), print_float(grid.step_y),
                             print_float(grid.step_x), grid.boxes.size(), identifier(head.sources[index].layer));
    }
    text += fmt::format("constexpr ssd::PriorGrid grids[] = {{\n{}}};\n", grids);
    return text + fmt::format("constexpr ssd::Priors prior_boxes{{grids, {}, nullptr, {}, priors}};", head.grids.size(),
                              head.clip_priors);
}

std::string print_priors(const Plan& plan) {
    const Head& head = *plan.head;
    std::string text = "// The default boxes: centre y, centre x, height, width, relative to the picture.\n";
    if (!head.grids.empty())
        return "// The default boxes of each source: height, width, relative to the picture.\n" + print_grids(head);
    text += fmt::format("constexpr float prior_table[priors * 4] = {{\n{}}};\n", print_floats(head.prior_table));
    return text + "constexpr ssd::Priors prior_boxes{nullptr, 0, prior_table, false, priors};";
}

std::string print_post_processing(const Head& head) {
    const PostProcessing& post = head.post_processing;
    const auto& variances = head.box_code.variances;
    return fmt::format(
        "ssd::Dialect::{}, ssd::Scores::{}, ssd::BoxOrder::{},\n"
        "                                       {{{}, {}, {}, {}}}, classes, background, {}, {}, {}, {}, {}, {}, {}",
        c_identifier(spell(post.dialect)), spell(head.scores), spell(head.box_code.order), print_float(variances[0]),
        print_float(variances[1]), print_float(variances[2]), print_float(variances[3]),
        print_float(post.score_threshold), print_float(post.iou_threshold), post.max_detections,
        post.max_classes_per_detection, post.detections_per_class, print_float(post.eta), post.clip_boxes);
}

std::string print_entries(const Plan& plan) {
    TemplateValues values{{"resize", spell(plan.resize)},
                          {"resize_scratch", std::to_string(in_numbers(plan.resize_scratch))},
                          {"resize_scratch_bytes", std::to_string(plan.resize_scratch_bytes)},
                          {"logits", std::to_string(in_numbers(plan.logits))}};
    if (!plan.head) {
        values["scores"] = plan.scores ? fmt::format("ssd::{}(logits, classes);", spell(*plan.scores)) : "";
        return fill_template("network/entries_classifier.cpp", values);
    }
    values["boxes"] = std::to_string(in_numbers(plan.boxes));
    values["prior_data"] = print_priors(plan);
    values["post_processing"] = print_post_processing(*plan.head);
    values["post_scratch"] = std::to_string(in_numbers(plan.post_scratch));
    values["post_scratch_bytes"] = std::to_string(plan.post_scratch_bytes);
    return fill_template("network/entries_detector.cpp", values);
}

std::string weights_source(const Emission& emission) {
    if (emission.weights_form == WeightsForm::file) return "#include \"ssd/weights.h\"";
    return fmt::format("extern \"C\" const {2} {0}_weights[];  // {0}_weights.{1}", emission.name,
                       emission.weights_form == WeightsForm::array ? "cpp" : "S", weights_number(emission.plan));
}

std::string print_source(const Emission& emission) {
    const Plan& plan = emission.plan;
    const bool file = emission.weights_form == WeightsForm::file;
    const std::string layout = fmt::format("{}", weights_layout(plan));
    return fill_template(
        "network/network.cpp",
        {{"header", file_header(emission.command)},
         {"weights_source", weights_source(emission)},
         {"weights", file ? "workspace.weights" : emission.name + "_weights"},
         {"weights_missing",
          file ? ",\n        ssd::detail::wrong_if(workspace.weights == nullptr, ssd::Error::no_weights)" : ""},
         {"weights_entry",
          file ? fill_template("network/weights_check.cpp", {{"layout", layout}, {"weight", weights_number(plan)}})
               : ""},
         {"network", emission.name},
         {"weight", weights_number(plan)},
         {"outputs", output_parameters(plan)},
         {"steps", print_steps(plan)},
         {"entries", print_entries(plan)}});
}

std::string print_constants(const Interface& interface) {
    if (!interface.head) return "";
    return fmt::format(
        "inline constexpr int priors = {};  // rows of the raw outputs\n"
        "inline constexpr int background = {};  // its column of the logits; -1: there is none",
        interface.head->priors, interface.head->background);
}

}  // namespace

std::string print_header(const Interface& interface, const HeaderParts& parts) {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const char* functions = interface.head ? "network/interface_detector.h" : "network/interface_classifier.h";
    return fill_template("network/network.h",
                         {{"header", file_header(interface.command)},
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
                          {"code_bytes_estimate", number(interface.footprint.code_bytes)},
                          {"macro", macro_name(interface.name)},
                          {"interface", fill_template(functions, {})},
                          {"includes", parts.includes},
                          {"workspace", parts.workspace},
                          {"weights_interface", parts.weights_interface}});
}

std::string output_parameters(const Plan& plan) { return plan.head ? "float* boxes, float* logits" : "float* logits"; }

void add_network(const Emission& emission, const Footprint& footprint, FileSet& files) {
    const Plan& plan = emission.plan;
    check(std::int64_t(plan.weights.size()) == plan.weights_size, "a network that is emitted has weights");
    files.add(emission.name + ".h", print_header(interface_of(emission, footprint), header_parts(emission)));
    files.add(emission.name + ".cpp", print_source(emission));
    emit_layers(emission, files);
    emit_weights(emission, files);
}

}  // namespace ssdgen
