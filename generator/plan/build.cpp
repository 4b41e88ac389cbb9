#include "plan/build.h"

#include "graph/counts.h"
#include "graph/shapes.h"
#include "plan/alignment.h"
#include "plan/check.h"
#include "plan/feeds.h"
#include "plan/kernels.h"
#include "plan/names.h"
#include "plan/places.h"
#include "plan/rings.h"
#include "plan/stream.h"
#include "support/error.h"

#include <algorithm>
#include <map>
#include <set>

namespace ssdgen {

namespace {

ObservedLayer observed_layer(const Graph& graph, const Node& node, TensorId output) {
    const Tensor& tensor = graph.tensors[std::size_t(output)];
    ObservedLayer layer;
    layer.name = tensor.name;
    layer.kind = kind_name(graph, node);
    layer.tensor = output;
    layer.input = shape_of(graph, node.inputs[0]);
    layer.output = tensor.shape;
    layer.rows = tensor.shape.height;
    std::int64_t channels = 0;
    for (TensorId id : node.outputs) channels += shape_of(graph, id).channels;
    // A joined head's work is its outputs' in proportion to their channels.
    layer.macs = macs(graph, node) * tensor.shape.channels / channels;
    layer.parameters = parameters(graph, node) * tensor.shape.channels / channels;
    return layer;
}

Stage make_stage(const Graph& graph, const Node& node, const Target& target, bool in_stream, const Tuning& tuning,
                 bool compact) {
    Stage stage;
    stage.name = node.name;
    stage.kernel = make_kernel(graph, node, target, in_stream, tuning);
    stage.tuned = tuning.choice(stage.kernel).has_value();
    if (compact) {
        make_compact(stage.kernel, target);
        if (!blocks_of(stage.kernel)) stage.tuned = false;  // of a tuning its channel blocks stay
    }
    stage.kernel_name = kernel_name(stage.kernel, target);
    stage.tile = tile_name(stage.kernel, target);
    stage.weights_size = packed_size(target, stage.kernel);
    for (std::size_t output = 0; output < node.outputs.size(); ++output) {
        stage.layers.push_back(observed_layer(graph, node, node.outputs[output]));
        stage.layers.back().pixel_stride = stage.kernel.outputs[output].pixel_stride;
    }
    return stage;
}

/// The stages of a graph's nodes, each made once for all plans that are tried.
class Stages {
  public:
    Stages(const Graph& graph, const Target& target, const Tuning& tuning, const PlanForm& form)
        : graph(graph), target(target), form(form), tuning_(tuning) {}

    const Stage& find(std::size_t node, bool in_stream) {
        const auto key = std::make_pair(node, in_stream);
        const auto known = made_.find(key);
        if (known != made_.end()) return known->second;
        const Stage stage = make_stage(graph, graph.nodes[node], target, in_stream, tuning_, form.compact);
        return made_.emplace(key, stage).first->second;
    }

    const Graph& graph;
    const Target& target;
    const PlanForm& form;

  private:
    const Tuning& tuning_;
    std::map<std::pair<std::size_t, bool>, Stage> made_;
};

/// Such a step is one unit of work.
void unroll(Step& step, std::int64_t bytes) {
    step.unrolled = true;
    step.unrolled_bytes = bytes;
    step.units = 1;
    if (step.stream) step.stream_name = unrolled_name(step.stream_name);
    for (Stage& stage : step.stages) stage.kernel_name = unrolled_name(stage.kernel_name);
}

Step make_step(const NodeGroup& group, Stages& stages) {
    const Graph& graph = stages.graph;
    Step step;
    const Node& first = graph.nodes[group.front()];
    const Node& last = graph.nodes[group.back()];
    step.stream = group.size() > 1 || first.inputs[0] == graph.input;
    for (std::size_t index : group) step.stages.push_back(stages.find(index, step.stream));
    step.name = group.size() > 2 ? first.name + "_to_" + last.name : last.name;
    step.units = kernel_units(step.last().kernel);
    connect_stages(graph, group, step);
    if (step.stream) {
        step.stream_name = stream_name(step.stages, stages.target);
        place_rings(step);
    }
    const auto unrolled = stages.form.unrolled.find(step.code_name());
    if (unrolled != stages.form.unrolled.end()) unroll(step, unrolled->second);
    return step;
}

/// Of the form, nothing was asked for in vain.
void check_form(const PlanForm& form, const Plan& plan) {
    check(!form.compact || form.unrolled.empty(), "a plan is compact or unrolled");
    std::set<std::string> unrolled;
    for (const Step& step : plan.steps)
        if (step.unrolled) unrolled.insert(step.code_name());
    check(unrolled.size() == form.unrolled.size(), "what is unrolled is code of the plan");
}

void pack_steps(const Graph& graph, const std::vector<NodeGroup>& groups, Plan& plan) {
    plan.weights.assign(std::size_t(plan.weights_size), std::byte{0});
    for (std::size_t index = 0; index < groups.size(); ++index)
        for (std::size_t at = 0; at < groups[index].size(); ++at) {
            const Stage& stage = plan.steps[index].stages[at];
            pack_weights(plan.target, stage.kernel, graph.nodes[groups[index][at]].operation,
                         plan.weights.data() + stage.weights);
        }
}

bool has_weights(const Graph& graph) {
    for (const Node& node : graph.nodes)
        if (const auto* convolution = std::get_if<Convolution>(&node.operation)) return !convolution->weights.empty();
    return false;
}

StoredHead stored_outputs(const Graph& graph) {
    if (!graph.requantization) return {};
    if (graph.head) return graph.head->stored;
    StoredHead stored;
    const Tensor& logits = graph.tensors[std::size_t(graph.logits)];
    stored.logits = StoredMap{logits.element, *logits.quantization};
    return stored;
}

/// The plan with these steps, without weights.
Plan plan_groups(Stages& stages, const std::vector<NodeGroup>& groups) {
    const Graph& graph = stages.graph;
    Plan plan;
    plan.name = graph.name;
    plan.target = stages.target;
    plan.alpha = graph.alpha;
    plan.rho = graph.rho;
    plan.input = shape_of(graph, graph.input);
    plan.order = graph.order;
    plan.resize = graph.resize;
    plan.head = graph.head;
    plan.classes = graph.head ? graph.head->classes : int(elements(shape_of(graph, graph.logits)));
    plan.scores = graph.scores;
    plan.stored = stored_outputs(graph);
    plan.compact = stages.form.compact;

    for (const NodeGroup& group : groups) {
        Step step = make_step(group, stages);
        for (Stage& stage : step.stages) {
            stage.weights = plan.weights_size;
            plan.weights_size = aligned(plan.weights_size + stage.weights_size);
        }
        for (std::size_t index : group) {
            plan.total_macs += macs(graph, graph.nodes[index]);
            plan.total_parameters += parameters(graph, graph.nodes[index]);
        }
        plan.thread_scratch_size = std::max(plan.thread_scratch_size, step.scratch_size);
        plan.steps.push_back(std::move(step));
    }
    place_maps(graph, groups, plan);
    return plan;
}

std::int64_t repeated_macs(const Plan& plan) {
    std::int64_t sum = 0;
    for (const Step& step : plan.steps)
        if (step.stream) sum += repeated_macs(step);
    return sum;
}

/// The layers that are one step.
std::vector<NodeGroup> choose_groups(Stages& stages) {
    const Graph& graph = stages.graph;
    if (!stages.form.streams) return single_nodes(graph);
    // The leading layers have the largest maps. As many of them are one stream as makes the arena smallest, of equal
    // ones the fewest.
    LeadingNodes leading;
    const auto plan_with = [&](const LeadingNodes& nodes) {
        return plan_groups(stages, group_nodes(graph, stages.target, nodes));
    };
    Plan plan = plan_with(leading);
    for (int following = 1, most = most_following(graph); following <= most; ++following) {
        if (!can_lead(graph, {following, 0})) continue;
        Plan candidate = plan_with({following, 0});
        if (candidate.arena_size >= plan.arena_size) continue;
        plan = std::move(candidate);
        leading.following = following;
    }
    // Threads that share a stream make the rows at their border twice, the more the longer the stream is. A cut costs a
    // wait of the threads for each other and a whole map: it has to save half a per cent of the network's work, and to
    // cost no memory.
    std::int64_t least = repeated_macs(plan) - plan.total_macs / 200;
    for (int cut = 1, end = leading.following; cut < end; ++cut) {
        if (!can_lead(graph, {end, cut})) continue;
        Plan candidate = plan_with({end, cut});
        const std::int64_t repeated = repeated_macs(candidate);
        if (candidate.arena_size > plan.arena_size || repeated > least) continue;
        least = repeated;
        plan = std::move(candidate);
        leading.cut = cut;
    }
    return group_nodes(graph, stages.target, leading);
}

/// Of a map in a stream, the rows that its one reader leaves are not made.
void note_made_rows(Step& step) {
    if (!step.stream) return;
    std::vector<int> rows(step.stages.size(), 0);
    for (const StreamOperation& operation : stream_order(step, 0, step.last().kernel.output().height))
        if (operation.stage >= 0)
            rows[std::size_t(operation.stage)] =
                std::max(rows[std::size_t(operation.stage)], operation.first + operation.rows);
    for (std::size_t stage = 0; stage < step.stages.size(); ++stage)
        for (ObservedLayer& layer : step.stages[stage].layers) layer.rows = rows[stage];
}

}  // namespace

Plan build_plan(const Graph& graph, const Target& target, const Tuning& tuning, const PlanForm& form) {
    Stages stages(graph, target, tuning, form);
    const std::vector<NodeGroup> groups = choose_groups(stages);
    Plan plan = plan_groups(stages, groups);
    for (Step& step : plan.steps) note_made_rows(step);
    if (has_weights(graph)) pack_steps(graph, groups, plan);
    check_form(form, plan);
    check_plan(plan);
    return plan;
}

}  // namespace ssdgen
