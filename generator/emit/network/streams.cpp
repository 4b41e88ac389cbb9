#include "emit/network/streams.h"

#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/names.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

namespace {

/// "layer_ + 2", "layer_"
std::string plus(const std::string& base, int number) { return number ? fmt::format("{} + {}", base, number) : base; }

/// "y", "y + 2", "y * 2 - 1", "std::min(y * 2 + 2, 75)"; `of`: what stands for y.
std::string print_row(const RowFormula& row, const std::string& of) {
    std::string text = row.scale == 1 ? of : fmt::format("{} * {}", of, row.scale);
    if (row.offset) text += fmt::format(" {} {}", row.offset < 0 ? '-' : '+', std::abs(row.offset));
    if (row.plus_rows) text += " + rows";
    if (row.at_most) text = fmt::format("std::min({}, {})", text, *row.at_most);
    if (row.at_least) text = fmt::format("std::max({}, {})", text, *row.at_least);
    return text;
}

/// As a factor: "(y * 2)", "std::max(y - 1, 0)".
std::string in_brackets(const std::string& text) {
    const bool one_word = text.find(' ') == std::string::npos || text.back() == ')';
    return one_word ? text : "(" + text + ")";
}

/// The parameters of a stream that bring its inputs: one is called "input", several are "input_0", "input_1".
class InputNames {
  public:
    explicit InputNames(const Step& step) : step_(step) {}

    std::string name(int input) const { return step_.inputs.size() == 1 ? "input" : fmt::format("input_{}", input); }
    std::string type(int input) const {
        const bool picture = step_.inputs[std::size_t(input)].place == Operand::Place::picture;
        return picture ? "const ssd::Rows&" : "const float*";
    }
    /// "const float* input_0, const float* input_1"
    std::string parameters() const {
        return each(", ", [&](int input) { return type(input) + " " + name(input); });
    }
    /// "input_0, input_1"
    std::string arguments() const {
        return each(", ", [&](int input) { return name(input); });
    }
    /// "input_0_(input_0), input_1_(input_1)"
    std::string initialisers() const {
        return each(", ", [&](int input) { return fmt::format("{0}_({0})", name(input)); });
    }
    std::string members() const {
        return each("\n", [&](int input) { return fmt::format("{} {}_;", type(input), name(input)); });
    }

  private:
    template <class Print>
    std::string each(const char* between, const Print& print) const {
        std::string text;
        for (int input = 0; input < int(step_.inputs.size()); ++input) text += (input ? between : "") + print(input);
        return text;
    }

    const Step& step_;
};

std::string print_address(const RowAddress& address, const InputNames& inputs) {
    switch (address.memory) {
        case RowAddress::Memory::input: return print_offset(inputs.name(address.input), address.offset);
        case RowAddress::Memory::output: return print_offset("output", address.offset);
        case RowAddress::Memory::scratch: return print_offset("scratch", address.offset);
    }
    throw InternalError("internal error: broken invariant: every memory has its pointer");
}

/// The code of a stream in C++: as a class one member function a stage, which makes rows after having asked the stage
/// before for what it reads; unrolled, one call after the other.
class StreamPrinter {
  public:
    /// pointer: what the weights are taken as (emit/network/weights.h).
    StreamPrinter(const Step& step, Element pointer)
        : step_(step), code_(stream_code(step)), inputs_(step), pointer_(pointer) {
        for (const Stage& stage : step.stages) names_.push_back(identifier(stage.name));
    }

    std::string print(const std::string& sharers) const {
        return step_.unrolled ? print_unrolled(sharers) : print_class(sharers);
    }

  private:
    std::string comment(const std::string& sharers) const {
        const Shape from = step_.stages[0].kernel.input();
        std::string comment =
            fmt::format("// {}: {} -> {}", step_.name, to_string(from), to_string(step_.last().kernel.output()));
        if (!sharers.empty()) comment += ", and " + sharers;
        return comment;
    }

    /// A kernel without weights takes any pointer to floats.
    std::string weights(const std::string& base, const Stage& stage, const StageCode& code) const {
        if (pointer_ != Element::f32 && stage.weights_size == 0) return "nullptr";
        return print_offset(base, code.weights, pointer_);
    }

    std::string print_class(const std::string& sharers) const {
        std::string stages, members;
        if (code_.picture) {
            stages += picture(*code_.picture);
            members += "int next_picture_row_ = 0;\n";
        }
        for (std::size_t index = 0; index < step_.stages.size(); ++index) {
            stages += (stages.empty() ? "" : "\n") + stage(index);
            members += fmt::format("int next_of_{}_ = 0;\n", names_[index]);
            if (keeps_first(index)) members += fmt::format("int first_of_{}_ = 0;\n", names_[index]);
        }
        return fill_template("layers/stream.h", {{"comment", comment(sharers)},
                                                 {"stream", identifier(step_.stream_name)},
                                                 {"parameters", inputs_.parameters()},
                                                 {"weight", pointed_name(pointer_)},
                                                 {"initialisers", inputs_.initialisers()},
                                                 {"inputs", inputs_.members()},
                                                 {"starts", starts()},
                                                 {"last", names_.back()},
                                                 {"stages", stages},
                                                 {"members", members}});
    }

    // --- Unrolled.

    std::string print_unrolled(const std::string& sharers) const {
        std::string body;
        if (code_.picture)
            body += fmt::format("std::fill_n(scratch, {}, 0.0F);  // the picture's padding\n",
                                in_numbers(ring_size(code_.picture->ring)));
        for (const StreamOperation& operation : run_stream(code_, 0, step_.last().kernel.output().height))
            body += operation.stage < 0 ? unrolled_picture_row(*code_.picture, operation) : unrolled_rows(operation);
        return fill_template("layers/unrolled_stream.h", {{"comment", comment(sharers)},
                                                          {"stream", identifier(step_.stream_name)},
                                                          {"parameters", inputs_.parameters()},
                                                          {"weight", pointed_name(pointer_)},
                                                          {"body", body}});
    }

    std::string unrolled_picture_row(const PictureCode& picture, const StreamOperation& operation) const {
        const std::string row = print_address(operation.output, inputs_);
        if (operation.first < 0 || operation.first >= picture.height)
            return fmt::format("std::fill_n({}, {}, 0.0F);\n", row, picture.row_values);
        return fmt::format(
            "kernels::{0}({1}.row({1}.state, {2}, reinterpret_cast<std::uint8_t*>(scratch + {3})), {4});\n",
            picture_function(picture), inputs_.name(picture.input), operation.first,
            in_numbers(ring_size(picture.ring)), row);
    }

    std::string unrolled_rows(const StreamOperation& operation) const {
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        const StageCode& code = code_.stages[std::size_t(operation.stage)];
        std::string inputs;
        for (const RowAddress& read : operation.reads) inputs += print_address(read, inputs_) + ", ";
        const std::string output = print_address(operation.output, inputs_);
        return fmt::format("kernels::{}({}{}, {});\nobserve.rows({}, {}, {}, {});\n",
                           unrolled_rows_name(stage.kernel_name, stage.kernel, unrolled_form(stage.kernel, operation)),
                           inputs, weights("weights", stage, code), output, plus("layer", code.layer), operation.first,
                           operation.rows, output);
    }

    // --- With loops.

    /// Whether places in its ring are counted from its first row.
    bool keeps_first(std::size_t index) const {
        const auto* ring = std::get_if<RingRows>(&code_.stages[index].output);
        return ring && ring->counted_from == int(index);
    }

    /// The first row that each stage is asked for; the zeros of the picture's padding.
    std::string starts() const {
        std::string text;
        for (std::size_t index = step_.stages.size(); index-- > 0;)
            text += fmt::format("next_of_{}_ = {}{};\n", names_[index],
                                keeps_first(index) ? fmt::format("first_of_{}_ = ", names_[index]) : "",
                                start(code_.stages[index].starts));
        if (!code_.picture) return text;
        text +=
            fmt::format("next_picture_row_ = {};\n", print_row(code_.picture->start, next_of(code_.picture->reader)));
        return text + fmt::format("std::fill_n(scratch_, {}, 0.0F);  // the padding left and right stays zero\n",
                                  in_numbers(ring_size(code_.picture->ring)));
    }

    std::string start(const std::vector<RowStart>& starts) const {
        if (starts.empty()) return "first";
        std::string rows;
        for (const RowStart& start : starts)
            rows += (rows.empty() ? "" : ", ") + print_row(start.row, next_of(start.reader));
        if (starts.size() == 1) return rows;
        return fmt::format(starts.size() == 2 ? "std::min({})" : "std::min({{{}}})", rows);
    }
    std::string next_of(int stage) const { return fmt::format("next_of_{}_", names_[std::size_t(stage)]); }

    std::string picture_function(const PictureCode& picture) const {
        return stage_row_name(step_.stages[std::size_t(picture.reader)]);
    }

    std::string picture(const PictureCode& picture) const {
        return fill_template("layers/stream_picture.h",
                             {{"input", inputs_.name(picture.input)},
                              {"pad_top", std::to_string(picture.ring.added)},
                              {"pad_left", print_offset("", picture.left)},
                              {"height", std::to_string(picture.height)},
                              {"stage_row", picture_function(picture)},
                              {"bytes", std::to_string(in_numbers(ring_size(picture.ring)))},
                              {"row_values", std::to_string(picture.row_values)},
                              {"ring_rows", std::to_string(picture.ring.rows)},
                              {"ring_row", std::to_string(in_numbers(picture.ring.row_size))}});
    }

    std::string stage(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        const StageCode& code = code_.stages[index];
        std::string requests, reads;
        for (const RowRequest& request : code.requests) requests += (requests.empty() ? "" : "\n") + print(request);
        for (const RowRead& read : code.reads) reads += (reads.empty() ? "" : ", ") + print(read);
        TemplateValues values{{"layer", layer_text(stage.layers[0])},
                              {"name", names_[index]},
                              {"requests", requests},
                              {"kernel", stage.kernel_name},
                              {"reads", reads},
                              {"weights", weights("weights_", stage, code)},
                              {"index", plus("layer_", code.layer)},
                              {"row_function", row_function(index)}};
        if (!code.side_by_side) return fill_template("layers/stream_window.h", values);
        values["count"] = print(code.count);
        return fill_template("layers/stream_pointwise.h", values);
    }

    static std::string print(const RowCount& count) {
        if (count.most == 1) return "constexpr int rows = 1;";
        return fmt::format("const int rows = std::min({}{}, {} - y);", count.most,
                           count.up_to_multiple ? fmt::format(" - y % {}", count.most) : "",
                           count.end ? std::to_string(*count.end) : "end");
    }

    std::string print(const RowRequest& request) const {
        const std::string end = print_row(request.end, "y");
        switch (request.maker) {
            case RowRequest::Maker::picture: return fmt::format("take_picture({});", end);
            case RowRequest::Maker::stage: return fmt::format("make_{}({});", names_[std::size_t(request.stage)], end);
        }
        throw InternalError("internal error: broken invariant: every row has its maker");
    }

    std::string print(const RowRead& read) const { return print_offset(source(read), read.bytes_behind); }

    std::string source(const RowRead& read) const {
        const std::string row = print_row(read.row, "y");
        switch (read.source) {
            case RowRead::Source::picture: return fmt::format("picture_row({})", row);
            case RowRead::Source::input:
                return fmt::format("{}_ + {} * {}", inputs_.name(read.index), in_brackets(row),
                                   in_numbers(code_.inputs[std::size_t(read.index)].row_size));
            case RowRead::Source::stage: return fmt::format("row_of_{}({})", names_[std::size_t(read.index)], row);
        }
        throw InternalError("internal error: broken invariant: every row has its source");
    }

    /// float* row_of_conv1(int y) const noexcept { ... }
    std::string row_function(std::size_t index) const {
        const auto* ring = std::get_if<RingRows>(&code_.stages[index].output);
        return fmt::format("float* row_of_{}({}) const noexcept {{ return {}; }}", names_[index],
                           ring && ring->rows == 1 ? "int" : "int y",
                           std::visit([&](const auto& rows) { return place(rows); }, code_.stages[index].output));
    }

    static std::string place(const MapRows& map) { return fmt::format("output_ + y * {}", in_numbers(map.row_size)); }

    std::string place(const RingRows& ring) const {
        const std::string begin = print_offset("scratch_", ring.offset);
        if (ring.rows == 1) return begin;
        const std::string from =
            ring.counted_from ? fmt::format(" - first_of_{}_", names_[std::size_t(*ring.counted_from)]) : "";
        return fmt::format("{} + {} % {} * {}", begin, in_brackets(plus("y" + from, ring.added)), ring.rows,
                           in_numbers(ring.row_size));
    }

    const Step& step_;
    StreamCode code_;
    InputNames inputs_;
    Element pointer_;
    std::vector<std::string> names_;
};

std::string layer_function(const Step& step, const std::string& name, int first_layer, const char* weight) {
    std::string layers;
    for (const Stage& stage : step.stages) layers += (layers.empty() ? "" : ", ") + stage.name;
    const InputNames inputs(step);
    return fmt::format(
        "// {}\ntemplate <class Observe>\nvoid {}({}, const {}* weights, float* output, float* scratch, int {},\n"
        "    const Observe& observe) noexcept {{\n"
        "    streams::{}{}({}, weights, output, scratch, {}, observe){};\n}}\n",
        layers, name, inputs.parameters(), weight, step.unrolled ? "/*first*/, int /*end*/" : "first, int end",
        identifier(step.stream_name), step.unrolled ? "" : "<Observe>", inputs.arguments(), first_layer,
        step.unrolled ? "" : ".run(first, end)");
}

}  // namespace

std::string print_stream_classes(const Plan& plan) {
    std::map<std::string, std::string> sharers;
    for (const Step& step : plan.steps) {
        if (!step.stream) continue;
        const auto [found, first] = sharers.emplace(step.stream_name, "");
        if (!first) found->second += (found->second.empty() ? "" : ", ") + step.name;
    }
    std::string streams;
    for (const Step& step : plan.steps) {
        const auto shared = sharers.find(step.stream_name);
        if (!step.stream || shared == sharers.end()) continue;
        streams += (streams.empty() ? "" : "\n") + StreamPrinter(step, weights_pointer(plan)).print(shared->second);
        sharers.erase(shared);
    }
    return streams;
}

std::string print_streams(const Emission& emission) {
    const Plan& plan = emission.plan;
    const std::vector<std::string> names = step_functions(plan);
    std::string layers;
    int first_layer = 0;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        if (step.stream)
            layers +=
                (layers.empty() ? "" : "\n") + layer_function(step, names[index], first_layer, weights_number(plan));
        for (const Stage& stage : step.stages) first_layer += int(stage.layers.size());
    }
    return fill_template("layers/streams.h", {{"header", file_header(emission.command)},
                                              {"network", emission.name},
                                              {"streams", print_stream_classes(plan)},
                                              {"layers", layers}});
}

}  // namespace ssdgen
