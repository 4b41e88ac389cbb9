#include "emit/guide/sections.h"

#include "emit/print/template.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ssdgen {

namespace {

/// What parts of names say: a row a meaning, with the first of its spellings in this network.
class PartRows {
  public:
    explicit PartRows(std::string what) : what_(std::move(what)) {}

    /// Adds a part that a kernel's name has ("_relu"); a shortened name may lack it.
    void add(const std::string& name, std::string part, const std::string& meaning) {
        if (!part.empty() && part[0] == '_') part.erase(0, 1);
        if (part.empty() || name.find(part) == std::string::npos) return;
        auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& old) { return old.meaning == meaning; });
        if (row == rows_.end()) row = rows_.insert(row, {meaning, {}});
        if (std::find(row->parts.begin(), row->parts.end(), part) == row->parts.end()) row->parts.push_back(part);
    }

    std::string text() const {
        std::string text;
        for (const Row& row : rows_) {
            const bool more = row.parts.size() > most_parts;
            const std::vector<std::string> shown(row.parts.begin(),
                                                 more ? row.parts.begin() + most_parts : row.parts.end());
            text += fmt::format("| {} | `{}`{} | {} |\n", what_, fmt::join(shown, "`, `"), more ? ", ..." : "",
                                row.meaning);
        }
        return text;
    }

  private:
    struct Row {
        std::string meaning;
        std::vector<std::string> parts;
    };
    static constexpr int most_parts = 4;

    std::string what_;
    std::vector<Row> rows_;
};

struct KindMeaning {
    const Kernel& kernel;

    std::string operator()(const PointwiseKernel&) const { return "convolution of a 1 x 1 window"; }
    std::string operator()(const WindowKernel&) const { return "convolution"; }
    std::string operator()(const PictureKernel&) const { return "convolution of the picture's bytes"; }
    std::string operator()(const DepthwiseKernel&) const { return "convolution channel by channel"; }
    std::string operator()(const AveragePoolKernel&) const { return "mean over each window"; }
    std::string operator()(const MaxPoolKernel&) const { return "maximum over each window"; }
    std::string operator()(const ElementwiseKernel&) const {
        return kernel.inputs.size() == 1 ? "a copy" : fmt::format("the sum of {} maps", kernel.inputs.size());
    }
};

bool is_product(const Kernel& kernel) { return blocks_of(kernel) != nullptr; }
template <class Kind>
bool is(const Kernel& kernel) {
    return std::holds_alternative<Kind>(kernel.kind);
}

std::string window_meaning(const Window& window) {
    return fmt::format("window of {} rows x {} columns, stride {}, dilation {}, pads {} (top, left, bottom, right)",
                       window.rows.kernel, window.columns.kernel, to_string(stride_of(window)),
                       to_string(dilation_of(window)), fmt::join(pads_of(window), " "));
}

std::string epilogue_meaning(const Epilogue& epilogue) {
    return std::string("what follows the sum: ") + (epilogue.adds_input ? "another map is added; " : "") +
           (epilogue.activation == Activation::none ? "no activation" : "the activation");
}

std::string rows_meaning(int rows) {
    return rows == 1 ? "part of a stream: makes a row at a time"
                     : fmt::format("part of a stream: makes up to {} rows at a time", rows);
}

/// The first part of a name.
std::string first_part(const std::string& name) {
    for (const char* kind : {"average_pool", "max_pool"})
        if (name.rfind(kind, 0) == 0) return kind;
    return name.substr(0, name.find('_'));
}

/// The eight digits that a name ends in which was too long; "" if it was not.
std::string hash_of(const Kernel& kernel, const Target& target) {
    const std::string name = kernel_name(kernel, target);
    const std::size_t at = name.rfind('_') + 1;
    const bool digits = name.size() - at == 8 && name.find_first_not_of("0123456789abcdef", at) == std::string::npos;
    return digits ? name.substr(at) : "";
}

/// The parts of all kernels' names, by what they are about.
struct NameParts {
    PartRows kinds{"what it computes"}, maps{"map"}, windows{"window"}, channels{"output"}, epilogues{"end"},
        tiles{"tile"}, slices{"slices"}, rows{"rows"}, types{"weights"}, hashes{"digits"};

    void add(const Stage& stage, const Target& target) {
        const Kernel& kernel = stage.kernel;
        const std::string& name = stage.kernel_name;
        const bool sum = is<ElementwiseKernel>(kernel);
        kinds.add(name, first_part(name), std::visit(KindMeaning{kernel}, kernel.kind));
        maps.add(name, to_string(sum ? kernel.output() : kernel.input()),
                 std::string(sum ? "the output" : "the input") + ", height x width x channels");
        const Window window = kernel_window(kernel);
        if (!is<PointwiseKernel>(kernel) && !sum) windows.add(name, window_name(window), window_meaning(window));
        if (is_product(kernel)) add_outputs(name, kernel);
        epilogues.add(name, epilogue_name(kernel.epilogue), epilogue_meaning(kernel.epilogue));
        tiles.add(name, "tile" + tile_name(kernel, target),
                  "the largest register tile: neighbouring pixels x channels");
        slices.add(name, steps_name(kernel),
                   "maps that are slices of wider ones: numbers from a pixel to the next, of inputs and outputs");
        rows.add(name, rows_name(kernel.stream_rows), rows_meaning(kernel.stream_rows));
        types.add(name, signature_name(kernel.signature), "what the weights are stored as");
        hashes.add(
            name, hash_of(kernel, target),
            fmt::format("the name had more than {} characters: they stand for all of it, and its first parts are left",
                        kernel_name_length));
    }

    std::string text() const {
        return kinds.text() + maps.text() + windows.text() + channels.text() + epilogues.text() + tiles.text() +
               slices.text() + rows.text() + types.text() + hashes.text();
    }

  private:
    void add_outputs(const std::string& name, const Kernel& kernel) {
        std::vector<int> counts;
        for (const MapView& output : kernel.outputs) counts.push_back(output.shape.channels);
        channels.add(name, fmt::format("to{}", fmt::join(counts, "_")),
                     counts.size() == 1
                         ? "its channels"
                         : "channels of two outputs of one product: the boxes and the scores of a source");
    }
};

std::string parts_of(const Plan& plan) {
    NameParts parts;
    bool unrolled = false, picture = false;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            parts.add(stage, plan.target);
            unrolled = unrolled || step.unrolled;
            picture = picture || is<PictureKernel>(stage.kernel);
        }
    std::string text = parts.text();
    if (unrolled)
        text +=
            "| unrolled | `full`, `y1`, `n2` | no loop left; `y1`: serves the output rows from 1 on; `n2`: makes 2 "
            "rows |\n";
    if (maps_type(plan) == Element::u8)
        return text +
               "| numbers | `u8` | whole numbers; behind it `double` or `ruy`, the requantization if it is not "
               "`float`; `from3`, zero point of an input; `z124`, of the output; `to0_249`, its range; `offsets`, "
               "weights with zero points; `left`, factors of 1 and more; or eight digits that stand for all these |\n";
    if (picture) text += "| bytes | `floats` | behind a name: the function that takes a row of bytes as floats |\n";
    return text;
}

std::string values_of(const Plan& plan) {
    bool product = false, columns = false, depthwise = false, maximum = false, window = false;
    for (const Stage* stage : all_stages(plan)) {
        const Kernel& kernel = stage->kernel;
        product = product || is_product(kernel);
        columns = columns || (is_product(kernel) && kernel_window(kernel).columns.kernel > 1);
        depthwise = depthwise || is<DepthwiseKernel>(kernel);
        maximum = maximum || is<MaxPoolKernel>(kernel);
        window = window || (!is<PointwiseKernel>(kernel) && !is<ElementwiseKernel>(kernel));
    }
    std::string text;
    if (product)
        text +=
            "| `acc_p2c1` | accumulators: the sums of the tile's pixel 2, channels of its vector 1; counted from 0 |\n";
    if (columns)
        text +=
            "| `in_x1i2p3` | the input that pixel 3 takes under column 1 of the window, channel 2, in every lane |\n"
            "| `w_x1i2c0` | the weights of column 1 of the window, input channel 2, for the channels of vector 0 |\n";
    if (product)
        text +=
            "| `in_i2p3`, `w_i2c0` | the same of a window of one column; in a loop over `k`, 2 counts from `k` on |\n";
    if (product && plan.compact) text += "| `in_p3`, `w_c0` | the same in the shared kernels of the compact form |\n";
    if (depthwise)
        text +=
            "| `acc_p2` | depthwise: the sums of pixel 2, channels from `c` on |\n"
            "| `in_y1x4`, `w_y1x2` | depthwise: input column 4 of the tile's window row 1; the weight of window row 1, "
            "column 2 |\n";
    if (maximum)
        text += "| `max_p2`, `max_x4` | the maximum that is pixel 2 of the output; of column 4 under the tile |\n";
    if (window)
        text += "| `row_0`, `row_1`, ... | pointers to the input rows that rows 0, 1, ... of the window lie on |\n";
    return text + "| `in`, `w` | pointers that walk over inputs and weights |\n";
}

std::string lanes_text(const Plan& plan) {
    const int lanes = vector_unit(plan.target, Element::f32).lanes;
    if (maps_type(plan) == Element::u8)
        return fmt::format(
            "`Sums` are {} numbers of 32 bits; `Inputs` and `Weights` four bytes for each of them. `load_row_lanes<1>` "
            "touches only the first channel.",
            lanes);
    return fmt::format("A vector has {} floats. `load_lanes<1>`, `store_lanes<1>` touch only the first float.", lanes);
}

}  // namespace

std::string print_names_section(const GuidedPlan& guided) {
    const Plan& plan = guided.emission.plan;
    return fill_template("guide/names.md", {{"example", all_stages(plan)[0]->kernel_name},
                                            {"parts", parts_of(plan)},
                                            {"values", values_of(plan)},
                                            {"fence", is_standard(plan.target) ? " Both are a fence for signal "
                                                                                 "handlers, which costs no instruction."
                                                                               : ""},
                                            {"lanes", lanes_text(plan)}});
}

}  // namespace ssdgen
