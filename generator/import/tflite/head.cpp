#include "import/tflite/flexbuffer.h"
#include "import/tflite/values.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <cmath>
#include <map>
#include <set>

namespace ssdgen::tflite {

namespace {

/// The options of TFLite_Detection_PostProcess, by name; reading one takes it off the list.
class DetectionOptions {
  public:
    DetectionOptions(const std::string& where, std::map<std::string, double> numbers)
        : where_(where), numbers_(std::move(numbers)) {}

    double real(const std::string& key, double lowest, double highest = 1e6) {
        const auto found = numbers_.find(key);
        if (found == numbers_.end()) fail_input(where_, "states no {}; allowed: a number", key);
        const double value = found->second;
        numbers_.erase(found);
        if (!std::isfinite(value) || value < lowest || value > highest)
            fail_input(where_, "has {} {}; allowed: {} to {}", key, value, lowest, highest);
        return value;
    }

    int whole(const std::string& key, int lowest) {
        const double value = real(key, lowest);
        if (value != std::floor(value)) fail_input(where_, "has {} {}; allowed: a whole number", key, value);
        return static_cast<int>(value);
    }

    bool has(const std::string& key) const { return numbers_.count(key) != 0; }

    void none_left() const {
        if (!numbers_.empty())
            fail_input(where_,
                       "has an option '{}' that is not understood; allowed: those of TFLite_Detection_PostProcess",
                       numbers_.begin()->first);
    }

  private:
    const std::string& where_;
    std::map<std::string, double> numbers_;
};

/// Gives num_classes.
int read_options(DetectionOptions& options, Head& head) {
    PostProcessing& post = head.post_processing;
    const int classes = options.whole("num_classes", 1);
    post.max_detections = options.whole("max_detections", 1);
    post.score_threshold = static_cast<float>(options.real("nms_score_threshold", 0, 1));
    post.iou_threshold = static_cast<float>(options.real("nms_iou_threshold", 0, 1));
    const int classes_per_detection = options.whole("max_classes_per_detection", 1);
    // The defaults are those of the operator's own reader.
    const bool regular = options.has("use_regular_nms") && options.whole("use_regular_nms", 0) != 0;
    post.dialect = regular ? Dialect::tflite_regular : Dialect::tflite_fast;
    const int per_class = options.has("detections_per_class") ? options.whole("detections_per_class", 1) : 100;
    // Each mode reads one of the two only.
    (regular ? post.detections_per_class : post.max_classes_per_detection) =
        regular ? per_class : classes_per_detection;
    head.box_code.order = BoxOrder::yxhw;
    const char* const scales[] = {"y_scale", "x_scale", "h_scale", "w_scale"};
    for (std::size_t i = 0; i < 4; ++i)
        head.box_code.variances[i] = 1.0F / static_cast<float>(options.real(scales[i], 1e-6));
    options.none_left();
    return classes;
}

}  // namespace

/// How a list is stored that may have been reshaped, or made real numbers, on its way.
std::optional<StoredMap> Walker::stored_list(int tensor) const {
    if (auto found = stored_map(model_.file, this->tensor(tensor))) return found;
    for (const Operator& each : model_.operators) {
        const auto code = static_cast<schema::BuiltinOperator>(each.code);
        const bool same = code == schema::BuiltinOperator::DEQUANTIZE || code == schema::BuiltinOperator::RESHAPE ||
                          code == schema::BuiltinOperator::SQUEEZE;
        if (same && !each.outputs.empty() && each.outputs[0] == tensor && each.inputs[0] != tensor)
            return stored_list(each.inputs[0]);
    }
    return std::nullopt;
}

/// Of scores those of a LOGISTIC alone: no other conversion computes with stored numbers here.
StoredHead Walker::stored_head(int boxes, int scores) const {
    const Value& value = values_[static_cast<std::size_t>(scores)];
    StoredHead stored;
    stored.boxes = stored_list(boxes);
    stored.logits = stored_list(value.conversion ? value.logits : scores);
    if (value.conversion == ScoreConversion::sigmoid) stored.scores = stored_list(value.scores);
    return stored;
}

void Walker::detection() {
    if (builder_.has_detector()) fail("is the second of its kind; allowed: one");
    if (operation().inputs.size() != 3 || operation().outputs.size() != 4)
        fail("has {} inputs and {} outputs; allowed: 3 and 4", operation().inputs.size(), operation().outputs.size());
    const std::string at = where();
    Detector detector;
    Head& head = detector.head;
    DetectionOptions options(at, read_flexbuffer_numbers(at, operation().options.custom));
    const int classes = read_options(options, detector.head);

    const Value& boxes = unpadded(feature(0));
    const Value& scores = results(1);
    const Tensor& anchors = constant(2);
    const int rows = anchors.shape.empty() ? 0 : anchors.shape[0];
    if (anchors.shape != std::vector<int>{rows, 4})
        fail("takes anchors of shape {}; allowed: [boxes,4]", spell_shape(anchors.shape));
    if (boxes.kind != Value::Kind::layers || boxes.shape != std::vector<int>{1, rows, 4})
        fail("takes box encodings of shape {}; allowed: [1,{},4]", spell_shape(boxes.shape), rows);
    if (scores.shape.size() != 3 || scores.shape[0] != 1 || scores.shape[1] != rows)
        fail("takes scores of shape {}; allowed: [1,{},classes]", spell_shape(scores.shape), rows);
    head.classes = scores.shape[2];
    if (head.classes != classes && head.classes != classes + 1)
        fail("takes {} columns of scores for num_classes {}; allowed: as many, or one more for the background",
             head.classes, classes);
    head.background = head.classes == classes ? -1 : 0;
    if (!scores.conversion) fail("takes raw scores; allowed: scores that went through LOGISTIC or SOFTMAX");
    if (scores.conversion == ScoreConversion::softmax && scores.softmax_length != head.classes)
        fail("takes scores from a softmax over {} values; allowed: over the {} classes", scores.softmax_length,
             head.classes);
    head.scores = *scores.conversion;
    detector.boxes = boxes.parts;
    detector.scores = scores.parts;
    detector.priors.convention = PriorConvention::table;
    detector.prior_table = constant_tensor(at, anchors);
    head.prior_table = detector.prior_table.values();
    head.stored = stored_head(input_tensor(0), input_tensor(1));
    builder_.set_detector(std::move(detector));
    for (const int index : operation().outputs) {
        Value& value = values_[static_cast<std::size_t>(index)];
        if (value.kind != Value::Kind::unknown) fail("writes tensor '{}' again; allowed: once", tensor_name(index));
        value.kind = Value::Kind::detections;
    }
}

}  // namespace ssdgen::tflite
