#pragma once

#include "description/description.h"

#include <algorithm>
#include <tuple>

// Layers made in one line, and equality of descriptions, field by field; `file` (where it was read from) does not
// count.
namespace ssdgen {

inline LayerDescription make_layer(const std::string& name, LayerKind kind, int channels, int kernel = 1,
                                   int stride = 1) {
    LayerDescription layer;
    layer.name = name;
    layer.kind = kind;
    layer.channels = channels;
    layer.kernel = kernel;
    layer.stride = stride;
    return layer;
}

inline bool operator==(const LayerDescription& a, const LayerDescription& b) {
    const auto tie = [](const LayerDescription& l) {
        return std::tie(l.name, l.kind, l.inputs, l.channels, l.kernel, l.stride, l.dilation, l.padding, l.pad,
                        l.activation, l.pointer);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const InputDescription& a, const InputDescription& b) {
    const auto tie = [](const InputDescription& i) {
        return std::tie(i.height, i.width, i.channels, i.order, i.mean, i.scale, i.resize);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const PriorsDescription& a, const PriorsDescription& b) {
    const auto tie = [](const PriorsDescription& p) {
        return std::tie(p.convention, p.flip, p.clip, p.offset, p.size_rounding, p.follow_rho, p.min_scale, p.max_scale,
                        p.aspect_ratios, p.interpolated_scale_aspect_ratio, p.interpolated_box,
                        p.reduce_boxes_in_lowest_layer);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const SourceDescription& a, const SourceDescription& b) {
    const auto tie = [](const SourceDescription& s) {
        return std::tie(s.layer, s.boxes, s.min_sizes, s.max_sizes, s.aspect_ratios, s.step, s.pointer);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const BoxCode& a, const BoxCode& b) {
    return std::tie(a.order, a.variances) == std::tie(b.order, b.variances);
}

inline bool operator==(const PostProcessing& a, const PostProcessing& b) {
    const auto tie = [](const PostProcessing& p) {
        return std::tie(p.dialect, p.score_threshold, p.iou_threshold, p.max_detections, p.max_classes_per_detection,
                        p.detections_per_class, p.eta, p.clip_boxes);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const HeadDescription& a, const HeadDescription& b) {
    const auto tie = [](const HeadDescription& h) {
        return std::tie(h.kernel, h.classes, h.background, h.scores, h.box_code, h.padding, h.priors, h.sources,
                        h.post_processing);
    };
    return tie(a) == tie(b);
}

inline bool operator==(const Description& a, const Description& b) {
    const auto tie = [](const Description& d) {
        return std::tie(d.name, d.alpha, d.rho, d.channel_rounding, d.alpha_scales, d.batch_norm_epsilon, d.input,
                        d.backbone, d.extras, d.classifier, d.scores, d.head);
    };
    return tie(a) == tie(b);
}

}  // namespace ssdgen
