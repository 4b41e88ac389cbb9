#include "emit/network/streams.h"

#include "emit/print/file_header.h"
#include "emit/print/template.h"
#include "graph/shapes.h"
#include "kernel/unroll.h"
#include "plan/kernels.h"
#include "plan/names.h"
#include "plan/scratch.h"
#include "plan/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// "weights + 80", "weights"
std::string plus(const std::string& base, std::int64_t offset) {
    return offset ? fmt::format("{} + {}", base, offset) : base;
}

/// "y", "y + 2", "y * 2 - 1"
std::string scaled(int factor, int offset) {
    std::string text = factor == 1 ? "y" : fmt::format("y * {}", factor);
    if (offset) text += fmt::format(" {} {}", offset < 0 ? '-' : '+', std::abs(offset));
    return text;
}

/// A stream as a class: one member function a stage, which makes rows after having asked the stage before for what it
/// reads.
class StreamCode {
  public:
    explicit StreamCode(const Step& step) : step_(step), picture_(step.input.place == Operand::Place::picture) {
        int layer = 0;
        for (const Stage& stage : step.stages) {
            names_.push_back(identifier(stage.name));
            first_layers_.push_back(layer);
            layer += int(stage.layers.size());
        }
    }

    std::string print(const std::string& sharers) const {
        return step_.unrolled ? print_unrolled(sharers) : print_class(sharers);
    }

  private:
    std::string comment(const std::string& sharers) const {
        const Shape from = kernel_input(step_.stages[0].kernel);
        std::string comment =
            fmt::format("// {}: {} -> {}", step_.name, to_string(from), to_string(kernel_output(step_.last().kernel)));
        if (!sharers.empty()) comment += ", and " + sharers;
        return comment;
    }

    std::string print_class(const std::string& sharers) const {
        std::string stages, members;
        if (picture_) {
            stages += picture();
            members += "int next_picture_row_ = 0;\n";
        }
        for (std::size_t index = 0; index < step_.stages.size(); ++index) {
            stages += (stages.empty() ? "" : "\n") + stage(index);
            members += fmt::format("int next_of_{}_ = 0;\n", names_[index]);
            if (in_ring(index)) members += fmt::format("int first_of_{}_ = 0;\n", names_[index]);
        }
        return fill_template("layers/stream.h", {{"comment", comment(sharers)},
                                                 {"stream", identifier(step_.stream_name)},
                                                 {"input_type", picture_ ? "const ssd::Rows&" : "const float*"},
                                                 {"starts", starts()},
                                                 {"last", names_.back()},
                                                 {"stages", stages},
                                                 {"members", members}});
    }

    // --- Unrolled: one call after the other.

    std::string print_unrolled(const std::string& sharers) const {
        std::string body;
        if (picture_)
            body += fmt::format("std::fill_n(scratch, {}, 0.0F);  // the picture's padding\n", picture_ring_size());
        const int height = kernel_output(step_.last().kernel).height;
        for (const StreamOperation& operation : stream_order(step_, 0, height))
            body += operation.stage < 0 ? unrolled_picture_rows(operation) : unrolled_rows(operation);
        return fill_template("layers/unrolled_stream.h",
                             {{"comment", comment(sharers)},
                              {"stream", identifier(step_.stream_name)},
                              {"input_type", picture_ ? "const ssd::Rows&" : "const float*"},
                              {"body", body}});
    }

    std::string unrolled_picture_rows(const StreamOperation& operation) const {
        const auto& kernel = std::get<ConvolutionKernel>(step_.stages[0].kernel);
        std::string text;
        for (int y = operation.first; y < operation.first + operation.rows; ++y) {
            const std::string row =
                plus("scratch", picture_place(y) + kernel.window.columns.before * kernel.input.channels);
            if (y < 0 || y >= kernel.input.height)
                text += fmt::format("std::fill_n({}, {}, 0.0F);\n", row, kernel.input.width * kernel.input.channels);
            else
                text += fmt::format(
                    "kernels::{}(input.row(input.state, {}, reinterpret_cast<std::uint8_t*>(scratch + {})), {});\n",
                    stage_row_name(step_.stages[0]), y, picture_ring_size(), row);
        }
        return text;
    }

    std::string unrolled_rows(const StreamOperation& operation) const {
        const auto index = std::size_t(operation.stage);
        const Stage& stage = step_.stages[index];
        const Window& window = kernel_window(stage.kernel);
        const auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel);
        std::string inputs;
        if (convolution && convolution->row_pixels) {
            inputs = place_of_input(index, operation.first);
        } else {
            for (int tap = 0; tap < window.rows.kernel; ++tap)
                inputs += (tap ? ", " : "") + place_of_input(index, pixel_of(window.rows, operation.first, tap));
        }
        const std::string output = is_last(index) ? plus("output", operation.first * row_size(index))
                                                  : plus("scratch", ring_place(step_, index, operation.first));
        std::string text = fmt::format("kernels::{}({}, {}, {});\n", unrolled_name(stage, operation), inputs,
                                       plus("weights", relative_weights(index)), output);
        return text + fmt::format("observe.rows({}, {}, {}, {});\n", plus("layer", first_layers_[index]),
                                  operation.first, operation.rows, output);
    }

    /// The form that serves these rows (kernel/unroll.h).
    static std::string unrolled_name(const Stage& stage, const StreamOperation& operation) {
        std::string name;
        const auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel);
        if (convolution && convolution->row_pixels)
            return unrolled_rows_name(stage.kernel_name, stage.kernel, operation.rows);
        for (int first : unrolled_forms(stage.kernel))
            if (first <= operation.first) name = unrolled_rows_name(stage.kernel_name, stage.kernel, first);
        return name;
    }

    std::int64_t picture_ring_size() const {
        const auto& kernel = std::get<ConvolutionKernel>(step_.stages[0].kernel);
        return picture_ring_rows(kernel) * picture_row_size(kernel);
    }
    std::int64_t picture_place(int y) const {
        const auto& kernel = std::get<ConvolutionKernel>(step_.stages[0].kernel);
        return (y + kernel.window.rows.before) % picture_ring_rows(kernel) * picture_row_size(kernel);
    }
    /// Outside the map it is not read, but the pointer has to be one.
    std::string place_of_input(std::size_t index, int row) const {
        if (index == 0 && picture_) return plus("scratch", picture_place(row));
        const Shape map = kernel_input(step_.stages[index].kernel);
        const int inside = std::clamp(row, 0, map.height - 1);
        if (index == 0) return plus("input", std::int64_t(inside) * map.width * map.channels);
        return plus("scratch", ring_place(step_, index - 1, inside));
    }

    // --- With loops.

    bool in_ring(std::size_t index) const { return step_.stages[index].ring_rows > 1; }
    bool is_last(std::size_t index) const { return index + 1 == step_.stages.size(); }
    int height(std::size_t index) const { return kernel_output(step_.stages[index].kernel).height; }
    std::int64_t row_size(std::size_t index) const {
        const Shape output = kernel_output(step_.stages[index].kernel);
        return std::int64_t(output.width) * output.channels;
    }
    std::int64_t relative_weights(std::size_t index) const {
        return step_.stages[index].weights - step_.stages[0].weights;
    }

    /// The first row that each stage is asked for; the zeros of the picture's padding.
    std::string starts() const {
        std::string text;
        for (std::size_t index = step_.stages.size(); index-- > 0;) {
            std::string first = "first";
            if (!is_last(index)) {
                const Window& window = kernel_window(step_.stages[index + 1].kernel);
                first = fmt::format("next_of_{}_", names_[index + 1]);
                if (window.rows.stride != 1) first += fmt::format(" * {}", window.rows.stride);
                if (window.rows.before) first = fmt::format("std::max({} - {}, 0)", first, window.rows.before);
            }
            text += fmt::format("next_of_{}_ = {}{};\n", names_[index],
                                in_ring(index) ? fmt::format("first_of_{}_ = ", names_[index]) : "", first);
        }
        if (!picture_) return text;
        const auto& kernel = std::get<ConvolutionKernel>(step_.stages[0].kernel);
        const Window& window = kernel.window;
        text += fmt::format(
            "next_picture_row_ = {};\n",
            scaled(window.rows.stride, -window.rows.before).replace(0, 1, fmt::format("next_of_{}_", names_[0])));
        return text + fmt::format("std::fill_n(scratch_, {}, 0.0F);  // the padding left and right stays zero\n",
                                  picture_ring_size());
    }

    std::string picture() const {
        const auto& kernel = std::get<ConvolutionKernel>(step_.stages[0].kernel);
        return fill_template(
            "layers/stream_picture.h",
            {{"pad_top", std::to_string(kernel.window.rows.before)},
             {"pad_left", kernel.window.columns.before
                              ? fmt::format(" + {}", kernel.window.columns.before * kernel.input.channels)
                              : ""},
             {"height", std::to_string(kernel.input.height)},
             {"stage_row", stage_row_name(step_.stages[0])},
             {"bytes", std::to_string(picture_ring_size())},
             {"row_values", std::to_string(kernel.input.width * kernel.input.channels)},
             {"ring_rows", std::to_string(picture_ring_rows(kernel))},
             {"ring_row", std::to_string(picture_row_size(kernel))}});
    }

    std::string stage(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        const auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel);
        TemplateValues values{{"layer", layer_text(stage.layers[0])},
                              {"name", names_[index]},
                              {"before", before(index)},
                              {"kernel", stage.kernel_name},
                              {"weights", plus("weights_", relative_weights(index))},
                              {"index", plus("layer_", first_layers_[index])},
                              {"row_function", row_function(index)}};
        if (convolution && convolution->row_pixels) {
            values["input"] = input_row(index, "y", 0);
            values["count"] = convolution->stream_rows == 1
                                  ? "constexpr int rows = 1;"
                                  : fmt::format("const int rows = std::min({}, {} - y);", convolution->stream_rows,
                                                is_last(index) ? "end" : std::to_string(height(index)));
            return fill_template("layers/stream_pointwise.h", values);
        }
        const Window& window = kernel_window(stage.kernel);
        std::string rows;
        for (int tap = 0; tap < window.rows.kernel; ++tap) {
            const int offset = pixel_of(window.rows, 0, tap);
            rows += (tap ? ", " : "") + input_row(index, scaled(window.rows.stride, offset), offset);
        }
        values["rows"] = rows;
        return fill_template("layers/stream_window.h", values);
    }

    /// Has the stage before make what is read now.
    std::string before(std::size_t index) const {
        const Window& window = kernel_window(step_.stages[index].kernel);
        const int reach = extent(window.rows) - window.rows.before;
        if (index == 0) return picture_ ? fmt::format("take_picture({});", scaled(window.rows.stride, reach)) : "";
        const auto* convolution = std::get_if<ConvolutionKernel>(&step_.stages[index].kernel);
        if (convolution && convolution->row_pixels) return fmt::format("make_{}(y + rows);", names_[index - 1]);
        const std::string end = scaled(window.rows.stride, reach);
        const bool beyond = (height(index) - 1) * window.rows.stride + reach > height(index - 1);
        return fmt::format("make_{}({});", names_[index - 1],
                           beyond ? fmt::format("std::min({}, {})", end, height(index - 1)) : end);
    }

    /// A row that a stage reads; `offset`: of a window's row from its scaled y.
    std::string input_row(std::size_t index, const std::string& row, int offset) const {
        if (index > 0) return fmt::format("row_of_{}({})", names_[index - 1], row);
        if (picture_) return fmt::format("picture_row({})", row);
        const Stage& stage = step_.stages[0];
        const Shape map = kernel_input(stage.kernel);
        // Outside the map it is not read, but the pointer has to be one.
        std::string inside = row;
        if ((kernel_output(stage.kernel).height - 1) * kernel_window(stage.kernel).rows.stride + offset >= map.height)
            inside = fmt::format("std::min({}, {})", inside, map.height - 1);
        if (offset < 0) inside = fmt::format("std::max({}, 0)", inside);
        const bool one_word = inside.find(' ') == std::string::npos || inside.back() == ')';
        return fmt::format("input_ + {} * {}", one_word ? inside : "(" + inside + ")",
                           std::int64_t(map.width) * map.channels);
    }

    /// float* row_of_conv1(int y) const noexcept { ... }
    std::string row_function(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        std::string place = fmt::format("output_ + y * {}", row_size(index));
        std::string parameter = "int y";
        if (!is_last(index)) {
            place = plus("scratch_", stage.ring);
            if (in_ring(index))
                place += fmt::format(" + (y - first_of_{}_ + {}) % {} * {}", names_[index], stage.ring_rows,
                                     stage.ring_rows, row_size(index));
            else
                parameter = "int";
        }
        return fmt::format("float* row_of_{}({}) const noexcept {{ return {}; }}", names_[index], parameter, place);
    }

    const Step& step_;
    bool picture_;
    std::vector<std::string> names_;
    std::vector<int> first_layers_;
};

std::string layer_function(const Step& step, const std::string& name, int first_layer) {
    std::string layers;
    for (const Stage& stage : step.stages) layers += (layers.empty() ? "" : ", ") + stage.name;
    return fmt::format(
        "// {}\ntemplate <class Observe>\nvoid {}({} input, const float* weights, float* output, float* scratch, int "
        "{},\n"
        "    const Observe& observe) noexcept {{\n"
        "    streams::{}{}(input, weights, output, scratch, {}, observe){};\n}}\n",
        layers, name, step.input.place == Operand::Place::picture ? "const ssd::Rows&" : "const float*",
        step.unrolled ? "/*first*/, int /*end*/" : "first, int end", identifier(step.stream_name),
        step.unrolled ? "" : "<Observe>", first_layer, step.unrolled ? "" : ".run(first, end)");
}

}  // namespace

std::string print_streams(const Emission& emission) {
    const Plan& plan = emission.plan;
    const std::vector<std::string> names = step_functions(plan);
    std::map<std::string, std::string> sharers;
    for (const Step& step : plan.steps) {
        if (!step.stream) continue;
        const auto [found, first] = sharers.emplace(step.stream_name, "");
        if (!first) found->second += (found->second.empty() ? "" : ", ") + step.name;
    }
    std::string streams, layers;
    int first_layer = 0;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        if (step.stream) {
            const auto shared = sharers.find(step.stream_name);
            if (shared != sharers.end()) {
                streams += (streams.empty() ? "" : "\n") + StreamCode(step).print(shared->second);
                sharers.erase(shared);
            }
            layers += (layers.empty() ? "" : "\n") + layer_function(step, names[index], first_layer);
        }
        for (const Stage& stage : step.stages) first_layer += int(stage.layers.size());
    }
    return fill_template("layers/streams.h", {{"header", file_header(emission.command)},
                                              {"network", emission.name},
                                              {"streams", streams},
                                              {"layers", layers}});
}

}  // namespace ssdgen
