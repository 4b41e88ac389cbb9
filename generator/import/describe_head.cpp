#include "description/limits.h"
#include "graph/shapes.h"
#include "import/describe.h"
#include "import/shown.h"
#include "support/error.h"

#include <set>

namespace ssdgen {

namespace {

/// A layer that makes boxes or scores.
struct Predictor {
    const Node& node;
    const LayerOrigin& origin;
    int channels;

    TensorId input() const { return node.inputs[0]; }
    /// That of the convolution which check_predictor has seen.
    const Window& window() const { return std::get<Convolution>(node.operation).window; }
};

Predictor predictor(const ModelGraph& model, TensorId output) {
    const auto index = static_cast<std::size_t>(layer_of(output));
    return {model.graph.nodes[index], model.origins[index], shape_of(model.graph, output).channels};
}

std::string place(const ModelGraph& model, const Predictor& layer) {
    return fmt::format("{}: {} '{}'", model.graph.file, layer.origin.place, shown(layer.origin.name));
}

bool keeps_size(const Window& window, PaddingRule padding) {
    const PerAxis kernel = kernel_of(window);
    return is_equal_both_ways(kernel) && kernel.rows % 2 == 1 && kernel.rows <= limits::head_kernel &&
           (padding == PaddingRule::same || pads_of(window) == centred_pads(kernel, 1));
}

/// A predictor keeps the size of its source's map: an odd kernel, one step at a time, nothing after it.
void check_predictor(const ModelGraph& model, const Predictor& layer) {
    const auto* convolution = std::get_if<Convolution>(&layer.node.operation);
    const bool plain = convolution != nullptr && stride_of(convolution->window) == 1 &&
                       dilation_of(convolution->window) == 1 && convolution->activation == Activation::none &&
                       !layer.origin.feeds_layer && layer.input() != model.graph.input;
    if (!plain || !keeps_size(convolution->window, layer.origin.rule.padding))
        fail_input(
            place(model, layer),
            "predicts boxes or scores; allowed: a convolution on a layer, of kernel 1, 3, 5 or 7 and stride 1 that "
            "keeps the map's size, without activation");
}

bool same_window(const Predictor& a, const Predictor& b) {
    return kernel_of(a.window()) == kernel_of(b.window()) && a.origin.rule.padding == b.origin.rule.padding;
}

HeadSource pair(const ModelGraph& model, const Predictor& boxes, const Predictor& scores,
                const std::vector<std::string>& names) {
    check_predictor(model, boxes);
    check_predictor(model, scores);
    const int classes = model.detector->head.classes;
    if (boxes.input() != scores.input())
        fail_input(place(model, scores), "takes another layer than the boxes of its rows, {} '{}'; allowed: the same",
                   boxes.origin.place, shown(boxes.origin.name));
    if (!same_window(boxes, scores))
        fail_input(place(model, scores), "has another window than the boxes of its rows, {} '{}'; allowed: the same",
                   boxes.origin.place, shown(boxes.origin.name));
    HeadSource source;
    source.layer = names[static_cast<std::size_t>(layer_of(boxes.input()))];
    source.boxes = boxes.node.outputs[0];
    source.logits = scores.node.outputs[0];
    source.boxes_per_cell = boxes.channels / 4;
    if (source.layer.empty())
        fail_input(place(model, boxes), "takes a predictor's output; allowed: a layer before the head");
    if (boxes.channels % 4 != 0 || source.boxes_per_cell > limits::boxes)
        fail_input(place(model, boxes), "has {} channels; allowed: 4 for each of at most {} boxes a cell",
                   boxes.channels, limits::boxes);
    const std::int64_t expected = std::int64_t{source.boxes_per_cell} * classes;
    if (scores.channels != expected)
        fail_input(place(model, scores), "has {} channels; allowed: {}, for {} boxes a cell and {} classes",
                   scores.channels, expected, source.boxes_per_cell, classes);
    return source;
}

void add_sizes(const SourceDescription& sizes, SourceDescription& source) {
    source.min_sizes = sizes.min_sizes;
    source.max_sizes = sizes.max_sizes;
    source.aspect_ratios = sizes.aspect_ratios;
    source.step = sizes.step;
}

}  // namespace

void pair_predictors(ModelGraph& model, const std::vector<std::string>& names) {
    const Detector& detector = *model.detector;
    if (detector.boxes.size() != detector.scores.size())
        fail_input(model.graph.file, "has {} predictors of boxes and {} of scores; allowed: as many",
                   detector.boxes.size(), detector.scores.size());
    Head head = detector.head;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < detector.boxes.size(); ++i) {
        const Predictor boxes = predictor(model, detector.boxes[i]);
        HeadSource source = pair(model, boxes, predictor(model, detector.scores[i]), names);
        source.first_prior = head.priors;
        if (!seen.insert(source.layer).second)
            fail_input(place(model, boxes), "is the second predictor on '{}'; allowed: one a layer", source.layer);
        if (!same_window(boxes, predictor(model, detector.boxes[0])))
            fail_input(place(model, boxes), "has another window than the first predictor; allowed: the same for all");
        const Shape& map = shape_of(model.graph, source.boxes);
        head.priors += map.height * map.width * source.boxes_per_cell;
        head.sources.push_back(std::move(source));
    }
    model.graph.head = std::move(head);
}

HeadDescription describe_head(const ModelGraph& model) {
    const Head& head = *model.graph.head;
    const Detector& detector = *model.detector;
    const Predictor first = predictor(model, head.sources[0].boxes);
    HeadDescription description;
    description.kernel = first.window().rows.kernel;
    description.padding = first.origin.rule.padding;
    for (std::size_t i = 0; i < head.sources.size(); ++i) {
        SourceDescription source;
        source.layer = head.sources[i].layer;
        source.boxes = head.sources[i].boxes_per_cell;
        source.pointer = fmt::format("/head/sources/{}", i);
        if (!detector.sizes.empty()) add_sizes(detector.sizes[i], source);
        description.sources.push_back(std::move(source));
    }
    description.classes = head.classes;
    description.background = head.background;
    description.scores = head.scores;
    description.box_code = head.box_code;
    description.priors = detector.priors;
    description.post_processing = head.post_processing;
    return description;
}

}  // namespace ssdgen
