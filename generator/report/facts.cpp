#include "report/facts.h"

#include "graph/counts.h"
#include "graph/shapes.h"

#include <algorithm>

namespace ssdgen {

namespace {

constexpr std::int64_t float_bytes = 4;

const Window* window_of(const Node& node) {
    return std::visit([](const auto& operation) { return ssdgen::window_of(operation); }, node.operation);
}

/// The layers that a node's inputs come from, "conv1, conv3", the normalisation of the picture not being one.
std::string sources_of(const Graph& graph, const Node& node) {
    std::string sources;
    for (const TensorId input : node.inputs) {
        const TensorId source = input == graph.nodes[0].outputs[0] ? graph.input : input;
        sources += (sources.empty() ? "" : ", ") + graph.tensors[static_cast<std::size_t>(source)].name;
    }
    return sources;
}

LayerFacts layer_facts(const Graph& graph, const Node& node) {
    LayerFacts facts;
    facts.name = node.name;
    facts.kind = kind_name(graph, node);
    facts.from = sources_of(graph, node);
    facts.activation = std::visit([](const auto& operation) { return activation_of(operation); }, node.operation);
    facts.input = shape_of(graph, node.inputs[0]);
    facts.output = shape_of(graph, node.outputs[0]);
    if (const Window* window = window_of(node)) {
        facts.kernel = kernel_of(*window);
        facts.stride = stride_of(*window);
        facts.dilation = dilation_of(*window);
        facts.pads = pads_of(*window);
    }
    facts.macs = macs(graph, node);
    facts.parameters = parameters(graph, node);
    facts.activation_bytes = elements(facts.output) * float_bytes;
    return facts;
}

/// The depthwise layer and its pointwise: a 1x1 convolution of stride 1 that takes its output.
void add_blocks(const Graph& graph, const Node& depthwise, Facts& facts) {
    for (const Node& node : graph.nodes) {
        const auto* convolution = std::get_if<Convolution>(&node.operation);
        if (convolution == nullptr || node.inputs[0] != depthwise.outputs[0]) continue;
        const Window& window = convolution->window;
        if (taps(window) != 1 || stride_of(window) != 1) continue;
        BlockFacts block;
        block.depthwise = depthwise.name;
        block.pointwise = node.name;
        block.output = shape_of(graph, node.outputs[0]);
        block.macs = macs(graph, depthwise) + macs(graph, node);
        const Window& taps = *window_of(depthwise);
        block.standard_macs = macs(graph, node) * taps.rows.kernel * taps.columns.kernel;
        block.ratio = static_cast<double>(block.macs) / static_cast<double>(block.standard_macs);
        facts.blocks.push_back(block);
    }
}

SourceFacts source_facts(const Graph& graph, const Head& head, std::size_t index) {
    const HeadSource& source = head.sources[index];
    SourceFacts facts;
    facts.layer = source.layer;
    for (const Tensor& tensor : graph.tensors)
        if (tensor.name == source.layer) facts.map = tensor.shape;
    facts.boxes_per_cell = source.boxes_per_cell;
    const Shape& boxes = shape_of(graph, source.boxes);
    facts.box_channels = boxes.channels;
    facts.score_channels = shape_of(graph, source.logits).channels;
    facts.priors = boxes.height * boxes.width * source.boxes_per_cell;
    if (head.grids.empty()) return facts;
    facts.min_sizes = head.grids[index].min_sizes;
    facts.max_sizes = head.grids[index].max_sizes;
    return facts;
}

bool is_head(const Graph& graph, const Node& node) {
    if (!graph.head) return false;
    const auto makes = [&](const HeadSource& source) {
        return node.outputs[0] == source.boxes || node.outputs[0] == source.logits;
    };
    return std::any_of(graph.head->sources.begin(), graph.head->sources.end(), makes);
}

void add_to_totals(const Graph& graph, const Node& node, const LayerFacts& layer, Totals& totals) {
    totals.macs += layer.macs;
    totals.parameters += layer.parameters;
    totals.activation_bytes += layer.activation_bytes;
    if (layer.parameters > 0) ++(is_head(graph, node) ? totals.head_layers : totals.layers);
    const bool takes_picture = graph.nodes[0].outputs[0] == node.inputs[0];
    std::int64_t pair = layer.activation_bytes;
    for (const TensorId input : node.inputs)
        pair += elements(shape_of(graph, input)) * (takes_picture ? 1 : float_bytes);
    if (pair <= totals.largest_pair_bytes) return;
    totals.largest_pair_bytes = pair;
    totals.largest_pair_layer = layer.name;
}

}  // namespace

Facts gather_facts(const Graph& graph) {
    Facts facts;
    for (const Node& node : graph.nodes) {
        if (std::holds_alternative<Normalise>(node.operation)) continue;
        facts.layers.push_back(layer_facts(graph, node));
        add_to_totals(graph, node, facts.layers.back(), facts.totals);
        if (std::holds_alternative<Depthwise>(node.operation)) add_blocks(graph, node, facts);
    }
    facts.totals.weight_bytes = facts.totals.parameters * float_bytes;
    if (!graph.head) return facts;
    facts.totals.priors = graph.head->priors;
    for (std::size_t i = 0; i < graph.head->sources.size(); ++i)
        facts.sources.push_back(source_facts(graph, *graph.head, i));
    return facts;
}

}  // namespace ssdgen
