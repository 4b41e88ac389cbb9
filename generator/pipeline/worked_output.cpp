#include "pipeline/worked_output.h"

#include "graph/shapes.h"
#include "plan/kernels.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

constexpr std::int64_t most_terms = 64;

struct TopLeft {
    std::int64_t inside = 0, outside = 0;  // taps
};

/// Of the window that makes the first output.
TopLeft taps_at_top_left(const Kernel& kernel) {
    const Window window = kernel_window(kernel);
    const Shape& input = kernel.input();
    TopLeft count;
    for (int y = 0; y < window.rows.kernel; ++y)
        for (int x = 0; x < window.columns.kernel; ++x) {
            const int row = pixel_of(window.rows, 0, y), column = pixel_of(window.columns, 0, x);
            const bool inside = row >= 0 && row < input.height && column >= 0 && column < input.width;
            ++(inside ? count.inside : count.outside);
        }
    return count;
}

bool is_depthwise(const Kernel& kernel) { return std::holds_alternative<DepthwiseKernel>(kernel.kind); }

bool can_be_written_down(const Stage& stage) {
    if (stage.weights_size == 0 || stage.kernel.epilogue.adds_input) return false;
    const std::int64_t channels = is_depthwise(stage.kernel) ? 1 : stage.kernel.input().channels;
    const std::int64_t terms = taps_at_top_left(stage.kernel).inside * channels;
    return terms > 0 && terms <= most_terms;
}

std::size_t node_that_makes(const Graph& graph, TensorId tensor) {
    for (std::size_t index = 0; index < graph.nodes.size(); ++index) {
        const std::vector<TensorId>& outputs = graph.nodes[index].outputs;
        if (std::find(outputs.begin(), outputs.end(), tensor) != outputs.end()) return index;
    }
    throw InternalError("internal error: broken invariant: a layer of the plan is made by a node of its graph");
}

/// What the maps hold once the graph has run on the test picture, as far as a node.
std::vector<std::vector<double>> maps_up_to(const Graph& graph, std::size_t node) {
    Graph part;
    part.tensors = graph.tensors;
    part.input = graph.input;
    part.nodes.assign(graph.nodes.begin(), graph.nodes.begin() + std::ptrdiff_t(node) + 1);
    return interpret(part, test_picture(shape_of(graph, graph.input)));
}

/// The last channel of the first pixel that the activation does not touch, since offsets of the first say little; 0 if
/// it touches all.
int untouched_channel(const std::vector<double>& output, int channels, Activation activation) {
    const double most = activation == Activation::relu6 ? 6 : 1e30;
    for (int channel = channels - 1; channel >= 0; --channel)
        if (output[std::size_t(channel)] > 0 && output[std::size_t(channel)] < most) return channel;
    return 0;
}

PackedBlock block_of(const Target& target, const Kernel& kernel, int channel) {
    for (const PackedBlock& block : packed_blocks(target, kernel))
        if (block.output == 0 && channel >= block.first_channel && channel < block.first_channel + block.channels)
            return block;
    throw InternalError("internal error: broken invariant: every channel has weights");
}

void add_terms(const Kernel& kernel, const std::vector<double>& input, const ChannelPlace& place, std::int64_t begin,
               WorkedOutput& worked) {
    const Window window = kernel_window(kernel);
    const Shape& map = kernel.input();
    const bool depthwise = is_depthwise(kernel);
    std::int64_t term = 0;
    for (int y = 0; y < window.rows.kernel; ++y)
        for (int x = 0; x < window.columns.kernel; ++x) {
            const int row = pixel_of(window.rows, 0, y), column = pixel_of(window.columns, 0, x);
            const bool inside = row >= 0 && row < map.height && column >= 0 && column < map.width;
            const int first = depthwise ? worked.channel : 0, end = depthwise ? first + 1 : map.channels;
            for (int channel = first; channel < end; ++channel, ++term) {
                if (!inside) continue;
                const std::size_t at =
                    (std::size_t(row) * std::size_t(map.width) + std::size_t(column)) * std::size_t(map.channels) +
                    std::size_t(channel);
                worked.terms.push_back(
                    {term, row, column, channel, input[at], begin + place.weight + term * place.term_bytes});
            }
        }
}

WorkedOutput work_out(const Graph& lowered, const Plan& plan, std::size_t index) {
    const Stage& stage = *all_stages(plan)[index];
    const Kernel& kernel = stage.kernel;
    const TensorId tensor = stage.layers[0].tensor;
    const std::size_t node = node_that_makes(lowered, tensor);
    const std::vector<std::vector<double>> maps = maps_up_to(lowered, node);
    const std::vector<double>& output = maps[std::size_t(tensor)];
    WorkedOutput worked;
    worked.stage = index;
    worked.channel = untouched_channel(output, kernel.output().channels, kernel.epilogue.activation);
    worked.taps_outside = taps_at_top_left(kernel).outside;
    worked.expected = output[std::size_t(worked.channel)];
    const PackedBlock block = block_of(plan.target, kernel, worked.channel);
    const ChannelPlace place = block.place(kernel.signature, worked.channel - block.first_channel);
    const std::int64_t begin = stage.weights + block.begin;
    worked.bias = begin + place.bias;
    add_terms(kernel, maps[std::size_t(lowered.nodes[node].inputs[0])], place, begin, worked);
    return worked;
}

}  // namespace

std::optional<WorkedOutput> work_output(const Graph& lowered, const Plan& plan) {
    if (lowered.requantization) return {};  // its places are dealt out otherwise
    const std::vector<const Stage*> stages = all_stages(plan);
    for (std::size_t index = 0; index < stages.size(); ++index)
        if (can_be_written_down(*stages[index])) return work_out(lowered, plan, index);
    return {};
}

std::vector<std::optional<WorkedOutput>> work_outputs(const Graph& lowered, const std::vector<Plan>& plans) {
    std::vector<std::optional<WorkedOutput>> worked;
    for (const Plan& plan : plans) worked.push_back(work_output(lowered, plan));
    return worked;
}

}  // namespace ssdgen
