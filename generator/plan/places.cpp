#include "plan/places.h"

#include "graph/shapes.h"
#include "graph/slices.h"
#include "plan/alignment.h"
#include "plan/feeds.h"
#include "plan/memory.h"
#include "plan/scratch.h"
#include "support/error.h"

#include <map>
#include <string>

namespace ssdgen {

namespace {

/// Bytes of a number of the raw outputs.
std::int64_t output_bytes(const Graph& graph) { return bytes_of(graph.requantization ? Element::u8 : Element::f32); }

/// Where each tensor of the graph is while the network runs.
class Places {
  public:
    Places(const Graph& graph, Plan& plan) : graph_(graph), plan_(plan), places_(graph.tensors.size()) {
        const std::int64_t number = output_bytes(graph);
        places_[std::size_t(graph.input)].place = Operand::Place::picture;
        if (!graph.head) places_[std::size_t(graph.logits)].place = Operand::Place::logits;
        for (std::size_t index = 0; graph.head && index < graph.head->sources.size(); ++index) {
            const HeadSource& source = graph.head->sources[index];
            places_[std::size_t(source.boxes)] = {Operand::Place::boxes, std::int64_t(source.first_prior) * 4 * number};
            places_[std::size_t(source.logits)] = {Operand::Place::logits,
                                                   std::int64_t(source.first_prior) * graph.head->classes * number};
        }
    }

    void add_step(int step, const NodeGroup& group) {
        for (TensorId id : group_inputs(graph_, group)) last_use_[place_in_whole(graph_, id).whole] = step;
        for (TensorId id : graph_.nodes[group.back()].outputs)
            produced_.emplace(place_in_whole(graph_, id).whole, step);  // by slices: when the first is made
    }

    /// One buffer a map that lives in the arena, all its slices together.
    void add_buffers() {
        for (const auto& [id, step] : produced_) {
            if (places_[std::size_t(id)].place != Operand::Place::arena) continue;
            const Tensor& tensor = graph_.tensors[std::size_t(id)];
            const std::int64_t size = elements(tensor.shape) * bytes_of(tensor.element);
            check(last_use_.count(id) == 1, "somebody reads " + tensor.name);
            index_[id] = plan_.buffers.size();
            plan_.buffers.push_back({tensor.name, 0, size, step, last_use_[id]});
        }
    }

    Operand find(TensorId id) const {
        const auto [whole, first_channel] = place_in_whole(graph_, id);
        const Tensor& map = graph_.tensors[std::size_t(whole)];
        Operand operand = places_[std::size_t(whole)];
        operand.pixel_stride = map.shape.channels;
        if (operand.place == Operand::Place::arena) operand.offset = plan_.buffers[index_.at(whole)].offset;
        operand.offset += first_channel * bytes_of(map.element);
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
std::string scratch_name(const Step& step) { return step.name + " scratch"; }

/// The stretches that are no maps: names with a blank, which no layer has.
void add_fixed_buffers(const Graph& graph, Plan& plan) {
    const int end = int(plan.steps.size());
    for (int step = 0; step < end; ++step)
        if (plan.steps[std::size_t(step)].scratch_size)
            plan.buffers.push_back({scratch_name(plan.steps[std::size_t(step)]), 0,
                                    plan.steps[std::size_t(step)].scratch_size, step, step});
    const Shape input = shape_of(graph, graph.input);
    plan.resize_scratch_bytes = resize_scratch_bytes(input.width);
    plan.buffers.push_back({"resize scratch", 0, plan.resize_scratch_bytes, 0, 0});
    int first_output = end;
    for (int step = end - 1; step >= 0; --step)
        for (const Operand& operand : plan.steps[std::size_t(step)].outputs)
            if (operand.place != Operand::Place::arena) first_output = step;
    const std::int64_t rows = graph.head ? graph.head->priors : 1, number = output_bytes(graph);
    plan.buffers.push_back({"raw logits", 0, rows * plan.classes * number, first_output, end});
    if (!graph.head && graph.requantization)
        plan.buffers.push_back({"float logits", 0, plan.classes * bytes_of(Element::f32), end, end});
    if (!graph.head) return;
    plan.buffers.push_back({"raw boxes", 0, rows * 4 * number, first_output, end});
    plan.post_scratch_bytes = post_scratch_bytes(*graph.head, graph.requantization.has_value());
    plan.buffers.push_back({"post-processing", 0, plan.post_scratch_bytes, end, end});
}

void place_steps(const Graph& graph, const std::vector<NodeGroup>& groups, const Places& places, Plan& plan) {
    for (std::size_t index = 0; index < groups.size(); ++index) {
        Step& step = plan.steps[index];
        step.inputs.clear();
        for (TensorId id : group_inputs(graph, groups[index])) step.inputs.push_back(places.find(id));
        step.outputs.clear();
        for (TensorId id : graph.nodes[groups[index].back()].outputs) step.outputs.push_back(places.find(id));
    }
}

}  // namespace

void place_maps(const Graph& graph, const std::vector<NodeGroup>& groups, Plan& plan) {
    Places places(graph, plan);
    for (std::size_t index = 0; index < groups.size(); ++index) places.add_step(int(index), groups[index]);
    places.add_buffers();
    place_steps(graph, groups, places, plan);  // outputs that leave the arena are known now, offsets after placing
    add_fixed_buffers(graph, plan);
    plan.arena_size = place_buffers(plan.buffers);
    place_steps(graph, groups, places, plan);
    for (Step& step : plan.steps) step.scratch = buffer_offset(plan, scratch_name(step));
    plan.resize_scratch = buffer_offset(plan, "resize scratch");
    plan.logits = buffer_offset(plan, "raw logits");
    plan.boxes = buffer_offset(plan, "raw boxes");
    plan.float_logits = buffer_offset(plan, "float logits");
    plan.post_scratch = buffer_offset(plan, "post-processing");
}

}  // namespace ssdgen
