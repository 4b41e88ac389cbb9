// A detector that ends in box encodings and scores, without TFLite_Detection_PostProcess: the options name the two
// tensors and state the rest of the head, or the description does that the weights are for.

#include "description/spelling.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <algorithm>

namespace ssdgen::tflite {

namespace {

using Code = schema::BuiltinOperator;

constexpr std::int64_t numbers_of_a_box = 4;

int last_size(const std::vector<int>& shape) { return shape.empty() ? 1 : shape.back(); }

}  // namespace

int Walker::find_tensor(const char* option, const std::string& name) const {
    int found = -1;
    for (std::size_t i = 0; i < model_.tensors.size(); ++i) {
        if (model_.tensors[i].name != name) continue;
        if (found >= 0)
            fail_input(model_.file, "has several tensors '{}'; allowed for {}: a name of one", name, option);
        found = static_cast<int>(i);
    }
    if (found >= 0) return found;
    std::string outputs;
    for (std::size_t i = 0; i < model_.outputs.size() && i < 8; ++i)
        outputs += fmt::format("{}'{}'", i == 0 ? "" : ", ", tensor_name(model_.outputs[i]));
    fail_input(model_.file,
               "has no tensor '{}'; allowed for {}: the name of a tensor that the network makes ({} of its outputs)",
               shown(name), option, outputs);
}

/// Finds the tensors that the options name, and the operators that lead to them: no other is read.
void Walker::find_raw_outputs() {
    if (options_.boxes.empty()) return;
    for (const Operator& each : model_.operators)
        if (each.custom_code == "TFLite_Detection_PostProcess")
            fail_input(
                model_.file,
                "states its head itself, in TFLite_Detection_PostProcess; allowed: no --boxes, --scores, --head");
    raw_boxes_ = find_tensor("--boxes", options_.boxes);
    raw_scores_ = find_tensor("--scores", options_.scores);
    std::vector<bool> wanted(model_.tensors.size(), false);
    wanted[static_cast<std::size_t>(raw_boxes_)] = wanted[static_cast<std::size_t>(raw_scores_)] = true;
    for (std::size_t i = needed_.size(); i-- > 0;) {
        const Operator& each = model_.operators[i];
        needed_[i] = std::any_of(each.outputs.begin(), each.outputs.end(),
                                 [&](int index) { return wanted[static_cast<std::size_t>(index)]; });
        if (!needed_[i]) continue;
        for (const int index : each.inputs)
            if (index >= 0) wanted[static_cast<std::size_t>(index)] = true;
    }
}

const Value& Walker::raw_output(int tensor) const {
    const Value& value = values_[static_cast<std::size_t>(tensor)];
    if (value.kind != Value::Kind::layers || value.pads || value.below_six)
        fail_input(model_.file, "its tensor '{}' is made by no layer; allowed: box encodings or scores",
                   tensor_name(tensor));
    return value;
}

/// The predictors of two lists of rows: boxes [...,4], scores [...,classes], or the map of one predictor each.
Detector Walker::raw_detector(int boxes, int scores) const {
    const Value& encodings = raw_output(boxes);
    const Value& values = raw_output(scores);
    const auto wrong = [&](int tensor, const Value& value, std::string_view allowed) {
        fail_input(model_.file, "its tensor '{}' has shape {}; allowed: {}", tensor_name(tensor),
                   spell_shape(value.shape), allowed);
    };
    const auto is_map = [&](const Value& value) {
        const Shape& map = map_of(value);
        return value.parts.size() == 1 && value.shape == std::vector<int>{1, map.height, map.width, map.channels};
    };
    if (encodings.conversion)
        fail_input(model_.file, "its tensor '{}' went through LOGISTIC or SOFTMAX; allowed for --boxes: box encodings",
                   tensor_name(boxes));
    const std::int64_t numbers = element_count(encodings.shape);
    if (numbers % numbers_of_a_box != 0 || (last_size(encodings.shape) != numbers_of_a_box && !is_map(encodings)))
        wrong(boxes, encodings, "[1,boxes,4], or the map of one predictor");
    const std::int64_t rows = numbers / numbers_of_a_box;
    const std::int64_t columns = element_count(values.shape) / rows;
    if (element_count(values.shape) % rows != 0 || (last_size(values.shape) != columns && !is_map(values)))
        wrong(scores, values, fmt::format("[1,{},classes], or the map of one predictor", rows));
    Detector detector;
    detector.head.classes = static_cast<int>(columns);
    detector.head.stored = stored_head(boxes, scores);
    detector.boxes = encodings.parts;
    detector.scores = values.parts;
    if (values.conversion == ScoreConversion::softmax && values.softmax_length != columns)
        fail_input(model_.file, "its tensor '{}' is a softmax over {} values; allowed: over the {} classes",
                   tensor_name(scores), values.softmax_length, columns);
    return detector;
}

/// What the file makes of scores after a tensor, if it goes on.
std::optional<ScoreConversion> Walker::conversion_after(int tensor) const {
    const Value& value = values_[static_cast<std::size_t>(tensor)];
    if (value.conversion) return value.conversion;
    std::vector<bool> same(model_.tensors.size(), false);
    same[static_cast<std::size_t>(tensor)] = true;
    for (const Operator& each : model_.operators) {
        const bool takes = std::any_of(each.inputs.begin(), each.inputs.end(),
                                       [&](int index) { return index >= 0 && same[static_cast<std::size_t>(index)]; });
        if (!takes) continue;
        switch (static_cast<Code>(each.code)) {
            case Code::LOGISTIC: return ScoreConversion::sigmoid;
            case Code::SOFTMAX: return ScoreConversion::softmax;
            case Code::RESHAPE:
            case Code::SQUEEZE:
            case Code::CONCATENATION:
            case Code::QUANTIZE:
            case Code::DEQUANTIZE:
                for (const int index : each.outputs) same[static_cast<std::size_t>(index)] = true;
                break;
            default: break;
        }
    }
    return std::nullopt;
}

void Walker::raw_detector_as_named() {
    Detector detector = raw_detector(raw_boxes_, raw_scores_);
    if (options_.head != nullptr) {
        const StatedHead& head = *options_.head;
        const std::optional<ScoreConversion> made = conversion_after(raw_scores_);
        if (made && *made != head.scores)
            fail_input(at(head.file, "/scores"), "found \"{}\"; allowed: \"{}\", which {} makes of '{}'",
                       spell(head.scores), spell(*made), model_.file, tensor_name(raw_scores_));
        if (head.background >= detector.head.classes)
            fail_input(at(head.file, "/background"),
                       "found {}; allowed: a column of the {} of '{}' in {}, or -1 for none", head.background,
                       detector.head.classes, tensor_name(raw_scores_), model_.file);
        if (head.priors.convention == PriorConvention::caffe && head.sources.size() != detector.boxes.size())
            fail_input(at(head.file, "/sources"), "found {}; allowed: {}, one for each predictor of '{}' in {}",
                       head.sources.size(), detector.boxes.size(), tensor_name(raw_boxes_), model_.file);
        detector.head.scores = head.scores;
        detector.head.background = head.background;
        detector.priors = head.priors;
        if (head.priors.convention == PriorConvention::caffe) detector.sizes = head.sources;
        detector.head.box_code = head.box_code;
        detector.head.post_processing = head.post_processing;
    }
    builder_.set_detector(std::move(detector));
}

/// Which of two outputs are the boxes: those that have 4 channels for each box of the description.
void Walker::raw_detector_as_described() {
    const std::vector<SourceDescription>& sources = options_.into->head->sources;
    const auto fits = [&](int tensor, int numbers) {
        const std::vector<TensorId>& parts = values_[static_cast<std::size_t>(tensor)].parts;
        bool same = parts.size() == sources.size();
        for (std::size_t i = 0; same && i < parts.size(); ++i)
            same = builder_.shape(parts[i]).channels == sources[i].boxes * numbers;
        return same;
    };
    const std::vector<int>& outputs = model_.outputs;
    const auto pair = [&](std::size_t boxes, std::size_t scores) {
        return outputs.size() == 2 && fits(outputs[boxes], 4) && fits(outputs[scores], options_.into->head->classes);
    };
    const bool straight = pair(0, 1), crossed = pair(1, 0);
    if (straight == crossed)
        fail_input(model_.file,
                   "has the outputs {}, {} of which could be the boxes and the scores of {}; allowed: two that fit its "
                   "{} sources of 4 and {} numbers a box, or import --into with --boxes and --scores",
                   outputs_text(), straight ? "each" : "none", options_.into->file, sources.size(),
                   options_.into->head->classes);
    builder_.set_detector(straight ? raw_detector(outputs[0], outputs[1]) : raw_detector(outputs[1], outputs[0]));
}

/// Two outputs of as many rows, one of four numbers a row as it comes from the layers.
bool Walker::looks_raw() const {
    if (model_.outputs.size() != 2) return false;
    const Value& first = values_[static_cast<std::size_t>(model_.outputs[0])];
    const Value& second = values_[static_cast<std::size_t>(model_.outputs[1])];
    const auto are_boxes = [&](const Value& boxes, const Value& scores) {
        return !boxes.conversion && boxes.shape.size() > 2 && boxes.shape.back() == numbers_of_a_box &&
               scores.shape.size() > 2 && boxes.parts.size() == scores.parts.size() &&
               element_count(scores.shape) % (element_count(boxes.shape) / numbers_of_a_box) == 0;
    };
    return are_boxes(first, second) || are_boxes(second, first);
}

}  // namespace ssdgen::tflite
