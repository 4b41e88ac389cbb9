#include "plan/build.h"

#include <algorithm>
#include <map>

#include "graph/build.h"
#include "graph/counts.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/memory.h"
#include "plan/pack.h"
#include "plan/scratch.h"
#include "plan/stream.h"
#include "support/error.h"

namespace ssdgen {

namespace {

constexpr std::int64_t weights_alignment = 16;  // floats

std::int64_t aligned(std::int64_t size) {
    return (size + weights_alignment - 1) / weights_alignment * weights_alignment;
}

std::int64_t floats(std::int64_t bytes) {
    return (bytes + 3) / 4;
}

ObservedLayer observed_layer(const Graph& graph, const Node& node, TensorId output) {
    const Tensor& tensor = graph.tensors[std::size_t(output)];
    ObservedLayer layer;
    layer.name = tensor.name;
    layer.kind = kind_name(graph, node);
    layer.tensor = output;
    layer.input = shape_of(graph, node.inputs[0]);
    layer.output = tensor.shape;
    std::int64_t channels = 0;
    for (TensorId id : node.outputs) channels += shape_of(graph, id).channels;
    // A joined head's work is its outputs' in proportion to their channels.
    layer.macs = macs(graph, node) * tensor.shape.channels / channels;
    layer.parameters = parameters(graph, node) * tensor.shape.channels / channels;
    return layer;
}

Stage make_stage(const Graph& graph, const Node& node, const Target& target, bool in_stream, const Tuning& tuning) {
    Stage stage;
    stage.name = node.name;
    stage.kernel = make_kernel(graph, node, target, in_stream, tuning);
    stage.tuned = tuning.choice(stage.kernel).has_value();
    stage.kernel_name = kernel_name(stage.kernel, target);
    stage.tile = tile_name(stage.kernel, target);
    stage.weights_size = packed_size(target, stage.kernel);
    for (TensorId id : node.outputs) stage.layers.push_back(observed_layer(graph, node, id));
    return stage;
}

/// The stages of a graph's nodes, each made once for all plans that are tried.
class Stages {
  public:
    Stages(const Graph& graph, const Target& target, const Tuning& tuning) : graph(graph), target(target), tuning_(tuning) {}

    const Stage& find(std::size_t node, bool in_stream) {
        const auto key = std::make_pair(node, in_stream);
        const auto known = made_.find(key);
        if (known != made_.end()) return known->second;
        return made_.emplace(key, make_stage(graph, graph.nodes[node], target, in_stream, tuning_)).first->second;
    }

    const Graph& graph;
    const Target& target;

  private:
    const Tuning& tuning_;
    std::map<std::pair<std::size_t, bool>, Stage> made_;
};

Step make_step(const NodeGroup& group, Stages& stages) {
    const Graph& graph = stages.graph;
    Step step;
    const Node& first = graph.nodes[group.front()];
    const Node& last = graph.nodes[group.back()];
    step.stream = group.size() > 1 || first.inputs[0] == graph.input;
    for (std::size_t index : group) step.stages.push_back(stages.find(index, step.stream));
    step.name = group.size() > 2 ? first.name + "_to_" + last.name : last.name;
    step.units = kernel_units(step.last().kernel);
    if (first.inputs[0] == graph.input) step.input.place = Operand::Place::picture;
    if (!step.stream) return step;
    step.stream_name = stream_name(step.stages, stages.target);
    place_rings(step);
    return step;
}

/// Where each tensor of the graph is while the network runs.
class Places {
  public:
    Places(const Graph& graph, Plan& plan) : graph_(graph), plan_(plan), places_(graph.tensors.size()) {
        places_[std::size_t(graph.input)].place = Operand::Place::picture;
        if (!graph.head) places_[std::size_t(graph.logits)].place = Operand::Place::logits;
        for (std::size_t index = 0; graph.head && index < graph.head->sources.size(); ++index) {
            const HeadSource& source = graph.head->sources[index];
            places_[std::size_t(source.boxes)] = {Operand::Place::boxes, std::int64_t(source.first_prior) * 4};
            places_[std::size_t(source.logits)] = {Operand::Place::logits, std::int64_t(source.first_prior) * graph.head->classes};
        }
    }

    /// A step from the input of one node to the outputs of another.
    void add_step(const Node& first, const Node& last) {
        const int step = int(plan_.steps.size());
        for (TensorId id : first.inputs) last_use_[id] = step;
        for (TensorId id : last.outputs) produced_[id] = step;
    }

    /// One buffer a tensor that lives in the arena.
    void add_buffers() {
        for (const auto& [id, step] : produced_) {
            if (places_[std::size_t(id)].place != Operand::Place::arena) continue;
            const Tensor& tensor = graph_.tensors[std::size_t(id)];
            const std::int64_t size = std::int64_t(tensor.shape.height) * tensor.shape.width * tensor.shape.channels;
            check(last_use_.count(id) == 1, "somebody reads " + tensor.name);
            index_[id] = plan_.buffers.size();
            plan_.buffers.push_back({tensor.name, 0, size, step, last_use_[id]});
        }
    }

    Operand find(TensorId id) const {
        Operand operand = places_[std::size_t(id)];
        if (operand.place == Operand::Place::arena) operand.offset = plan_.buffers[index_.at(id)].offset;
        return operand;
    }

  private:
    const Graph& graph_;
    Plan& plan_;
    std::vector<Operand> places_;
    std::map<TensorId, int> produced_, last_use_;
    std::map<TensorId, std::size_t> index_;
};

std::int64_t buffer_offset(const Plan& plan, const std::string& name) {
    for (const Buffer& buffer : plan.buffers)
        if (buffer.name == name) return buffer.offset;
    return 0;
}

/// A blank, which no layer's name has.
std::string scratch_name(const Step& step) {
    return step.name + " scratch";
}

/// The stretches that are no maps: names with a blank, which no layer has.
void add_fixed_buffers(const Graph& graph, Plan& plan) {
    const int end = int(plan.steps.size());
    for (int step = 0; step < end; ++step)
        if (plan.steps[std::size_t(step)].scratch_size)
            plan.buffers.push_back({scratch_name(plan.steps[std::size_t(step)]), 0,
                                    plan.steps[std::size_t(step)].scratch_size, step, step});
    const Shape input = shape_of(graph, graph.input);
    plan.resize_scratch_bytes = resize_scratch_bytes(input.width);
    plan.buffers.push_back({"resize scratch", 0, floats(plan.resize_scratch_bytes), 0, 0});
    int first_output = end;
    for (int step = end - 1; step >= 0; --step)
        for (const Operand& operand : plan.steps[std::size_t(step)].outputs)
            if (operand.place != Operand::Place::arena) first_output = step;
    const std::int64_t rows = graph.head ? graph.head->priors : 1;
    plan.buffers.push_back({"raw logits", 0, rows * plan.classes, first_output, end});
    if (!graph.head) return;
    plan.buffers.push_back({"raw boxes", 0, rows * 4, first_output, end});
    plan.post_scratch_bytes = post_scratch_bytes(*graph.head);
    plan.buffers.push_back({"post-processing", 0, floats(plan.post_scratch_bytes), end, end});
}

void place_steps(const Graph& graph, const std::vector<NodeGroup>& groups, const Places& places, Plan& plan) {
    for (std::size_t index = 0; index < groups.size(); ++index) {
        Step& step = plan.steps[index];
        step.input = places.find(graph.nodes[groups[index].front()].inputs[0]);
        step.outputs.clear();
        for (TensorId id : graph.nodes[groups[index].back()].outputs) step.outputs.push_back(places.find(id));
    }
}

void pack_steps(const Graph& graph, const std::vector<NodeGroup>& groups, Plan& plan) {
    plan.weights.assign(std::size_t(plan.weights_size), 0.0F);
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

    Places places(graph, plan);
    for (const NodeGroup& group : groups) {
        places.add_step(graph.nodes[group.front()], graph.nodes[group.back()]);
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
    places.add_buffers();
    place_steps(graph, groups, places, plan);  // outputs that leave the arena are known now, offsets after placing
    add_fixed_buffers(graph, plan);
    plan.arena_size = place_buffers(plan.buffers);
    place_steps(graph, groups, places, plan);
    for (Step& step : plan.steps) step.scratch = buffer_offset(plan, scratch_name(step));
    plan.resize_scratch = buffer_offset(plan, "resize scratch");
    plan.logits = buffer_offset(plan, "raw logits");
    plan.boxes = buffer_offset(plan, "raw boxes");
    plan.post_scratch = buffer_offset(plan, "post-processing");
    return plan;
}

/// Whether so many nodes can follow the first in its stream.
bool leads(const Graph& graph, const Target& target, int following) {
    return int(group_nodes(graph, target, {following, 0})[0].size()) > following;
}

std::int64_t repeated_macs(const Plan& plan) {
    std::int64_t sum = 0;
    for (const Step& step : plan.steps)
        if (step.stream) sum += repeated_macs(step);
    return sum;
}

}  // namespace

Plan build_plan(const Graph& graph, const Target& target, const Tuning& tuning) {
    // The leading layers have the largest maps. As many of them are one stream as makes the arena smallest, of equal
    // ones the fewest.
    Stages stages(graph, target, tuning);
    LeadingNodes leading;
    const auto plan_with = [&](const LeadingNodes& nodes) { return plan_groups(stages, group_nodes(graph, target, nodes)); };
    Plan plan = plan_with(leading);
    for (int following = 1; leads(graph, target, following); ++following) {
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
        Plan candidate = plan_with({leading.following, cut});
        const std::int64_t repeated = repeated_macs(candidate);
        if (candidate.arena_size > plan.arena_size || repeated > least) continue;
        least = repeated;
        plan = std::move(candidate);
        leading.cut = cut;
    }
    if (has_weights(graph)) pack_steps(graph, group_nodes(graph, target, leading), plan);
    check_plan(plan);
    return plan;
}

void check_plan(const Plan& plan) {
    check(!plan.steps.empty(), "a plan has steps");
    check_memory(plan.buffers, plan.arena_size);
    check(plan.steps[0].input.place == Operand::Place::picture, "the first step reads the picture");
    std::map<std::string, const KernelSpec*> kernels;
    for (const Step& step : plan.steps) {
        check(step.units > 0, step.name + " has work");
        check(step.outputs.size() == step.last().layers.size(), step.name + " has a layer an output");
        check(step.stream || step.stages.size() == 1, step.name + " is one kernel or a stream");
        if (step.stream) check_stream(step);
        for (const Stage& stage : step.stages) {
            check(stage.weights % weights_alignment == 0 && stage.weights + stage.weights_size <= plan.weights_size,
                  "the weights of " + stage.name + " are aligned and inside");
            check((kernel_stream_rows(stage.kernel) > 0) == step.stream, stage.name + " works as its step does");
            const auto [known, fresh] = kernels.emplace(stage.kernel_name, &stage.kernel);
            check(fresh || same_kernel(*known->second, stage.kernel),
                  "kernels named " + stage.kernel_name + " are equal");
        }
    }
}

std::string print_plan(const Plan& plan) {
    std::string text = fmt::format("plan {} target {} arena {} bytes weights {} bytes macs {} parameters {}\n",
                                   plan.name, plan.target.name, plan.arena_size * 4, plan.weights_size * 4,
                                   plan.total_macs, plan.total_parameters);
    for (const Step& step : plan.steps) {
        text += fmt::format("step {}: units {} input +{}", step.name, step.units, step.input.offset);
        for (const Operand& output : step.outputs) text += fmt::format(" output +{}", output.offset);
        if (step.scratch_size) text += fmt::format(" scratch +{} size {}", step.scratch, step.scratch_size);
        text += "\n";
        for (const Stage& stage : step.stages) {
            text += fmt::format("  {}: {} weights +{}", stage.name, stage.kernel_name, stage.weights);
            if (stage.ring_rows) text += fmt::format(" ring of {} rows at {}", stage.ring_rows, stage.ring);
            text += "\n";
        }
    }
    for (const Buffer& buffer : plan.buffers)
        text += fmt::format("buffer {}: +{} size {} steps {} to {}\n", buffer.name, buffer.offset, buffer.size,
                            buffer.first_step, buffer.last_step);
    return text;
}

}  // namespace ssdgen
