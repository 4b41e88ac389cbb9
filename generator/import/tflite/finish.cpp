#include "import/tflite/values.h"
#include "import/tflite/walker.h"

namespace ssdgen::tflite {

namespace {

/// What a quantised output without activation does to its values all the same, because it cannot hold others: the
/// converter drops an activation that the output's range [0, ...] does by itself.
Activation range_activation(const std::string& file, const Tensor& output) {
    const bool bytes = output.type == ElementType::uint8 || output.type == ElementType::int8;
    const std::vector<float> scales = scales_of(output);
    if (!bytes || scales.size() != 1) return Activation::none;
    const int lowest = output.type == ElementType::uint8 ? 0 : -128;
    if (zero_points_of(file, output)[0] != lowest) return Activation::none;
    const float range = scales[0] * 255.0F;
    return range >= 5.9F && range <= 6.1F ? Activation::relu6 : Activation::relu;
}

}  // namespace

void Walker::apply_quantised_ranges() {
    for (const auto& [made, stated] : layers_)
        if (builder_.takes_activation(made) && builder_.activation_of(made) == Activation::none &&
            builder_.origin(made).feeds_layer)
            builder_.join_activation(made, range_activation(model_.file, tensor(stated)));
}

/// Notes how the file stores the maps that its layers make, and the picture as the first of them takes it.
void Walker::store_maps(Graph& graph) const {
    const auto store = [&](TensorId map, int stated) {
        if (stated < 0) return;
        const std::optional<StoredMap> found = stored_map(model_.file, tensor(stated));
        if (!found) return;
        ssdgen::Tensor& stored = graph.tensors[static_cast<std::size_t>(map)];
        stored.element = found->element;
        stored.quantization = found->quantization;
    };
    store(graph.input, picture_);
    for (const auto& [made, stated] : layers_) store(made, stated);
    if (graph.scores == ScoreConversion::softmax) store(graph.nodes.back().outputs[0], scores_);
}

void Walker::finish() {
    finish_outputs();
    builder_.refuse_loose_ends();
}

/// "'a' of shape [1,3], 'b' of shape [1,8,8,8]", for messages.
std::string Walker::outputs_text() const {
    std::string text;
    for (std::size_t i = 0; i < model_.outputs.size() && i < 8; ++i)
        text += fmt::format("{}'{}' of shape {}", i == 0 ? "" : ", ", tensor_name(model_.outputs[i]),
                            spell_shape(values_[static_cast<std::size_t>(model_.outputs[i])].shape));
    return text;
}

void Walker::finish_outputs() {
    apply_quantised_ranges();
    if (raw_boxes_ >= 0) return raw_detector_as_named();
    const std::vector<int>& outputs = model_.outputs;
    if (outputs.empty()) fail_input(model_.file, "has no output; allowed: a network with one");
    for (const int index : outputs) {
        const Value& value = values_[static_cast<std::size_t>(index)];
        const bool detections = value.kind == Value::Kind::detections;
        if (value.below_six)
            fail_input(model_.file,
                       "its output '{}' is bounded by MINIMUM from above alone; allowed: RELU before or after MINIMUM",
                       tensor_name(index));
        if (!detections && value.kind != Value::Kind::layers)
            fail_input(model_.file, "its output '{}' is made by no layer; allowed: the result of the network",
                       tensor_name(index));
        if (builder_.has_detector() != detections)
            fail_input(model_.file,
                       "its output '{}' is beside the detections; allowed: the outputs of TFLite_Detection_PostProcess",
                       tensor_name(index));
    }
    if (builder_.has_detector()) return;
    const Value& output = values_[static_cast<std::size_t>(outputs[0])];
    if (outputs.size() == 1 && output.parts.size() == 1) return finish_classifier(output);
    if (options_.into != nullptr && options_.into->head) return raw_detector_as_described();
    if (outputs.size() == 1)
        fail_input(model_.file, "its output '{}' joins {} layers; allowed: the output of one", tensor_name(outputs[0]),
                   output.parts.size());
    if (looks_raw() && options_.into != nullptr && !options_.into->head)
        fail_input(model_.file,
                   "ends in the raw outputs {} of a detector, and {} describes a classifier; allowed: a description "
                   "with a head",
                   outputs_text(), options_.into->file);
    if (looks_raw())
        fail_input(
            model_.file,
            "ends in the raw outputs {} of a detector, without TFLite_Detection_PostProcess, which states priors and "
            "thresholds; allowed: such a detector with --boxes NAME, --scores NAME and --head H.json",
            outputs_text());
    fail_input(model_.file,
               "has {} outputs, {}; allowed: one of a classifier, those of TFLite_Detection_PostProcess, or a "
               "detector's raw ones named by --boxes and --scores",
               outputs.size(), outputs_text());
}

void Walker::finish_classifier(const Value& output) {
    const TensorId logits = output.parts[0];
    if (builder_.origin(logits).feeds_layer)
        fail_input(model_.file, "its output is taken by a layer as well; allowed: a last layer");
    const Shape& out = builder_.shape(logits);
    if (output.conversion == ScoreConversion::softmax &&
        output.softmax_length != element_count({out.height, out.width, out.channels}))
        fail_input(model_.file, "ends in a softmax over {} values; allowed: over the {}x{}x{} of the last layer",
                   output.softmax_length, out.height, out.width, out.channels);
    builder_.set_output(logits, output.conversion);
    scores_ = output.scores;
}

}  // namespace ssdgen::tflite
