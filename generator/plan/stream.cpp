#include "plan/stream.h"

#include "graph/shapes.h"
#include "plan/alignment.h"
#include "plan/kernels.h"
#include "plan/scratch.h"
#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// Who reads a tensor, and whether it is among the network's outputs.
class Readers {
  public:
    explicit Readers(const Graph& graph) : graph_(graph), counts_(graph.tensors.size()) {
        for (const Node& node : graph.nodes)
            for (TensorId id : node.inputs) ++counts_[std::size_t(id)];
    }

    /// Whether the second node alone reads what the first makes.
    bool is_pair(std::size_t first, std::size_t second) const {
        if (second >= graph_.nodes.size()) return false;
        const Node& maker = graph_.nodes[first];
        const Node& reader = graph_.nodes[second];
        return maker.outputs.size() == 1 && reader.inputs == maker.outputs &&
               counts_[std::size_t(maker.outputs[0])] == 1;
    }

  private:
    const Graph& graph_;
    std::vector<int> counts_;
};

/// Kernels that can be stages of a stream.
bool can_stream(const Node& node) {
    if (node.outputs.size() != 1) return false;
    const auto* convolution = std::get_if<Convolution>(&node.operation);
    return std::holds_alternative<Depthwise>(node.operation) || (convolution && is_pointwise(convolution->window));
}

/// A pointwise that a depthwise stage is worth a step with. Its weights are read once for each few rows, and once for
/// each whole map if it is a step for itself: where they come from beyond the second-level cache, that costs more than
/// it saves.
bool has_few_weights(const Graph& graph, const Node& node, const Target& target) {
    const std::int64_t inputs = graph.tensors[std::size_t(node.inputs[0])].shape.channels;
    return inputs * graph.tensors[std::size_t(node.outputs[0])].shape.channels * 4 <= target.caches.l2_bytes / 4;
}

bool is_separable(const Graph& graph, const Readers& readers, std::size_t at, const Target& target) {
    return std::holds_alternative<Depthwise>(graph.nodes[at].operation) && readers.is_pair(at, at + 1) &&
           can_stream(graph.nodes[at + 1]) && std::holds_alternative<Convolution>(graph.nodes[at + 1].operation) &&
           has_few_weights(graph, graph.nodes[at + 1], target);
}

/// What lies where while a stream runs.
class MemoryModel {
  public:
    explicit MemoryModel(const Step& step) : step_(step) {}

    void run(const StreamOperation& operation) {
        check_reads(operation);
        for (int row = 0; row < operation.rows; ++row)
            held_[place(operation, row)] = {operation.stage, operation.first + row};
        check_reads(operation);  // what it makes has not taken the place of what it reads
    }

  private:
    using Place = std::pair<RowAddress::Memory, std::int64_t>;

    Place place(const StreamOperation& operation, int row) const {
        return {operation.output.memory, operation.output.offset + row * row_size(operation.stage)};
    }

    std::int64_t row_size(int stage) const {
        if (stage < 0) return 0;  // taken one by one
        const Shape map = kernel_output(step_.stages[std::size_t(stage)].kernel);
        return std::int64_t(map.width) * map.channels;
    }

    /// Each row that the window covers for each row that is made.
    void check_reads(const StreamOperation& operation) const {
        if (operation.stage < 0) return;
        const auto stage = std::size_t(operation.stage);
        const Window& window = kernel_window(step_.stages[stage].kernel);
        for (int row = 0; row < operation.rows; ++row)
            for (int tap = 0; tap < window.rows.kernel; ++tap)
                check_read(stage, operation.reads.at(std::size_t(tap)), row,
                           pixel_of(window.rows, operation.first + row, tap));
    }

    /// `behind`: so many rows behind the pointer.
    void check_read(std::size_t stage, const RowAddress& address, int behind, int row) const {
        const Shape map = kernel_input(step_.stages[stage].kernel);
        const std::int64_t size = std::int64_t(map.width) * map.channels;
        const bool picture = stage == 0 && step_.input.place == Operand::Place::picture;
        if (!picture && (row < 0 || row >= map.height)) return check_pointer(address);
        if (stage == 0 && !picture)
            return check(address.memory == RowAddress::Memory::input && address.offset + behind * size == row * size,
                         "a row of the input is read where it lies");
        // The picture's pointers are to its padding.
        const std::int64_t left =
            picture ? std::get<ConvolutionKernel>(step_.stages[0].kernel).window.columns.before * map.channels : 0;
        const auto held = held_.find({address.memory, address.offset + left + behind * size});
        check(held != held_.end() && held->second == std::make_pair(int(stage) - 1, row),
              [&] { return fmt::format("row {} is there when {} reads it", row, step_.stages[stage].name); });
    }

    /// A row that is padding.
    void check_pointer(const RowAddress& address) const {
        const bool inside =
            address.offset >= 0 && (address.memory == RowAddress::Memory::input || address.offset < step_.scratch_size);
        check(inside, "a pointer that nobody reads through is one");
    }

    const Step& step_;
    std::map<Place, std::pair<int, int>> held_;  // stage, row
};

}  // namespace

std::vector<NodeGroup> group_nodes(const Graph& graph, const Target& target, const LeadingNodes& leading) {
    const Readers readers(graph);
    std::vector<NodeGroup> groups;
    int following = leading.following;
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
        const Node& node = graph.nodes[at];
        if (std::holds_alternative<Softmax>(node.operation)) continue;
        if (!groups.empty() && following > 0) {
            if (can_stream(node) && readers.is_pair(groups.back().back(), at)) {
                if (int(at) == leading.cut) groups.emplace_back();
                groups.back().push_back(at);
                --following;
                continue;
            }
            following = 0;
        }
        groups.push_back({at});
        if (groups.size() > 1 && is_separable(graph, readers, at, target)) groups.back().push_back(++at);
    }
    return groups;
}

std::vector<StreamOperation> stream_order(const Step& step, int first, int end) {
    return run_stream(stream_code(step), first, end);
}

void place_rings(Step& step) {
    std::int64_t size = 0;
    if (step.input.place == Operand::Place::picture)
        size = aligned(picture_scratch_size(std::get<ConvolutionKernel>(step.stages[0].kernel)));
    std::int64_t shared = 0;
    std::vector<Stage*> sharing;
    for (std::size_t index = 0; index + 1 < step.stages.size(); ++index) {
        Stage& stage = step.stages[index];
        const KernelSpec& next = step.stages[index + 1].kernel;
        const Window& window = kernel_window(next);
        const int at_once = kernel_stream_rows(stage.kernel);
        const int covered = extent(window.rows, kernel_stream_rows(next));
        // A multiple of the rows made at a time, so that they lie side by side.
        stage.ring_rows = (covered + at_once - 1 + at_once - 1) / at_once * at_once;
        const Shape output = kernel_output(stage.kernel);
        const std::int64_t ring = aligned(std::int64_t(stage.ring_rows) * output.width * output.channels);
        // Its input is no such row itself, or it would be overwritten.
        if (stage.ring_rows == 1 && (index == 0 || step.stages[index - 1].ring_rows > 1)) {
            shared = std::max(shared, ring);
            sharing.push_back(&stage);
            continue;
        }
        stage.ring = size;
        size += ring;
    }
    for (Stage* stage : sharing) stage->ring = size;
    step.scratch_size = size + shared;
}

std::int64_t repeated_macs(const Step& step) {
    std::int64_t done = 0, needed = 0;
    std::vector<std::int64_t> row_macs;
    for (const Stage& stage : step.stages) {
        std::int64_t macs = 0;
        for (const ObservedLayer& layer : stage.layers) macs += layer.macs;
        needed += macs;
        row_macs.push_back(macs / kernel_output(stage.kernel).height);
    }
    const int height = kernel_output(step.last().kernel).height;
    const int border = (height + 1) / 2;
    for (const auto& [first, end] : {std::pair(0, border), std::pair(border, height)})
        for (const StreamOperation& operation : stream_order(step, first, end))
            if (operation.stage >= 0) done += row_macs[std::size_t(operation.stage)] * operation.rows;
    return std::max<std::int64_t>(done - needed, 0);  // rows that nobody reads are not made
}

void check_stream(const Step& step) {
    for (std::size_t index = 0; index + 1 < step.stages.size(); ++index) {
        const Stage& stage = step.stages[index];
        const Shape output = kernel_output(stage.kernel);
        check(stage.ring_rows > 0 && stage.ring % alignment == 0 &&
                  stage.ring + std::int64_t(stage.ring_rows) * output.width * output.channels <= step.scratch_size,
              "the ring of " + stage.name + " lies in the scratch memory");
    }
    const StreamCode code = stream_code(step);
    const int height = kernel_output(step.last().kernel).height;
    for (int first = 0; first < (step.unrolled ? 1 : height); ++first) {
        MemoryModel model(step);
        int made = first;
        for (const StreamOperation& operation : run_stream(code, first, height)) {
            model.run(operation);
            if (operation.stage + 1 < int(step.stages.size())) continue;
            check(operation.first == made, "a stream makes its rows in order");
            made += operation.rows;
        }
        check(made == height, "a stream makes all of its rows");
    }
}

}  // namespace ssdgen
