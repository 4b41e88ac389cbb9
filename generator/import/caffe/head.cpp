// PriorBox and DetectionOutput: the head of a detector (SEMANTICS.md 2.3, 2.4).

#include "description/aspect_ratios.h"
#include "description/limits.h"
#include "import/caffe/walker.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ssdgen::caffe {

namespace {

/// The number that the text stood for: 44.8, where the float is 44.79999923706055.
double as_written(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

std::vector<double> as_written(const google::protobuf::RepeatedField<float>& values) {
    std::vector<double> result;
    for (const float value : values) result.push_back(as_written(value));
    return result;
}

/// "layer 'conv1_mbox_loc' has 24 outputs, 6 boxes a cell, but layer 'conv1_prior' (PriorBox) makes 3".
std::string count_problem(const std::string& name, int outputs, int divisor, const std::string& of,
                          const std::string& but) {
    const std::string count = outputs % divisor == 0 ? fmt::format("{}", outputs / divisor)
                                                     : fmt::format("{:.6g}", double(outputs) / divisor);
    return fmt::format("layer '{}' has {} outputs, {} {}, but {}", shown(name), outputs, count, of, but);
}

bool same(const SourcePriors& a, const SourcePriors& b) {
    return a.common.flip == b.common.flip && a.common.clip == b.common.clip && a.common.offset == b.common.offset &&
           a.variances == b.variances;
}

}  // namespace

PriorStep Walker::prior_step() const {
    const PriorBoxParameter& given = layer().prior_box_param();
    const bool apart = given.has_step_h() || given.has_step_w();
    if (!given.has_step() && !apart) return 0;
    if (apart && given.has_step())
        fail("has step {} beside step_h {} and step_w {}; allowed: step, or the other two", given.step(),
             given.step_h(), given.step_w());
    const float height = apart ? given.step_h() : given.step();
    const float width = apart ? given.step_w() : given.step();
    const auto fits = [](float step) { return step > 0 && step <= limits::prior_size; };
    if (!fits(height) || !fits(width))
        fail("has step {}x{} (height, width); allowed: both above 0, at most 1e6", height, width);
    return {as_written(height), as_written(width)};
}

void Walker::prior_box() {
    need(2);
    const Value& from = whole_map(0);
    const PriorBoxParameter& given = layer().prior_box_param();
    if (from.kind != Value::Kind::features || bottom(1).kind != Value::Kind::picture)
        fail("takes blobs '{}' and '{}'; allowed: the map of a layer and the picture", shown(layer().bottom(0)),
             shown(layer().bottom(1)));
    const auto height = static_cast<unsigned>(map_of(bottom(1)).height);
    const auto width = static_cast<unsigned>(map_of(bottom(1)).width);
    const bool own_size = (!given.has_img_size() || (given.img_size() == height && given.img_size() == width)) &&
                          (!given.has_img_h() || given.img_h() == height) &&
                          (!given.has_img_w() || given.img_w() == width);
    if (!own_size) fail("states another picture size; allowed: that of the network's input, {}x{}", height, width);
    SourcePriors priors;
    priors.map = from.parts[0];
    priors.name = layer().name();
    priors.sizes.min_sizes = as_written(given.min_size());
    priors.sizes.max_sizes = as_written(given.max_size());
    priors.sizes.aspect_ratios = as_written(given.aspect_ratio());
    priors.sizes.step = prior_step();
    const auto within = [](const google::protobuf::RepeatedField<float>& values, double most) {
        return std::all_of(values.begin(), values.end(), [&](double value) { return value > 0 && value <= most; });
    };
    const bool sizes_fit = given.min_size_size() >= 1 && given.min_size_size() <= limits::boxes &&
                           (given.max_size_size() == 0 || given.max_size_size() == given.min_size_size()) &&
                           within(given.min_size(), limits::prior_size) && within(given.max_size(), limits::prior_size);
    const bool larger = std::equal(given.max_size().begin(), given.max_size().end(), given.min_size().begin(),
                                   [](float most, float least) { return most > least; });
    if (!sizes_fit || !larger || given.aspect_ratio_size() > limits::boxes ||
        !within(given.aspect_ratio(), limits::aspect_ratio))
        fail(
            "has min_size [{}], max_size [{}], aspect_ratio [{}]; allowed: sizes above 0, as many max_size as min_size "
            "or none, each above its min_size, ratios above 0 to {}",
            fmt::join(given.min_size(), ","), fmt::join(given.max_size(), ","), fmt::join(given.aspect_ratio(), ","),
            limits::aspect_ratio);
    if (given.variance_size() != 0 && given.variance_size() != 1 && given.variance_size() != 4)
        fail("has {} variances; allowed: 4, 1 or none", given.variance_size());
    for (int i = 0; i < 4; ++i)
        priors.variances[static_cast<std::size_t>(i)] =
            given.variance_size() == 0 ? 0.1F : given.variance(given.variance_size() == 4 ? i : 0);
    priors.common.flip = given.flip();
    priors.common.clip = given.clip();
    priors.common.offset = given.offset();
    const std::size_t ratios = 1 + caffe_ratios(priors.sizes.aspect_ratios, given.flip()).size();
    const std::size_t boxes = priors.sizes.min_sizes.size() * ratios + priors.sizes.max_sizes.size();
    if (boxes > std::size_t{limits::boxes}) fail("makes {} boxes a cell; allowed: at most {}", boxes, limits::boxes);
    priors.boxes = static_cast<int>(boxes);
    const Shape& map = map_of(from);
    Value value;
    value.kind = Value::Kind::priors;
    const std::int64_t numbers = std::int64_t{map.height} * map.width * priors.boxes * 4;
    if (numbers > 1 << 30) fail("makes {} boxes; allowed: fewer than 2^28", numbers / 4);
    value.shape = {1, 2, static_cast<int>(numbers)};
    value.priors.push_back(std::move(priors));
    give(std::move(value));
}

void Walker::read_post_processing(Head& head) const {
    const DetectionOutputParameter& given = layer().detection_output_param();
    if (!given.share_location()) fail("has share_location false; allowed: true");
    if (given.code_type() != PriorBoxParameter::CENTER_SIZE)
        fail("has code_type {}; allowed: CENTER_SIZE", PriorBoxParameter::CodeType_Name(given.code_type()));
    if (given.num_classes() < 1 || given.num_classes() > unsigned{limits::classes})
        fail("has num_classes {}; allowed: 1 to {}", given.num_classes(), limits::classes);
    head.classes = static_cast<int>(given.num_classes());
    head.background = given.background_label_id();
    if (head.background < -1 || head.background >= head.classes)
        fail("has background_label_id {}; allowed: -1 to {}", head.background, head.classes - 1);
    PostProcessing& post = head.post_processing;
    post.dialect = Dialect::caffe_ssd;
    // Without one every box competes: a score above 0, which softmax always gives.
    post.score_threshold = std::max(given.confidence_threshold(), 0.0F);
    post.iou_threshold = given.nms_param().nms_threshold();
    post.eta = given.nms_param().eta();
    if (!(post.score_threshold <= 1) || !(post.iou_threshold >= 0 && post.iou_threshold <= 1) ||
        !(post.eta > 0 && post.eta <= 1))
        fail("has confidence_threshold {}, nms_threshold {}, eta {}; allowed: up to 1, 0 to 1, above 0 to 1",
             given.confidence_threshold(), post.iou_threshold, post.eta);
    const auto limit = [&](bool given_one, int value) {
        if (!given_one || value < 0) return -1;
        if (value == 0 || value > limits::detections)
            fail("has top_k or keep_top_k {}; allowed: 1 to {}, or -1", value, limits::detections);
        return value;
    };
    post.detections_per_class = limit(given.nms_param().has_top_k(), given.nms_param().top_k());
    post.max_detections = limit(given.has_keep_top_k(), given.keep_top_k());
}

/// Rows and priors go together one by one, so each source's predictors have as many boxes a cell as its priors, and
/// each box as many scores as there are classes. All that differ are told together, each with its layer.
void Walker::check_counts(const Detector& detector, const Value& priors) const {
    if (detector.boxes.size() != priors.priors.size() || detector.scores.size() != priors.priors.size())
        fail("takes boxes of {} layers, scores of {} and priors of {}; allowed: as many", detector.boxes.size(),
             detector.scores.size(), priors.priors.size());
    const int classes = detector.head.classes;
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < priors.priors.size(); ++i) {
        const SourcePriors& source = priors.priors[i];
        const TensorId boxes = detector.boxes[i], scores = detector.scores[i];
        const int box_outputs = builder_.shape(boxes).channels, score_outputs = builder_.shape(scores).channels;
        if (builder_.input_of(boxes) != source.map)
            fail(
                "takes boxes of layer '{}' with the priors of layer '{}', which are on another map; allowed: the same "
                "order of sources in both",
                shown(builder_.origin(boxes).name), shown(source.name));
        const bool boxes_fit = box_outputs == source.boxes * 4;
        if (!boxes_fit)
            problems.push_back(
                count_problem(builder_.origin(boxes).name, box_outputs, 4, "boxes a cell",
                              fmt::format("layer '{}' (PriorBox) makes {}", shown(source.name), source.boxes)));
        // Scores that fit the box predictor are not a second fault.
        const std::int64_t predicted = boxes_fit || box_outputs % 4 != 0 ? source.boxes : box_outputs / 4;
        if (score_outputs != predicted * classes)
            problems.push_back(count_problem(builder_.origin(scores).name, score_outputs, static_cast<int>(predicted),
                                             fmt::format("classes for each of {} boxes a cell", predicted),
                                             fmt::format("num_classes is {}", classes)));
    }
    if (!problems.empty())
        fail("{}; allowed: 4 box outputs and num_classes score outputs a box", fmt::join(problems, ", "));
}

/// What all priors have in common, and the sizes of each source.
void Walker::match_priors(Detector& detector, const Value& priors) const {
    for (const SourcePriors& source : priors.priors) {
        if (!same(source, priors.priors[0]))
            fail("takes priors that differ in flip, clip, offset or variance; allowed: the same for all sources");
        detector.sizes.push_back(source.sizes);
    }
    detector.priors = priors.priors[0].common;
    detector.priors.convention = PriorConvention::caffe;
    detector.head.box_code.order = BoxOrder::xywh;
    detector.head.box_code.variances = priors.priors[0].variances;
    if (layer().detection_output_param().variance_encoded_in_target()) detector.head.box_code.variances = {1, 1, 1, 1};
    for (const float variance : detector.head.box_code.variances)
        if (!(variance > 0 && variance <= limits::variance))
            fail("takes priors of variance {}; allowed: above 0, at most {}", variance, limits::variance);
    if (!(detector.priors.offset >= 0 && detector.priors.offset <= 1))
        fail("takes priors of offset {}; allowed: 0 to 1", detector.priors.offset);
}

void Walker::detection_output() {
    need(3);
    if (builder_.has_detector()) fail("is the second of its kind; allowed: one");
    Detector detector;
    read_post_processing(detector.head);
    const Value& boxes = features(0);
    const Value& scores = features(1);
    const Value& priors = bottom(2);
    if (priors.kind != Value::Kind::priors)
        fail("takes blob '{}' as priors; allowed: those of PriorBox", shown(layer().bottom(2)));
    const std::int64_t rows = priors.shape[2] / 4;
    const auto count = [](const Value& value) {
        std::int64_t product = 1;
        for (const int size : value.shape) product *= size;
        return product;
    };
    detector.boxes = boxes.parts;
    detector.scores = scores.parts;
    check_counts(detector, priors);
    if (!boxes.channels_last || boxes.conversion || count(boxes) != rows * 4)
        fail("takes boxes of shape {}; allowed: [1,{}], permuted and unconverted", spell_shape(boxes.shape), rows * 4);
    if (!scores.channels_last || count(scores) != rows * detector.head.classes)
        fail("takes scores of shape {}; allowed: [1,{}], permuted", spell_shape(scores.shape),
             rows * detector.head.classes);
    if (!scores.conversion) fail("takes raw scores; allowed: scores that went through Softmax or Sigmoid");
    if (scores.conversion == ScoreConversion::softmax && scores.softmax_length != detector.head.classes)
        fail("has num_classes {}, and layer '{}' (Softmax) takes {} values at a time; allowed: the same number",
             detector.head.classes, shown(scores.softmax), scores.softmax_length);
    detector.head.scores = *scores.conversion;
    match_priors(detector, priors);
    builder_.set_detector(std::move(detector));
    Value detections;
    detections.kind = Value::Kind::detections;
    give(std::move(detections));
}

}  // namespace ssdgen::caffe
