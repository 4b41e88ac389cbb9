#include "emit/guide/sections.h"

#include "description/spelling.h"
#include "emit/network/run_order.h"
#include "emit/network/weights.h"
#include "emit/print/offset.h"
#include "emit/print/template.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "support/error.h"
#include "weights/number_formats.h"

#include <fmt/format.h>

#include <string_view>

namespace ssdgen {

namespace {

/// A number of the packed weights.
float packed_number(const Plan& plan, Element element, std::int64_t offset) {
    const std::string_view bytes(reinterpret_cast<const char*>(plan.weights.data()), plan.weights.size());
    const auto at = std::size_t(offset);
    switch (element) {
        case Element::f32: return load_little_endian<float>(bytes, at);
        case Element::f16: return from_half(load_little_endian<std::uint16_t>(bytes, at));
        case Element::bf16: return from_bfloat16(load_little_endian<std::uint16_t>(bytes, at));
        case Element::u8:
        case Element::s8:
        case Element::s32: break;
    }
    throw InternalError(fmt::format("internal error: broken invariant: weights are packed as {}", spell(element)));
}

/// A worked output with the texts that its section is made of.
class ByHand {
  public:
    explicit ByHand(const GuidedPlan& guided)
        : guided_(guided),
          plan_(guided.emission.plan),
          worked_(*guided.worked),
          stage_(*all_stages(plan_)[worked_.stage]),
          types_(stage_.kernel.signature),
          picture_(std::get_if<PictureKernel>(&stage_.kernel.kind)),
          bias_(packed_number(plan_, types_.accumulator, worked_.bias)) {
        for (const WorkedTerm& term : worked_.terms) add(term);
    }

    TemplateValues values() const {
        const ObservedLayer& layer = stage_.layers[0];
        const Activation activation = stage_.kernel.epilogue.activation;
        const double sum = bias_ + products_;
        return {{"layer", layer.name},
                {"kind", layer.kind},
                {"shapes", to_string(layer.input) + " -> " + to_string(layer.output)},
                {"row", std::to_string(worked_.row)},
                {"column", std::to_string(worked_.column)},
                {"channel", std::to_string(worked_.channel)},
                {"window", window_text()},
                {"bias", number(double(bias_))},
                {"layout", describe_packing(plan_.target, stage_.kernel, 0)},
                {"block", block_text()},
                {"mean", picture_ && has_mean()
                             ? " The mean is taken from the byte; the scale of the input is in the weights."
                             : ""},
                {"unit", in_file() ? "byte" : "index"},
                {"count", std::to_string(worked_.terms.size())},
                {"outside", outside_text()},
                {"input_heading", input_heading()},
                {"terms", terms_},
                {"sum", fmt::format("{} + the products = {}", number(double(bias_)), number(sum))},
                {"formula", formula(activation)},
                {"expected", number(worked_.expected)},
                {"look", look_text()}};
    }

  private:
    static std::string number(double value) { return fmt::format("{:.9g}", value); }

    void add(const WorkedTerm& term) {
        const float weight = packed_number(plan_, types_.weight, term.weight);
        const double mean = picture_ ? double(picture_->mean[std::size_t(term.channel)]) : 0;
        const double product = (term.input - mean) * double(weight);
        products_ += product;
        const std::string input =
            picture_ && mean != 0 ? fmt::format("{} - {}", number(term.input), number(mean)) : number(term.input);
        terms_ += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", term.number, term.row, term.column,
                              term.channel, input, offset(term.weight), number(double(weight)), number(product));
    }

    /// Of a file: the byte; of an array: the index.
    std::int64_t offset(std::int64_t weight) const {
        const WeightsFile& file = guided_.emitted.weights;
        return file.first_byte ? *file.first_byte + weight : in_numbers(weight, weights_pointer(plan_));
    }

    bool in_file() const { return guided_.emitted.weights.first_byte.has_value(); }

    PackedBlock block() const {
        for (const PackedBlock& block : packed_blocks(plan_.target, stage_.kernel))
            if (block.output == 0 && worked_.channel < block.first_channel + block.channels) return block;
        throw InternalError("internal error: broken invariant: every channel has weights");
    }

    /// Where the block is, and how the places in it are found.
    std::string block_text() const {
        const PackedBlock own = block();
        const int number = worked_.channel - own.first_channel;
        const ChannelPlace place = own.place(types_, number);
        const std::int64_t begin = stage_.weights + own.begin;
        const Element pointer = weights_pointer(plan_);
        const auto in_units = [&](std::int64_t bytes) { return in_file() ? bytes : in_numbers(bytes, pointer); };
        const std::string where =
            in_file() ? fmt::format("byte {} of `{}`", offset(begin), seen_from(guided_, guided_.emitted.weights.path))
                      : fmt::format("`{}_weights[{}]`", guided_.emission.name, offset(begin));
        return fmt::format(
            "The block with channel {0} begins at {1}, and there {0} is number {2} of {3} channels. So its bias is at "
            "{4} + {5} = {6}, "
            "and the weight of term t, counted from 0 in the order of the layout, at {4} + {7} + {8} t.",
            worked_.channel, where, number, own.width, offset(begin), in_units(place.bias), offset(worked_.bias),
            in_units(place.weight), in_units(place.term_bytes));
    }

    std::string input_heading() const {
        if (!picture_) return "input";
        return "byte" + std::string(has_mean() ? " - mean" : "");
    }

    bool has_mean() const {
        for (const float mean : picture_->mean)
            if (mean != 0) return true;
        return false;
    }

    std::string window_text() const {
        const Window window = kernel_window(stage_.kernel);
        const Pads pads = pads_of(window);
        return fmt::format(
            "The window has {} x {} taps, stride {}, dilation {}, pads {} {} {} {} (top, left, bottom, right){}.",
            window.rows.kernel, window.columns.kernel, to_string(stride_of(window)), to_string(dilation_of(window)),
            pads[0], pads[1], pads[2], pads[3],
            std::holds_alternative<DepthwiseKernel>(stage_.kernel.kind) ? ", in the output's own channel" : "");
    }

    std::string outside_text() const {
        if (worked_.taps_outside == 0) return "";
        return fmt::format(" (the window's other {} taps lie outside the map, where the input is zero)",
                           worked_.taps_outside);
    }

    static std::string formula(Activation activation) {
        switch (activation) {
            case Activation::none: return "sum";
            case Activation::relu: return "max(0, sum)";
            case Activation::relu6: return "min(6, max(0, sum))";
        }
        return "";
    }

    /// How a weight is seen.
    std::string look_text() const {
        const WeightsFile& file = guided_.emitted.weights;
        if (!file.first_byte) return "";
        const std::string path = seen_from(guided_, file.path);
        const std::int64_t first = offset(worked_.terms[0].weight);
        std::string text =
            fmt::format("The bias and the first weight, as the file has them:\n\n    od -A n -t f4 -j {} -N 4 {}\n",
                        offset(worked_.bias), path);
        if (types_.weight == Element::f32) return text + fmt::format("    od -A n -t f4 -j {} -N 4 {}\n", first, path);
        text += fmt::format("    od -A n -t x2 -j {} -N 2 {}\n\n", first, path);
        if (types_.weight == Element::bf16)
            return text + "The four digits are the upper half of a 32-bit float, whose lower half is zero.\n";
        return text +
               "The four digits are a binary16 of IEEE 754: a sign, five bits of exponent (less 15), ten of "
               "fraction.\n";
    }

    const GuidedPlan& guided_;
    const Plan& plan_;
    const WorkedOutput& worked_;
    const Stage& stage_;
    const Signature& types_;
    const PictureKernel* picture_;
    float bias_;
    double products_ = 0;
    std::string terms_;
};

std::string outputs_text(const Plan& plan) {
    if (!plan.head) return fmt::format("logits[{}]", plan.classes);
    return fmt::format("boxes[{}], logits[{}]", 4 * plan.head->priors, std::int64_t(plan.classes) * plan.head->priors);
}

std::string print_program(const GuidedPlan& guided, const TemplateValues& example, bool selftest) {
    const Emission& emission = guided.emission;
    const std::string& name = emission.name;
    std::string sources = fmt::format("{0}.cpp {0}_observer.cpp layers/*.cpp {1}", name, weights_name(emission));
    sources += emission.weights_form == WeightsForm::array ? ".cpp" : ".S";
    TemplateValues values{
        {"network", name},
        {"where", "this, in this folder:"},
        {"picture", std::to_string(elements(emission.plan.input))},
        {"outputs", outputs_text(emission.plan)},
        {"names", output_names(emission.plan)},
        {"include", emission.folder.empty() ? "-I." : "-I. -I.."},
        {"sources", sources},
        {"selftest", selftest
                         ? " `selftest.cpp` runs the same picture and compares three figures of every channel of every "
                           "layer: its mean and two outputs."
                         : ""}};
    for (const char* key : {"layer", "row", "column", "channel", "expected"}) values[key] = example.at(key);
    return fill_template("guide/by_hand_program.md", values);
}

}  // namespace

std::string print_by_hand_section(const GuidedPlan& guided, bool single_file, bool selftest) {
    if (!guided.worked) return "";
    TemplateValues values = ByHand(guided).values();
    values["program"] = single_file
                            ? "The same command without `--single-file` gives a folder in which a small program "
                              "shows any output of any layer; its guide has it.\n"
                            : print_program(guided, values, selftest);
    return fill_template("guide/by_hand.md", values);
}

}  // namespace ssdgen
