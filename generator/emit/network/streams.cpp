#include "emit/network/streams.h"

#include "emit/network/stream_parameters.h"
#include "emit/network/stream_rows.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "emit/print/wrap.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/names.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ssdgen {

namespace {

std::string print_address(const RowAddress& address, const InputNames& inputs, Element maps) {
    switch (address.memory) {
        case RowAddress::Memory::input: return print_offset(inputs.name(address.input), address.offset, maps);
        case RowAddress::Memory::output: return print_offset("output", address.offset, maps);
        case RowAddress::Memory::scratch: return print_offset("scratch", address.offset, maps);
    }
    throw InternalError("internal error: broken invariant: every memory has its pointer");
}

/// The code of a stream in C++: as a class one member function a stage, which makes rows after having asked the stage
/// before for what it reads; unrolled, one call after the other.
class StreamPrinter {
  public:
    /// pointer: what the weights are taken as (emit/network/weights.h).
    StreamPrinter(const Step& step, std::string name, Element pointer, RunKind kind)
        : step_(step),
          name_(std::move(name)),
          code_(stream_code(step)),
          inputs_(step),
          pointer_(pointer),
          maps_(maps_type(step)),
          kind_(kind),
          parameters_(step, pointer, kind) {
        for (const Stage& stage : step.stages) names_.push_back(identifier(stage.name));
    }

    std::string print(const std::string& sharers) const {
        return step_.unrolled ? print_unrolled(sharers) : print_class(sharers);
    }

  private:
    std::string comment(const std::string& sharers) const {
        const Shape from = step_.stages[0].kernel.input();
        std::string comment =
            fmt::format("{}: {} -> {}", step_.name, to_string(from), to_string(step_.last().kernel.output()));
        if (!sharers.empty()) comment += ", and " + sharers;
        return print_comment("// ", comment);
    }

    /// A kernel without weights takes any pointer to floats.
    std::string weights(const std::string& base, const Stage& stage, const StageCode& code) const {
        if (pointer_ != Element::f32 && stage.weights_size == 0) return "nullptr";
        return print_offset(base, code.weights, pointer_);
    }

    std::string print_class(const std::string& sharers) const {
        std::string stages, members = parameters_.members();
        if (code_.picture) {
            stages += picture(*code_.picture);
            members += "int next_picture_row_ = 0;\n";
        }
        for (int input = 0; input < inputs_.count(); ++input)
            if (step_.inputs[std::size_t(input)].place != Operand::Place::picture) stages += input_row(input);
        for (std::size_t index = 0; index < step_.stages.size(); ++index) {
            stages += (stages.empty() ? "" : "\n") + stage(index);
            members += fmt::format("int next_of_{}_ = 0;\n", names_[index]);
            if (keeps_first(index)) members += fmt::format("int first_of_{}_ = 0;\n", names_[index]);
        }
        return fill_template("layers/stream.h",
                             {{"comment", comment(sharers)},
                              {"stream", name_},
                              {"constructor", print_call(name_, parameters_.parameters(), " noexcept", 4)},
                              {"initialisers", print_items(": ", parameters_.initialisers(), " {}", 8)},
                              {"starts", starts()},
                              {"last", names_.back()},
                              {"stages", stages},
                              {"members", members}});
    }

    // --- Unrolled.

    std::string print_unrolled(const std::string& sharers) const {
        std::string body;
        if (code_.picture)
            body += fmt::format("std::fill_n(scratch, {}, {});  // the picture's padding\n",
                                in_numbers(ring_size(code_.picture->ring), maps_), padding());
        for (const StreamOperation& operation : run_stream(code_, 0, step_.last().kernel.output().height))
            body += operation.stage < 0 ? unrolled_picture_row(*code_.picture, operation) : unrolled_rows(operation);
        return fill_template("layers/unrolled_stream.h",
                             {{"comment", comment(sharers)},
                              {"signature", print_call("inline void " + name_, parameters_.parameters(), " noexcept")},
                              {"body", body}});
    }

    std::string unrolled_picture_row(const PictureCode& picture, const StreamOperation& operation) const {
        const std::string row = print_address(operation.output, inputs_, maps_);
        if (operation.first < 0 || operation.first >= picture.height)
            return fmt::format("std::fill_n({}, {}, {});\n", row, picture.row_values, padding());
        const std::string input = inputs_.name(picture.input);
        const std::string bytes =
            fmt::format("{0}.row({0}.state, {1}, {2})", input, operation.first,
                        as_bytes(fmt::format("scratch + {}", in_numbers(ring_size(picture.ring), maps_))));
        return take_row(picture, bytes, row, 4) + "\n";
    }

    std::string unrolled_rows(const StreamOperation& operation) const {
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        const StageCode& code = code_.stages[std::size_t(operation.stage)];
        std::vector<std::string> arguments;
        for (const RowAddress& read : operation.reads) arguments.push_back(print_address(read, inputs_, maps_));
        arguments.push_back(weights("weights", stage, code));
        const std::string output = print_address(operation.output, inputs_, maps_);
        arguments.push_back(output);
        const std::string name =
            unrolled_rows_name(stage.kernel_name, stage.kernel, unrolled_form(stage.kernel, operation));
        const std::string call = print_call("kernels::" + name, arguments, ";", 4) + "\n";
        if (kind_ == RunKind::product) return call;
        return call + fmt::format("observe.rows({}, {}, {}, {});\n", plus("layer", code.layer), operation.first,
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
            text += fmt::format("next_of_{}_ = {}{};{}\n", names_[index],
                                keeps_first(index) ? fmt::format("first_of_{}_ = ", names_[index]) : "",
                                start(code_.stages[index].starts), start_comment(code_.stages[index].starts));
        if (!code_.picture) return text;
        const std::vector<RowStart> first{{code_.picture->reader, code_.picture->start}};
        text += fmt::format("next_picture_row_ = {};{}\n", start(first), start_comment(first));
        return text + fmt::format("std::fill_n(scratch_, {}, {});  // the ring: the padding left and right stays {}\n",
                                  in_numbers(ring_size(code_.picture->ring), maps_), padding(),
                                  maps_ == Element::f32 ? "zero" : "so");
    }

    std::string start(const std::vector<RowStart>& starts) const {
        if (starts.empty()) return "first";
        std::string rows;
        for (const RowStart& start : starts)
            rows += (rows.empty() ? "" : ", ") + print_row(start.row, next_of(start.reader));
        if (starts.size() == 1) return rows;
        return fmt::format(starts.size() == 2 ? "std::min({})" : "std::min({{{}}})", rows);
    }
    /// Why that row: "  // conv1: stride 2, pad_top 1"
    std::string start_comment(const std::vector<RowStart>& starts) const {
        if (starts.size() != 1 || (starts[0].row.scale == 1 && starts[0].row.offset == 0)) return "";
        const Stage& reader = step_.stages[std::size_t(starts[0].reader)];
        const WindowAxis rows = kernel_window(reader.kernel).rows;
        return fmt::format("  // {}: stride {}, pad_top {}", reader.name, rows.stride, rows.before);
    }
    std::string next_of(int stage) const { return fmt::format("next_of_{}_", names_[std::size_t(stage)]); }

    std::string picture_function(const PictureCode& picture) const {
        return stage_row_name(step_.stages[std::size_t(picture.reader)]);
    }

    std::string picture(const PictureCode& picture) const {
        const std::string input = inputs_.name(picture.input) + "_";
        const std::string row = fmt::format("{0}.row({0}.state, next_picture_row_, buffer)", input);
        return fill_template(
            "layers/stream_picture.h",
            {{"pad_top", std::to_string(picture.ring.added)},
             {"pad_left", std::to_string(in_numbers(picture.left, maps_))},
             {"height", std::to_string(picture.height)},
             {"number", map_number(maps_)},
             {"padding", padding()},
             {"buffer", as_bytes("scratch_ + bytes")},
             {"rows", maps_ == Element::f32 ? "normalised and with their padding" : "as they are, with their padding"},
             {"outside", maps_ == Element::f32 ? "zero" : "what is stored for zero"},
             {"stage_row", take_row(picture, row, "row", 16)},
             {"bytes", std::to_string(in_numbers(ring_size(picture.ring), maps_))},
             {"row_values", std::to_string(picture.row_values)},
             {"ring_rows", std::to_string(picture.ring.rows)},
             {"ring_row", std::to_string(in_numbers(picture.ring.row_size, maps_))}});
    }

    /// What stands outside the picture.
    std::string padding() const {
        if (maps_ == Element::f32) return "0.0F";
        const Kernel& kernel = step_.stages[std::size_t(code_.picture->reader)].kernel;
        return fmt::format("std::uint8_t{{{}}}", kernel.whole->input_zeros[0]);
    }

    std::string as_bytes(const std::string& pointer) const {
        return maps_ == Element::u8 ? pointer : fmt::format("reinterpret_cast<std::uint8_t*>({})", pointer);
    }

    /// The row of bytes becomes one of the ring.
    std::string take_row(const PictureCode& picture, const std::string& bytes, const std::string& row,
                         std::size_t indent) const {
        if (maps_ == Element::f32)
            return print_call("kernels::" + picture_function(picture), {bytes, row}, ";", indent);
        return print_call("std::copy_n", {bytes, std::to_string(picture.row_values), row}, ";", indent);
    }

    /// const float* input_row(int y) const noexcept { ... }
    std::string input_row(int input) const {
        return print_row_function(
            fmt::format("const {}*", map_number(maps_)), inputs_.name(input) + "_row", "int y",
            fmt::format("row_size = {};", in_numbers(code_.inputs[std::size_t(input)].row_size, maps_)),
            fmt::format("{}_ + y * row_size;", inputs_.name(input)));
    }

    std::string stage(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        const StageCode& code = code_.stages[index];
        const WindowRows window(stage, code);
        const std::vector<Feed::Covers> covers = covers_of_reads(stage);
        std::vector<std::string> arguments;
        for (std::size_t read = 0; read < code.reads.size(); ++read)
            arguments.push_back(print(code.reads[read], row_text(code, window, code.reads[read].row, covers.at(read))));
        const std::string row = fmt::format("row_of_{}(y)", names_[index]);
        arguments.insert(arguments.end(), {weights("weights_", stage, code), row});
        if (takes_first_of_rows(stage.kernel)) arguments.push_back("y");
        arguments.push_back(code.side_by_side ? "rows" : "y");
        TemplateValues values{{"layer", layer_text(stage.layers[0])},
                              {"name", names_[index]},
                              {"requests", requests(stage, code, window)},
                              {"call", print_call("kernels::" + stage.kernel_name, arguments, ";", 12)},
                              {"observe", observe(code, row)},
                              {"row_function", row_function(index)}};
        if (code.side_by_side) {
            values["count"] = print(code.count);
            return fill_template("layers/stream_pointwise.h", values);
        }
        values["window"] = window.constants();
        return fill_template("layers/stream_window.h", values);
    }

    std::string observe(const StageCode& code, const std::string& row) const {
        if (kind_ == RunKind::product) return "";
        return fmt::format("observe_.rows({}, y, {}, {});", plus("layer_", code.layer),
                           code.side_by_side ? "rows" : "1", row);
    }

    /// What the feed of each of a stage's reads covers.
    static std::vector<Feed::Covers> covers_of_reads(const Stage& stage) {
        std::vector<Feed::Covers> covers;
        const bool one_each = takes_rows_side_by_side(stage.kernel);
        for (const Feed& feed : stage.feeds) {
            const bool one = one_each || feed.covers == Feed::Covers::row;
            covers.insert(covers.end(), one ? 1U : std::size_t(kernel_window(stage.kernel).rows.kernel), feed.covers);
        }
        return covers;
    }

    static std::string row_text(const StageCode& code, const WindowRows& window, const RowFormula& row,
                                Feed::Covers covers) {
        return code.side_by_side ? print_row(row, "y") : window.print(row, covers);
    }

    std::string requests(const Stage& stage, const StageCode& code, const WindowRows& window) const {
        std::string text;
        std::size_t next = 0;
        const auto add = [&](Feed::Covers covers) {
            const RowRequest& request = code.requests.at(next++);
            text += print(request, row_text(code, window, request.end, covers)) + "\n";
        };
        for (const Feed& feed : stage.feeds) {
            if (const auto* rows = std::get_if<RowsFeed>(&feed.from))
                for (std::size_t maker = 0; maker < rows->makers.size(); ++maker) add(feed.covers);
            else if (step_.inputs.at(std::size_t(std::get<WholeFeed>(feed.from).input)).place ==
                     Operand::Place::picture)
                add(feed.covers);
        }
        check(next == code.requests.size(), "every request belongs to a feed");
        return text;
    }

    static std::string print(const RowCount& count) {
        if (count.most == 1) return "constexpr int rows = 1;";
        return fmt::format("const int rows = std::min({}{}, {} - y);", count.most,
                           count.up_to_multiple ? fmt::format(" - y % {}", count.most) : "",
                           count.end ? std::to_string(*count.end) : "end");
    }

    std::string print(const RowRequest& request, const std::string& end) const {
        switch (request.maker) {
            case RowRequest::Maker::picture: return fmt::format("take_picture({});", end);
            case RowRequest::Maker::stage: return fmt::format("make_{}({});", names_[std::size_t(request.stage)], end);
        }
        throw InternalError("internal error: broken invariant: every row has its maker");
    }

    std::string print(const RowRead& read, const std::string& row) const {
        return print_offset(fmt::format("{}({})", source(read), row), read.bytes_behind, maps_);
    }

    std::string source(const RowRead& read) const {
        switch (read.source) {
            case RowRead::Source::picture: return "picture_row";
            case RowRead::Source::input: return inputs_.name(read.index) + "_row";
            case RowRead::Source::stage: return "row_of_" + names_[std::size_t(read.index)];
        }
        throw InternalError("internal error: broken invariant: every row has its source");
    }

    /// float* row_of_conv1(int y) const noexcept { ... }
    static std::string print_row_function(const std::string& type, const std::string& name,
                                          const std::string& parameter, const std::string& constants,
                                          const std::string& value) {
        return fmt::format("{} {}({}) const noexcept {{\n{}    return {}\n}}\n", type, name, parameter,
                           constants.empty() ? "" : fmt::format("    constexpr int {}\n", constants), value);
    }

    std::string row_function(std::size_t index) const {
        return std::visit([&](const auto& rows) { return place("row_of_" + names_[index], rows); },
                          code_.stages[index].output);
    }

    std::string place(const std::string& name, const MapRows& map) const {
        return print_row_function(fmt::format("{}*", map_number(maps_)), name, "int y",
                                  fmt::format("row_size = {};", in_numbers(map.row_size, maps_)),
                                  "output_ + y * row_size;");
    }

    std::string place(const std::string& name, const RingRows& ring) const {
        const std::string begin = print_offset("scratch_", ring.offset, maps_);
        const std::string type = fmt::format("{}*", map_number(maps_));
        if (ring.rows == 1) return print_row_function(type, name, "int", "", begin + ";  // one row alone");
        std::string row = "y";
        if (ring.counted_from) row += fmt::format(" - first_of_{}_", names_[std::size_t(*ring.counted_from)]);
        // Whole turns of the ring, which keep rows above the map from a place before it.
        check(ring.added % ring.rows == 0, "a ring is counted from its first row");
        const int turns = ring.added / ring.rows;
        if (turns > 0) row += turns == 1 ? " + rows" : fmt::format(" + {} * rows", turns);
        return print_row_function(
            type, name, "int y",
            fmt::format("rows = {}, row_size = {};  // of the ring", ring.rows, in_numbers(ring.row_size, maps_)),
            fmt::format("{} + {} % rows * row_size;", begin, row == "y" ? row : "(" + row + ")"));
    }

    const Step& step_;
    std::string name_;
    StreamCode code_;
    InputNames inputs_;
    Element pointer_;
    Element maps_;
    RunKind kind_;
    StreamParameters parameters_;
    std::vector<std::string> names_;  // of the stages
};

/// The name of each step's stream; steps of equal code have that of the first of them.
std::vector<std::string> stream_names(const Plan& plan) {
    const std::vector<std::string> functions = step_functions(plan);
    std::map<std::string, std::string> first;  // by the name of the code
    std::vector<std::string> names;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const std::string own = stream_class(functions[index]);
        names.push_back(plan.steps[index].stream ? first.emplace(plan.steps[index].stream_name, own).first->second
                                                 : "");
    }
    return names;
}

std::string print_stream_function(const Step& step, const std::string& name, const std::string& stream,
                                  const StreamParameters& parameters, int first_layer) {
    std::string layers;
    for (const Stage& stage : step.stages) layers += (layers.empty() ? "" : ", ") + stage.name;
    const std::string call = print_call("streams::" + stream, parameters.arguments(first_layer),
                                        step.unrolled ? ";" : ".run(first, end);", 4);
    return print_comment("// ", layers) +
           print_call("inline void " + name, parameters.of_function(!step.unrolled), " noexcept {") + "\n" +
           indented(call + "\n", 4) + "}\n";
}

}  // namespace

std::string print_stream_classes(const Plan& plan, RunKind kind) {
    const std::vector<std::string> names = stream_names(plan);
    std::map<std::string, std::string> sharers;  // of each stream: the steps that have it too
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        if (!plan.steps[index].stream) continue;
        const auto [found, first] = sharers.emplace(names[index], "");
        if (!first) found->second += (found->second.empty() ? "" : ", ") + plan.steps[index].name;
    }
    std::string streams;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const auto shared = sharers.find(names[index]);
        if (shared == sharers.end()) continue;
        streams += (streams.empty() ? "" : "\n") +
                   StreamPrinter(plan.steps[index], names[index], weights_pointer(plan), kind).print(shared->second);
        sharers.erase(shared);
    }
    return streams;
}

std::string print_stream_functions(const Plan& plan, RunKind kind) {
    const std::vector<std::string> functions = step_functions(plan), streams = stream_names(plan);
    std::string text;
    int first_layer = 0;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        if (step.stream)
            text += (text.empty() ? "" : "\n") +
                    print_stream_function(step, functions[index], streams[index],
                                          StreamParameters(step, weights_pointer(plan), kind), first_layer);
        for (const Stage& stage : step.stages) first_layer += int(stage.layers.size());
    }
    return text;
}

std::string print_streams(const Emission& emission) {
    const Plan& plan = emission.plan;
    return fill_template("layers/streams.h", {{"header", file_header(emission.command)},
                                              {"network", emission.name},
                                              {"unit", unit_of_maps(plan)},
                                              {"streams", print_stream_classes(plan, RunKind::product)},
                                              {"layers", print_stream_functions(plan, RunKind::product)}});
}

}  // namespace ssdgen
