#include "graph/heads.h"

#include "description/limits.h"
#include "graph/layers.h"
#include "graph/priors.h"
#include "graph/shapes.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

TensorId find_tensor(const Graph& graph, const std::string& name) {
    const auto place = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                    [&](const Tensor& tensor) { return tensor.name == name; });
    check(place != graph.tensors.end(), "a source's tensor exists: " + name);
    return static_cast<TensorId>(place - graph.tensors.begin());
}

/// A convolution of the head as a layer; pads are (kernel - 1) / 2 under the caffe rule.
LayerDescription head_layer(const HeadDescription& head, const SourceDescription& source, const std::string& suffix) {
    LayerDescription layer;
    layer.name = source.layer + suffix;
    layer.kind = LayerKind::convolution;
    layer.kernel = head.kernel;
    layer.padding = head.padding;
    layer.pointer = source.pointer;
    return layer;
}

int output_channels(const Description& description, const SourceDescription& source, int values) {
    const std::int64_t channels = std::int64_t{source.boxes} * values;
    if (channels < 1 || channels > limits::graph_channels)
        fail_input(at(description.file, source.pointer), "found {} boxes of {} values; allowed: 1 to {} values a cell",
                   source.boxes, values, limits::graph_channels);
    return static_cast<int>(channels);
}

void check_columns(const Description& description) {
    const HeadDescription& head = *description.head;
    if (head.classes < 1)
        fail_input(at(description.file, "/head/classes"), "found {}; allowed: at least 1", head.classes);
    if (head.background < -1 || head.background >= head.classes)
        fail_input(at(description.file, "/head/background"),
                   "found {}; allowed: a column of the scores, 0 to {} (classes is {}), or -1 for none",
                   head.background, head.classes - 1, head.classes);
}

int count_priors(const Description& description, const std::vector<Shape>& maps) {
    const HeadDescription& description_head = *description.head;
    std::int64_t priors = 0;
    for (std::size_t i = 0; i < maps.size(); ++i)
        priors += std::int64_t{maps[i].height} * maps[i].width * description_head.sources[i].boxes;
    if (priors > limits::graph_elements / std::max(description_head.classes, 4))
        fail_input(at(description.file, "/head"),
                   "found {} default boxes with {} classes; allowed: at most {} raw values", priors,
                   description_head.classes, limits::graph_elements);
    return static_cast<int>(priors);
}

}  // namespace

void add_source(Graph& graph, const Description& description, const SourceDescription& described, TensorId source) {
    const HeadDescription& head = *description.head;
    check_columns(description);
    add_layer(graph, head_layer(head, described, "_mbox_loc"), {source}, output_channels(description, described, 4));
    add_layer(graph, head_layer(head, described, "_mbox_conf"), {source},
              output_channels(description, described, head.classes));
}

std::vector<Shape> source_maps(const Graph& graph, const Description& description) {
    std::vector<Shape> maps;
    for (const SourceDescription& source : description.head->sources)
        maps.push_back(shape_of(graph, find_tensor(graph, source.layer)));
    return maps;
}

void add_head(Graph& graph, const Description& description, const std::vector<Shape>& full_maps) {
    const HeadDescription& described = *description.head;
    const std::vector<Shape> maps = source_maps(graph, description);
    Head head;
    head.classes = described.classes;
    head.background = described.background;
    head.scores = described.scores;
    head.box_code = described.box_code;
    head.post_processing = described.post_processing;
    head.priors = count_priors(description, maps);
    head.clip_priors = described.priors.convention == PriorConvention::caffe && described.priors.clip;
    int first_prior = 0;
    for (std::size_t i = 0; i < maps.size(); ++i) {
        const SourceDescription& source = described.sources[i];
        head.sources.push_back({source.layer, find_tensor(graph, source.layer + "_mbox_loc"),
                                find_tensor(graph, source.layer + "_mbox_conf"), source.boxes, first_prior});
        first_prior += maps[i].height * maps[i].width * source.boxes;
        if (described.priors.convention != PriorConvention::table)
            head.grids.push_back(
                make_prior_grid(description, i, {shape_of(graph, graph.input), maps[i], full_maps[i]}));
    }
    graph.head = std::move(head);
}

}  // namespace ssdgen
