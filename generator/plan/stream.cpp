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

/// Rows of the stage before that a stage reads for its output rows [first, end): the first, and the one after the last.
struct RowRange {
    int first = 0, end = 0;
};

RowRange rows_read(const Window& window, int input_height, int first, int end) {
    const int top = pixel_of(window.rows, first);
    const int bottom = top + extent(window.rows, end - first);
    return {std::clamp(top, 0, input_height), std::clamp(bottom, 0, input_height)};
}

RowRange rows_of_stage(const Step& step, std::size_t stage, int first, int end) {
    return rows_read(kernel_window(step.stages[stage].kernel), kernel_output(step.stages[stage - 1].kernel).height,
                     first, end);
}

/// First rows of each stage that are needed for the rows of the last stage from `first` on.
std::vector<int> first_rows(const Step& step, int first) {
    std::vector<int> rows(step.stages.size());
    rows.back() = first;
    for (std::size_t stage = step.stages.size() - 1; stage > 0; --stage)
        rows[stage - 1] = rows_of_stage(step, stage, rows[stage], rows[stage] + 1).first;
    return rows;
}

/// Asks each stage for rows as the one behind it needs them.
class StreamRun {
  public:
    StreamRun(const Step& step, int first, int end) : step_(step), end_(end), next_(first_rows(step, first)) {
        const Window& window = kernel_window(step.stages[0].kernel);
        next_picture_row_ = pixel_of(window.rows, next_[0]);
        make(step.stages.size() - 1, end);
    }

    std::vector<StreamOperation> operations;

  private:
    void make(std::size_t stage, int end) {
        const KernelSpec& kernel = step_.stages[stage].kernel;
        const int limit = stage + 1 == step_.stages.size() ? end_ : kernel_output(kernel).height;
        while (next_[stage] < end) {
            const int first = next_[stage];
            const int rows = std::min(kernel_stream_rows(kernel), limit - first);
            if (stage > 0)
                make(stage - 1, rows_of_stage(step_, stage, first, first + rows).end);
            else if (step_.input.place == Operand::Place::picture)
                take_picture(first);
            operations.push_back({int(stage), first, rows});
            next_[stage] = first + rows;
        }
    }

    void take_picture(int y) {
        const Window& window = kernel_window(step_.stages[0].kernel);
        const int end = pixel_of(window.rows, y) + extent(window.rows);
        if (end <= next_picture_row_) return;
        operations.push_back({-1, next_picture_row_, end - next_picture_row_});
        next_picture_row_ = end;
    }

    const Step& step_;
    int end_;
    std::vector<int> next_;
    int next_picture_row_ = 0;
};

/// What lies where in the scratch memory while a stream runs.
class ScratchModel {
  public:
    ScratchModel(const Step& step, int first) : step_(step), start_(first_rows(step, first)) {}

    void run(const StreamOperation& operation) {
        if (operation.stage < 0) return;
        const auto stage = std::size_t(operation.stage);
        const int end = operation.first + operation.rows;
        if (stage > 0) check_input(stage, operation.first, end);
        for (int row = operation.first; row < end && stage + 1 < step_.stages.size(); ++row)
            held_[ring_place(step_.stages[stage], start_[stage], row)] = {stage, row};
        if (stage > 0)
            check_input(stage, operation.first, end);  // what it makes has not taken the place of what it reads
    }

    static std::int64_t ring_place(const Stage& stage, int start, int row) {
        const Shape output = kernel_output(stage.kernel);
        return stage.ring + std::int64_t((row - start) % stage.ring_rows) * output.width * output.channels;
    }

  private:
    void check_input(std::size_t stage, int first, int end) const {
        const Stage& before = step_.stages[stage - 1];
        const Shape shape = kernel_output(before.kernel);
        const RowRange range = rows_of_stage(step_, stage, first, end);
        const auto place = [&](int row) { return ring_place(before, start_[stage - 1], row); };
        for (int row = range.first; row < range.end; ++row) {
            const auto held = held_.find(place(row));
            check(held != held_.end() && held->second == std::make_pair(stage - 1, row), [&] {
                return fmt::format("row {} of {} is there when {} reads it", row, before.name,
                                   step_.stages[stage].name);
            });
            if (end - first > 1)
                check(place(row) == place(range.first) + std::int64_t(row - range.first) * shape.width * shape.channels,
                      "rows that are read together lie side by side");
        }
    }

    const Step& step_;
    std::vector<int> start_;
    std::map<std::int64_t, std::pair<std::size_t, int>> held_;  // place -> stage, row
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
    return StreamRun(step, first, end).operations;
}

std::int64_t ring_place(const Step& step, std::size_t stage, int row, int first) {
    return ScratchModel::ring_place(step.stages[stage], first_rows(step, first)[stage], row);
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
    const int height = kernel_output(step.last().kernel).height;
    for (int first = 0; first < height; ++first) {
        ScratchModel model(step, first);
        for (const StreamOperation& operation : stream_order(step, first, height)) model.run(operation);
    }
}

}  // namespace ssdgen
