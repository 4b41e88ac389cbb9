#include "quantize/detector.h"

#include "support/error.h"

#include "ssd/post_process.h"

namespace ssdgen {

namespace {

constexpr float score_threshold = 0.01F;

ssd::Dialect dialect_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::caffe_ssd: return ssd::Dialect::caffe_ssd;
        case Dialect::tflite_fast: return ssd::Dialect::tflite_fast;
        case Dialect::tflite_regular: return ssd::Dialect::tflite_regular;
    }
    throw InternalError("internal error: broken invariant: every dialect is one of the runtime's");
}

ssd::PostProcessing settings_of(const Head& head) {
    const PostProcessing& post = head.post_processing;
    ssd::PostProcessing settings{};
    settings.dialect = dialect_of(post.dialect);
    settings.scores = head.scores == ScoreConversion::softmax ? ssd::Scores::softmax : ssd::Scores::sigmoid;
    settings.order = head.box_code.order == BoxOrder::xywh ? ssd::BoxOrder::xywh : ssd::BoxOrder::yxhw;
    for (std::size_t i = 0; i < 4; ++i) settings.variances[i] = head.box_code.variances[i];
    settings.classes = head.classes;
    settings.background = head.background;
    settings.score_threshold = post.score_threshold;
    settings.iou_threshold = post.iou_threshold;
    settings.max_detections = post.max_detections;
    settings.max_classes_per_detection = post.max_classes_per_detection;
    settings.detections_per_class = post.detections_per_class;
    settings.eta = post.eta;
    settings.clip_boxes = post.clip_boxes;
    return settings;
}

}  // namespace

DetectorHead::DetectorHead(const Graph& graph) : head_(*graph.head), settings_(settings_of(*graph.head)) {
    for (const PriorGrid& grid : head_.grids) {
        std::vector<ssd::BoxSize> sizes;
        for (const BoxSize& box : grid.boxes) sizes.push_back({box.height, box.width});
        sizes_.push_back(std::move(sizes));
    }
    for (std::size_t i = 0; i < head_.grids.size(); ++i) {
        const PriorGrid& grid = head_.grids[i];
        grids_.push_back({grid.height, grid.width, grid.offset_y, grid.offset_x, grid.step_y, grid.step_x,
                          static_cast<int>(sizes_[i].size()), sizes_[i].data()});
    }
    priors_.grids = grids_.data();
    priors_.grid_count = static_cast<int>(grids_.size());
    priors_.table = grids_.empty() ? head_.prior_table.data() : nullptr;
    priors_.clip = head_.clip_priors;
    priors_.count = head_.priors;
}

std::vector<float> DetectorHead::joined(TensorId HeadSource::*kind, const ValuesOf& values) const {
    std::vector<float> all;
    for (const HeadSource& source : head_.sources) {
        const std::vector<float> own = values(source.*kind);
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

std::vector<application::Found> DetectorHead::find(int picture, const ValuesOf& values) const {
    const std::vector<float> boxes = joined(&HeadSource::boxes, values), logits = joined(&HeadSource::logits, values);
    std::vector<float> scratch(ssd::post_scratch_bytes(settings_, priors_.count) / sizeof(float) + 1);
    std::vector<ssd::Detection> detections(static_cast<std::size_t>(head_.priors) *
                                           static_cast<std::size_t>(head_.classes));
    ssd::DetectOptions options;
    options.score_threshold = score_threshold;
    const int count = ssd::post_process(settings_, priors_, boxes.data(), logits.data(), scratch.data(),
                                        detections.data(), static_cast<int>(detections.size()), options);
    check(count >= 0, "the runtime takes what a network makes");
    std::vector<application::Found> found;
    for (int i = 0; i < count; ++i) {
        const ssd::Detection& one = detections[static_cast<std::size_t>(i)];
        const auto edge = [](float value) { return static_cast<double>(value); };
        found.push_back(
            {picture, one.label, edge(one.score), {edge(one.ymin), edge(one.xmin), edge(one.ymax), edge(one.xmax)}});
    }
    return found;
}

}  // namespace ssdgen
