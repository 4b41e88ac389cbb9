#include "import/describe.h"
#include "support/error.h"

#include <set>

namespace ssdgen {

namespace {

constexpr int largest_boxes = 64;

std::string place(const Network& network, const NetworkLayer& layer) {
    return fmt::format("{}: {} '{}'", network.file, layer.place, shown(layer.name));
}

/// A predictor keeps the size of its source's map: an odd kernel, one step at a time, nothing after it.
void check_predictor(const Network& network, const NetworkLayer& layer) {
    const bool plain = layer.kind == LayerKind::convolution && layer.stride == 1 && layer.dilation == 1 &&
                       layer.activation == Activation::none && !layer.feeds_layer && layer.input >= 0;
    const int pad = (layer.kernel - 1) / 2;
    const bool keeps_size = layer.kernel % 2 == 1 && layer.kernel <= 7 &&
                            (layer.padding == PaddingRule::same || layer.pad == Pads{pad, pad, pad, pad});
    if (!plain || !keeps_size)
        fail_input(
            place(network, layer),
            "predicts boxes or scores; allowed: a convolution on a layer, of kernel 1, 3, 5 or 7 and stride 1 that "
            "keeps the map's size, without activation");
}

SourceDescription describe_source(const Network& network, const NetworkLayer& boxes, const NetworkLayer& scores,
                                  const std::vector<std::string>& names) {
    check_predictor(network, boxes);
    check_predictor(network, scores);
    if (boxes.input != scores.input)
        fail_input(place(network, scores), "takes another layer than the boxes of its rows, {} '{}'; allowed: the same",
                   boxes.place, shown(boxes.name));
    if (boxes.kernel != scores.kernel || boxes.padding != scores.padding)
        fail_input(place(network, scores), "has another window than the boxes of its rows, {} '{}'; allowed: the same",
                   boxes.place, shown(boxes.name));
    SourceDescription source;
    source.layer = names[static_cast<std::size_t>(boxes.input)];
    source.boxes = boxes.out.channels / 4;
    if (source.layer.empty())
        fail_input(place(network, boxes), "takes a predictor's output; allowed: a layer before the head");
    if (boxes.out.channels % 4 != 0 || source.boxes > largest_boxes)
        fail_input(place(network, boxes), "has {} channels; allowed: 4 for each of at most {} boxes a cell",
                   boxes.out.channels, largest_boxes);
    const std::int64_t expected = static_cast<std::int64_t>(source.boxes) * network.detector->columns;
    if (scores.out.channels != expected)
        fail_input(place(network, scores), "has {} channels; allowed: {}, for {} boxes a cell and {} classes",
                   scores.out.channels, expected, source.boxes, network.detector->columns);
    return source;
}

void add_sizes(const SourceDescription& sizes, SourceDescription& source) {
    source.min_sizes = sizes.min_sizes;
    source.max_sizes = sizes.max_sizes;
    source.aspect_ratios = sizes.aspect_ratios;
    source.step = sizes.step;
}

}  // namespace

HeadDescription describe_head(const Network& network, const std::vector<std::string>& source_names) {
    const Detector& detector = *network.detector;
    HeadDescription head;
    if (detector.boxes.size() != detector.scores.size())
        fail_input(network.file, "has {} predictors of boxes and {} of scores; allowed: as many", detector.boxes.size(),
                   detector.scores.size());
    std::set<std::string> seen;
    for (std::size_t i = 0; i < detector.boxes.size(); ++i) {
        const NetworkLayer& boxes = network.layers[static_cast<std::size_t>(detector.boxes[i])];
        const NetworkLayer& scores = network.layers[static_cast<std::size_t>(detector.scores[i])];
        SourceDescription source = describe_source(network, boxes, scores, source_names);
        source.pointer = fmt::format("/head/sources/{}", i);
        if (!detector.sizes.empty()) add_sizes(detector.sizes[i], source);
        if (!seen.insert(source.layer).second)
            fail_input(place(network, boxes), "is the second predictor on '{}'; allowed: one a layer", source.layer);
        if (i == 0) {
            head.kernel = boxes.kernel;
            head.padding = boxes.padding;
        }
        if (boxes.kernel != head.kernel || boxes.padding != head.padding)
            fail_input(place(network, boxes), "has another window than the first predictor; allowed: the same for all");
        head.sources.push_back(std::move(source));
    }
    head.classes = detector.columns;
    head.background = detector.background;
    head.scores = detector.conversion;
    head.box_code = detector.box_code;
    head.priors = detector.priors;
    head.post_processing = detector.post_processing;
    return head;
}

}  // namespace ssdgen
