#include "emit/guide/sections.h"

#include "emit/network/compact.h"
#include "emit/network/weights.h"
#include "emit/print/numbers.h"
#include "emit/print/template.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "support/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace ssdgen {

namespace {

/// A row of the table of layers.
std::string print_layer(const GuidedPlan& guided, const Step& step, const Stage& stage, int output) {
    const ObservedLayer& layer = stage.layers[std::size_t(output)];
    std::int64_t first = -1, bytes = 0;
    for (const PackedBlock& block : packed_blocks(guided.emission.plan.target, stage.kernel))
        if (block.output == output) {
            if (first < 0) first = stage.weights + block.begin;
            bytes += block.bytes;
        }
    const std::string weights = first < 0 ? "- | -" : fmt::format("{} | {}", first, bytes);
    return fmt::format("| `{}` | {} | {} | {} | `{}` | `{}` | `{}` | {} |\n", layer.name, layer.kind,
                       to_string(layer.input), to_string(layer.output), step.name, stage.kernel_name,
                       seen_from(guided, guided.emitted.kernels.at(stage.kernel_name).file), weights);
}

std::string print_layers(const GuidedPlan& guided) {
    std::string text;
    for (const Step& step : guided.emission.plan.steps)
        for (const Stage& stage : step.stages)
            for (std::size_t output = 0; output < stage.layers.size(); ++output)
                text += print_layer(guided, step, stage, int(output));
    return text;
}

/// Whether some layer makes a slice of a wider map.
bool has_slices(const Plan& plan) {
    for (const Stage* stage : all_stages(plan))
        for (const MapView& output : stage->kernel.outputs)
            if (!output.is_dense()) return true;
    return false;
}

std::string streams_text(const Plan& plan, bool single_file) {
    for (const Step& step : plan.steps) {
        if (!step.stream || step.stages.size() == 1) continue;
        std::vector<std::string> names;
        for (const Stage& stage : step.stages) names.push_back(stage.name);
        return fmt::format(
            "\nA step of several layers is a **stream**, such as `{}` (`{}`): each layer makes rows when the next one "
            "asks for them, and keeps no\nmore of them than that one's window covers or its kernel takes at a time, in "
            "a ring of rows in scratch memory; the large maps between them are never whole.\n{} has a class for "
            "each. A thread whose share begins in the middle of a map makes the rows above it that its windows reach."
            "\n",
            step.name, fmt::join(names, "`, `"), single_file ? "The same file" : "`layers/streams.h`");
    }
    return "";
}

}  // namespace

std::string seen_from(const GuidedPlan& plan, const std::string& path) {
    const std::string& folder = plan.emission.folder;
    return path.rfind(folder, 0) == 0 ? path.substr(folder.size()) : path;  // a single file is in none
}

namespace {

const char* units_text(const Plan& plan, bool byte_weights) {
    if (maps_type(plan) == Element::u8) return "bytes";
    return byte_weights ? "floats (in the weights: bytes)" : "floats";
}

}  // namespace

std::string print_network_section(const GuidedPlan& guided, bool single_file) {
    const Plan& plan = guided.emission.plan;
    const Stage& first = *all_stages(plan)[0];
    const Footprint& needs = guided.footprint;
    const bool bytes = weights_pointer(plan) == Element::u8;
    return fill_template(
        "guide/network.md",
        {{"source", single_file ? plan.name : guided.emission.name},
         {"units", units_text(plan, bytes)},
         {"slices", has_slices(plan) ? " A `concat` has no code: the layers before it put their channels into the "
                                       "joined map."
                                     : ""},
         {"streams", streams_text(plan, single_file)},
         {"layers", print_layers(guided)},
         {"space", guided.emitted.kernels.at(first.kernel_name).space},
         {"kernel", first.kernel_name},
         {"sharing", shares_kernels(plan.target) ? "the\nnamespace states the kernel's code, so that equal kernels of "
                                                   "several networks are linked once"
                                                 : "the\nnamespace states the network and the file"},
         {"compact", plan.compact ? fmt::format(" Compact: a layer's file hands its shape to the kernels that all "
                                                "layers of a kind share, in `{}`.",
                                                single_file ? plan.name + ".cpp" : compact_file)
                                  : ""},
         {"arena", print_grouped(needs.arena_bytes)},
         {"scratch", print_grouped(needs.thread_scratch_bytes)},
         {"stack", print_grouped(needs.stack_bytes)},
         {"weights", print_grouped(needs.weights_bytes)},
         {"code", print_grouped(needs.code_bytes)}});
}

namespace {

std::string place_text(const GuidedPlan& guided) {
    const WeightsFile& file = guided.emitted.weights;
    const std::string path = seen_from(guided, file.path);
    if (!file.first_byte)
        return fmt::format("The weights are the array `{}_weights` in `{}`.", guided.emission.name, path);
    if (*file.first_byte == 0)
        return fmt::format(
            "`{}` holds the weights and, up to the next multiple of 64 bytes behind those of a step, zeros, "
            "little-endian, in the order in which the kernels read them.",
            path);
    return fmt::format(
        "`{}` holds the weights, little-endian, in the order in which the kernels read them, behind a "
        "header of {} bytes (`ssd/weights.h`).",
        path, *file.first_byte);
}

std::string types_text(const Plan& plan) {
    const Element type = weights_type(plan);
    if (type == Element::f32) return " All are 32-bit floats.";
    if (maps_type(plan) == Element::u8)
        return " Here all is whole: maps are bytes, sums have 32 bits. The heads of the kernels' files name the rows "
               "of "
               "numbers of 4 bytes, one a channel, that stand before the weights in place of the biases: the bias, "
               "into "
               "which zero points are worked; the factor that the sum is scaled by, a float, or a mantissa and its "
               "shifts; and, where weights have a zero point that does not fit into them, that. Weights are s8, four "
               "terms of a sum side by side for each channel, with zeros that fill up fours. A block's channels are "
               "dealt out among its registers by fours, so that their bytes are in order when registers are narrowed "
               "together.";
    return fmt::format(
        " The weights are {0} in two bytes each, rounded to the nearest when the network was generated (of two, to the "
        "even one); the biases are 32-bit floats, and so are all sums. A layer's weights and each block begin at a "
        "multiple of 64 bytes, what lies between is zero. The self-test expects what the rounded weights give.",
        spell(type));
}

}  // namespace

std::string print_weights_section(const GuidedPlan& guided) {
    return fill_template("guide/weights.md",
                         {{"place", place_text(guided)}, {"types", types_text(guided.emission.plan)}});
}

}  // namespace ssdgen
