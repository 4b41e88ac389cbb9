#include "plan/build.h"

#include "graph/build.h"
#include "graph/counts.h"
#include "plan/kernels.h"
#include "plan/memory.h"
#include "plan/pack.h"
#include "plan/scratch.h"
#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

constexpr std::int64_t weights_alignment = 16;  // floats

std::int64_t aligned(std::int64_t size) { return (size + weights_alignment - 1) / weights_alignment * weights_alignment; }

std::int64_t floats(std::int64_t bytes) { return (bytes + 3) / 4; }

ObservedLayer observed_layer(const Graph& graph, const Node& node, TensorId output) {
    const Tensor& tensor = graph.tensors[output];
    ObservedLayer layer;
    layer.name = tensor.name;
    layer.kind = kind_name(graph, node);
    layer.tensor = output;
    layer.input = graph.tensors[node.inputs[0]].shape;
    layer.output = tensor.shape;
    std::int64_t channels = 0;
    for (TensorId id : node.outputs) channels += graph.tensors[id].shape.channels;
    // A joined head's work is its outputs' in proportion to their channels.
    layer.macs = macs(graph, node) * tensor.shape.channels / channels;
    layer.parameters = parameters(graph, node) * tensor.shape.channels / channels;
    return layer;
}

Step make_step(const Graph& graph, const Node& node, const Target& target) {
    Step step;
    step.name = node.name;
    step.kernel = make_kernel(graph, node, target);
    step.kernel_name = kernel_name(step.kernel, target);
    step.tile = tile_name(step.kernel, target);
    step.weights_size = packed_size(target, step.kernel);
    step.units = kernel_units(step.kernel);
    for (TensorId id : node.outputs) step.layers.push_back(observed_layer(graph, node, id));
    return step;
}

/// Where each tensor of the graph is while the network runs.
class Places {
  public:
    Places(const Graph& graph, Plan& plan) : graph_(graph), plan_(plan), places_(graph.tensors.size()) {
        places_[graph.input].place = Operand::Place::picture;
        if (!graph.head) places_[graph.logits].place = Operand::Place::logits;
        for (std::size_t index = 0; graph.head && index < graph.head->sources.size(); ++index) {
            const HeadSource& source = graph.head->sources[index];
            places_[source.boxes] = {Operand::Place::boxes, std::int64_t(source.first_prior) * 4};
            places_[source.logits] = {Operand::Place::logits, std::int64_t(source.first_prior) * graph.head->classes};
        }
    }

    void add_step(const Node& node) {
        const int step = int(plan_.steps.size());
        for (TensorId id : node.inputs) last_use_[id] = step;
        for (TensorId id : node.outputs) produced_[id] = step;
    }

    /// One buffer a tensor that lives in the arena.
    void add_buffers() {
        for (const auto& [id, step] : produced_) {
            if (places_[id].place != Operand::Place::arena) continue;
            const Tensor& tensor = graph_.tensors[id];
            const std::int64_t size = std::int64_t(tensor.shape.height) * tensor.shape.width * tensor.shape.channels;
            check(last_use_.count(id) == 1, "somebody reads " + tensor.name);
            index_[id] = plan_.buffers.size();
            plan_.buffers.push_back({tensor.name, 0, size, step, last_use_[id]});
        }
    }

    Operand find(TensorId id) const {
        Operand operand = places_[id];
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

/// The stretches that are no maps: names with a blank, which no layer has.
void add_fixed_buffers(const Graph& graph, Plan& plan) {
    const int end = int(plan.steps.size());
    const Shape input = graph.tensors[graph.input].shape;
    plan.thread_scratch_size = aligned(picture_scratch_size(std::get<ConvolutionKernel>(plan.steps[0].kernel)));
    plan.buffers.push_back({"thread scratch", 0, plan.thread_scratch_size, 0, 0});
    plan.resize_scratch_bytes = resize_scratch_bytes(input.width, input.channels);
    plan.buffers.push_back({"resize scratch", 0, floats(plan.resize_scratch_bytes), 0, 0});
    int first_output = end;
    for (int step = end - 1; step >= 0; --step)
        for (const Operand& operand : plan.steps[step].outputs)
            if (operand.place != Operand::Place::arena) first_output = step;
    const std::int64_t rows = graph.head ? graph.head->priors : 1;
    plan.buffers.push_back({"raw logits", 0, rows * plan.classes, first_output, end});
    if (!graph.head) return;
    plan.buffers.push_back({"raw boxes", 0, rows * 4, first_output, end});
    plan.post_scratch_bytes = post_scratch_bytes(*graph.head);
    plan.buffers.push_back({"post-processing", 0, floats(plan.post_scratch_bytes), end, end});
}

void place_steps(const Graph& graph, const Places& places, Plan& plan) {
    std::size_t index = 0;
    for (const Node& node : graph.nodes) {
        if (std::holds_alternative<Softmax>(node.operation)) continue;
        Step& step = plan.steps[index++];
        step.input = places.find(node.inputs[0]);
        step.outputs.clear();
        for (TensorId id : node.outputs) step.outputs.push_back(places.find(id));
    }
}

void pack_steps(const Graph& graph, Plan& plan) {
    std::size_t index = 0;
    plan.weights.assign(std::size_t(plan.weights_size), 0.0F);
    for (const Node& node : graph.nodes) {
        if (std::holds_alternative<Softmax>(node.operation)) continue;
        const Step& step = plan.steps[index++];
        pack_weights(plan.target, step.kernel, node.operation, plan.weights.data() + step.weights);
    }
}

bool has_weights(const Graph& graph) {
    for (const Node& node : graph.nodes)
        if (const auto* convolution = std::get_if<Convolution>(&node.operation)) return !convolution->weights.empty();
    return false;
}

}  // namespace

Plan build_plan(const Graph& graph, const Target& target) {
    Plan plan;
    plan.name = graph.name;
    plan.target = target;
    plan.alpha = graph.alpha;
    plan.rho = graph.rho;
    plan.input = graph.tensors[graph.input].shape;
    plan.order = graph.order;
    plan.resize = graph.resize;
    plan.head = graph.head;
    plan.classes = graph.head ? graph.head->classes : graph.tensors[graph.logits].shape.channels;
    plan.softmax = graph.softmax;

    Places places(graph, plan);
    for (const Node& node : graph.nodes) {
        if (std::holds_alternative<Softmax>(node.operation)) continue;
        places.add_step(node);
        Step step = make_step(graph, node, target);
        step.weights = plan.weights_size;
        plan.weights_size = aligned(plan.weights_size + step.weights_size);
        plan.total_macs += macs(graph, node);
        plan.total_parameters += parameters(graph, node);
        plan.steps.push_back(std::move(step));
    }
    places.add_buffers();
    place_steps(graph, places, plan);  // outputs that leave the arena are known now, offsets after placing
    add_fixed_buffers(graph, plan);
    plan.arena_size = place_buffers(plan.buffers);
    place_steps(graph, places, plan);
    plan.scratch = buffer_offset(plan, "thread scratch");
    plan.resize_scratch = buffer_offset(plan, "resize scratch");
    plan.logits = buffer_offset(plan, "raw logits");
    plan.boxes = buffer_offset(plan, "raw boxes");
    plan.post_scratch = buffer_offset(plan, "post-processing");
    if (has_weights(graph)) pack_steps(graph, plan);
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
        check(step.weights % weights_alignment == 0 && step.weights + step.weights_size <= plan.weights_size,
              "the weights of " + step.name + " are aligned and inside");
        check(step.outputs.size() == step.layers.size(), step.name + " has a layer an output");
        const auto [known, fresh] = kernels.emplace(step.kernel_name, &step.kernel);
        check(fresh || same_kernel(*known->second, step.kernel), "kernels named " + step.kernel_name + " are equal");
    }
}

std::string print_plan(const Plan& plan) {
    std::string text = fmt::format("plan {} target {} arena {} bytes weights {} bytes macs {} parameters {}\n", plan.name,
                                   plan.target.name, plan.arena_size * 4, plan.weights_size * 4, plan.total_macs,
                                   plan.total_parameters);
    for (const Step& step : plan.steps) {
        text += fmt::format("step {}: {} units {} weights +{} input +{}", step.name, step.kernel_name, step.units,
                            step.weights, step.input.offset);
        for (const Operand& output : step.outputs) text += fmt::format(" output +{}", output.offset);
        text += "\n";
    }
    for (const Buffer& buffer : plan.buffers)
        text += fmt::format("buffer {}: +{} size {} steps {} to {}\n", buffer.name, buffer.offset, buffer.size,
                            buffer.first_step, buffer.last_step);
    return text;
}

}  // namespace ssdgen
