#include "emit/network/run_order.h"

#include "emit/network/entries.h"
#include "emit/network/weights.h"
#include "emit/print/numbers.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "emit/print/wrap.h"
#include "graph/shapes.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace ssdgen {

namespace {

/// Columns before the body of a function.
constexpr std::size_t body_indent = 4;

const char* base_of(Operand::Place place) {
    switch (place) {
        case Operand::Place::arena: return "arena";
        case Operand::Place::picture: return "picture";
        case Operand::Place::boxes: return "boxes";
        case Operand::Place::logits: return "logits";
    }
    throw InternalError("internal error: broken invariant: every place has its pointer");
}

std::string print_operand(const Operand& operand, Element maps) {
    return print_offset(base_of(operand.place), operand.offset, maps);
}

/// A kernel without weights takes any pointer to floats.
std::string print_weights(const Step& step, Element pointer) {
    const Stage& first = step.stages[0];
    if (pointer != Element::f32 && !step.stream && first.weights_size == 0) return "nullptr";
    return print_offset("weights", first.weights, pointer);
}

/// The maps that a step's code is called with: of a stream each once, of a kernel one a feed.
std::vector<std::string> print_inputs(const Step& step) {
    std::vector<std::string> inputs;
    if (step.stream) {
        for (const Operand& input : step.inputs) inputs.push_back(print_operand(input, maps_type(step)));
        return inputs;
    }
    for (const Feed& feed : step.stages[0].feeds) {
        const int input = std::get<WholeFeed>(feed.from).input;
        inputs.push_back(print_operand(step.inputs.at(std::size_t(input)), maps_type(step)));
    }
    return inputs;
}

std::vector<std::string> print_outputs(const Step& step) {
    std::vector<std::string> outputs;
    for (const Operand& output : step.outputs) outputs.push_back(print_operand(output, maps_type(step)));
    return outputs;
}

/// A step's call, in the columns in which the steps stand one below the other.
struct StepCall {
    std::string callee;   // "crew.run<layer::run_conv1>"
    std::string units;    // "6"
    std::string inputs;   // "arena"
    std::string weights;  // "weights + 224"
    std::string rest;     // "arena + 1152, Scratch{arena + 1728}": outputs and what belongs to the kind
    std::string map;      // "6x6x16", "6x6x12+9": what it makes
};

std::string print_map(const Step& step) {
    const std::vector<ObservedLayer>& layers = step.last().layers;
    const Shape& first = layers[0].output;
    if (layers.size() == 1) return to_string(first);
    std::vector<int> channels;
    for (const ObservedLayer& layer : layers) channels.push_back(layer.output.channels);
    return fmt::format("{}x{}x{}", first.height, first.width, fmt::join(channels, "+"));
}

StepCall call_of(const Step& step, const std::string& name, Element weights, RunKind kind) {
    std::vector<std::string> rest = print_outputs(step);
    if (step.stream) {
        rest.push_back(
            fmt::format("Scratch{{{}}}", print_operand({Operand::Place::arena, step.scratch, 0}, maps_type(step))));
        if (kind == RunKind::observed) rest.push_back("observe");
    }
    const char* space = step.stream && kind == RunKind::observed ? "observed" : "layer";
    return {fmt::format("crew.run<{}::{}>", space, name),
            std::to_string(step.units),
            fmt::format("{}", fmt::join(print_inputs(step), ", ")),
            print_weights(step, weights),
            fmt::format("{}", fmt::join(rest, ", ")),
            print_map(step)};
}

/// The widths of the columns: those of the widest.
struct Columns {
    std::size_t callee = 0, units = 0, inputs = 0, weights = 0, rest = 0;

    explicit Columns(const std::vector<StepCall>& calls) {
        for (const StepCall& call : calls) {
            callee = std::max(callee, call.callee.size());
            units = std::max(units, call.units.size());
            inputs = std::max(inputs, call.inputs.size());
            weights = std::max(weights, call.weights.size());
            rest = std::max(rest, call.rest.size());
        }
    }

    std::string print(const StepCall& call) const {
        return fmt::format("{}({}{:>{}}, {:<{}} {:<{}} {});", call.callee,
                           std::string(callee - call.callee.size(), ' '), call.units, units, call.inputs + ",",
                           inputs + 1, call.weights + ",", weights + 1, call.rest);
    }
    std::string print_with_map(const StepCall& call) const {
        return fmt::format("{}{}  // {}", print(call), std::string(rest - call.rest.size(), ' '), call.map);
    }
};

/// The lines if all fit.
template <class Print>
std::optional<std::vector<std::string>> print_table(const std::vector<StepCall>& calls, const Print& print) {
    std::vector<std::string> lines;
    for (const StepCall& call : calls) {
        lines.push_back(print(call));
        if (body_indent + lines.back().size() > most_columns) return std::nullopt;
    }
    return lines;
}

/// The steps in columns, each with the map that it makes, if that fits.
std::optional<std::vector<std::string>> print_calls_with_maps(const std::vector<StepCall>& calls) {
    const Columns columns(calls);
    return print_table(calls, [&](const StepCall& call) { return columns.print_with_map(call); });
}

/// In columns where names leave room for them, and with maps where there is more.
std::vector<std::string> print_calls(const std::vector<StepCall>& calls) {
    const Columns columns(calls);
    if (auto lines = print_calls_with_maps(calls)) return *lines;
    if (auto lines = print_table(calls, [&](const StepCall& call) { return columns.print(call); })) return *lines;
    std::vector<std::string> lines;
    for (const StepCall& call : calls)
        lines.push_back(print_call(call.callee, {call.units, call.inputs, call.weights, call.rest}, ";", body_indent));
    return lines;
}

std::vector<StepCall> calls_of(const Plan& plan, RunKind kind) {
    const std::vector<std::string> names = step_functions(plan);
    std::vector<StepCall> calls;
    for (std::size_t index = 0; index < plan.steps.size(); ++index)
        calls.push_back(call_of(plan.steps[index], names[index], weights_pointer(plan), kind));
    return calls;
}

/// crew.run<layer::run_conv14_1>( 8, arena,          weights + 8000, arena + 720000);                 // 10x10x256
/// crew.run<layer::run_conv7>(   19, arena + 184832, weights + 9000, arena, Scratch{arena + 92416});  // 19x19x512
std::string print_steps(const Plan& plan, RunKind kind) {
    const std::vector<std::string> lines = print_calls(calls_of(plan, kind));
    std::string text;
    for (std::size_t index = 0; index < lines.size(); ++index) {
        text += lines[index] + "\n";
        if (kind == RunKind::product) continue;
        std::vector<std::string> made{std::to_string(index)};
        if (!plan.steps[index].stream)
            for (const std::string& output : print_outputs(plan.steps[index])) made.push_back(output);
        text += fmt::format("observe({});\n", fmt::join(made, ", "));
    }
    return text;
}

std::string print_run_signature(const Plan& plan, RunKind kind) {
    std::vector<std::string> parameters{"const ssd::Rows& picture"};
    const std::string number = map_number(plan);
    if (plan.head) parameters.push_back(number + "* boxes");
    parameters.insert(parameters.end(), {number + "* logits", "Workspace& workspace", "const ssd::Executor& executor"});
    if (kind == RunKind::observed) parameters.push_back("const Observe& observe");
    return print_call("void run", parameters, " noexcept");
}

const char* places_text(const Plan& plan) {
    if (maps_type(plan) == Element::u8) return "Places in the arena and in the weights are counted in bytes.";
    return weights_pointer(plan) == Element::u8 ? "Places in the arena are counted in floats, in the weights in bytes."
                                                : "Places in the arena and in the weights are counted in floats.";
}

std::string run_call(const std::string& outputs, bool observed) {
    return fmt::format("run(ssd::plain_rows(plain), {}, workspace, executor{});", outputs, observed ? ", observe" : "");
}

std::string dequantize(const char* list, const char* count, const StoredMap& stored) {
    return fmt::format("ssd::dequantize(stored_{0}, {1}, {2}, {3}, {0});\n", list, count,
                       print_float(stored.quantization.scale[0]), stored.quantization.zero_point[0]);
}

/// The raw outputs are made in the arena, and become numbers as they leave.
std::string run_and_dequantize(const Plan& plan, bool observed) {
    const auto pointer = [&](const char* list, std::int64_t offset) {
        return fmt::format("std::uint8_t* const stored_{} = {};\n", list,
                           print_offset("bytes_of(workspace)", offset, Element::u8));
    };
    std::string text;
    if (plan.head) text += pointer("boxes", plan.boxes);
    text += pointer("logits", plan.logits);
    text += run_call(plan.head ? "stored_boxes, stored_logits" : "stored_logits", observed) + "\n";
    if (plan.head) text += dequantize("boxes", "priors * 4", *plan.stored.boxes);
    return text + dequantize("logits", plan.head ? "static_cast<std::ptrdiff_t>(priors) * classes" : "classes",
                             *plan.stored.logits);
}

}  // namespace

std::string print_run_order(const Emission& emission, RunKind kind) {
    const Plan& plan = emission.plan;
    const bool file = emission.weights_form == WeightsForm::file, observed = kind == RunKind::observed;
    Entry forward = find_entry(entries_of(interface_of(emission, {})), "forward");
    if (observed) forward.parameters.push_back(ParameterKind::observe);
    return fill_template(
        "network/run_order.cpp",
        {{"weights", file ? "workspace.weights" : emission.name + "_weights"},
         {"weights_missing",
          file ? ",\n    ssd::detail::wrong_if(workspace.weights == nullptr, ssd::Error::no_weights)" : ""},
         {"weight", weights_number(plan)},
         {"number", map_number(plan)},
         {"unit", unit_of_maps(plan)},
         {"places", places_text(plan)},
         {"run", print_run_signature(plan, kind)},
         {"outputs_missing", plan.head ? "boxes == nullptr || logits == nullptr" : "logits == nullptr"},
         {"run_all", maps_type(plan) == Element::f32 ? run_call(output_names(plan), observed)
                                                     : run_and_dequantize(plan, observed)},
         {"forward_or_error", print_signature(forward, "int forward_or_error")},
         {"maps", print_calls_with_maps(calls_of(plan, kind))
                      ? "/// Behind each: the map that it makes, height x width x channels; of predictors those of "
                        "boxes + logits."
                      : ""},
         {"steps", print_steps(plan, kind)}});
}

std::string print_weights_declaration(const Emission& emission) {
    if (emission.weights_form == WeightsForm::file) return "";
    return fmt::format("extern \"C\" const {2} {0}_weights[];  // {0}_weights.{1}", emission.name,
                       emission.weights_form == WeightsForm::array ? "cpp" : "S", weights_number(emission.plan));
}

std::string output_names(const Plan& plan) { return plan.head ? "boxes, logits" : "logits"; }

}  // namespace ssdgen
