#include "description/write.h"

#include "description/format.h"
#include "description/json_text.h"
#include "description/layer_keys.h"
#include "description/layer_kinds.h"
#include "description/spelling.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// Members of one object: on one line, or one a line with an indent.
class Object {
  public:
    template <class T>
    Object& add(const char* key, const T& value) {
        return add_raw(key, json_text(value));
    }
    Object& add_raw(const char* key, const std::string& json) {
        members_.push_back(fmt::format("\"{}\": {}", key, json));
        return *this;
    }
    std::string line() const { return fmt::format("{{{}}}", fmt::join(members_, ", ")); }
    std::string block(int indent) const {
        const std::string pad(static_cast<std::size_t>(indent), ' ');
        return fmt::format("{{\n{}  {}\n{}}}", pad, fmt::join(members_, ",\n  " + pad), pad);
    }

  private:
    std::vector<std::string> members_;
};

std::string lines(const std::vector<std::string>& elements, int indent) {
    const std::string pad(static_cast<std::size_t>(indent), ' ');
    return fmt::format("[\n{}  {}\n{}]", pad, fmt::join(elements, ",\n  " + pad), pad);
}

/// The value that occurs most often; of several the first enumerator.
template <class Enum>
Enum most_frequent(const std::map<Enum, int>& counts, Enum if_none) {
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto most = std::max_element(counts.begin(), counts.end(), less);
    return most == counts.end() ? if_none : most->first;
}

NetworkDefaults defaults_of(const Description& description) {
    std::map<PaddingRule, int> paddings;
    std::map<Activation, int> activations;
    for (const auto& section : sections) {
        for (const LayerDescription& layer : layers_of(description, section.value)) {
            if (presence("padding", layer.kind) == Presence::inherits && !is_global(layer)) ++paddings[layer.padding];
            if (presence("activation", layer.kind) == Presence::inherits) ++activations[layer.activation];
        }
    }
    return {most_frequent(paddings, description.head ? description.head->padding : PaddingRule::caffe),
            most_frequent(activations, Activation::none)};
}

/// A key that can be left out stands only where it differs from what goes without it.
std::string write_layer(const LayerDescription& layer, const NetworkDefaults& defaults) {
    const LayerDescription usual = usual_layer(layer.kind, defaults);
    Object object;
    for (const LayerKey& key : layer_keys()) {
        const Presence place = presence(key, layer.kind, is_global(layer));
        if (place == Presence::never) continue;
        const std::string value = key.write(layer);
        if (place == Presence::required || value != key.write(usual)) object.add_raw(key.name, value);
    }
    return object.line();
}

std::string write_layers(const std::vector<LayerDescription>& layers, const NetworkDefaults& defaults) {
    std::vector<std::string> elements;
    elements.reserve(layers.size());
    for (const LayerDescription& layer : layers) elements.push_back(write_layer(layer, defaults));
    return lines(elements, 2);
}

void add_caffe_priors(Object& object, const PriorsDescription& priors) {
    object.add("flip", priors.flip).add("clip", priors.clip).add("offset", priors.offset);
    object.add("size_rounding", spell(priors.size_rounding)).add("follow_rho", spell(priors.follow_rho));
}

void add_tensorflow_priors(Object& object, const PriorsDescription& priors) {
    object.add("min_scale", priors.min_scale).add("max_scale", priors.max_scale);
    object.add("aspect_ratios", priors.aspect_ratios);
    object.add("interpolated_scale_aspect_ratio", priors.interpolated_scale_aspect_ratio);
    if (priors.interpolated_box != InterpolatedBox::last)
        object.add("interpolated_box", spell(priors.interpolated_box));
    object.add("reduce_boxes_in_lowest_layer", priors.reduce_boxes_in_lowest_layer);
}

std::string write_priors(const PriorsDescription& priors) {
    Object object;
    object.add("convention", spell(priors.convention));
    switch (priors.convention) {
        case PriorConvention::caffe: add_caffe_priors(object, priors); break;
        case PriorConvention::tensorflow: add_tensorflow_priors(object, priors); break;
        case PriorConvention::table: break;
    }
    return object.block(4);
}

std::string write_source(const SourceDescription& source) {
    Object object;
    object.add("layer", source.layer).add("boxes", source.boxes);
    if (!source.min_sizes.empty()) object.add("min_sizes", source.min_sizes);
    if (!source.max_sizes.empty()) object.add("max_sizes", source.max_sizes);
    if (!source.aspect_ratios.empty()) object.add("aspect_ratios", source.aspect_ratios);
    const PriorStep& step = source.step;
    if (step.height > 0 && step.height == step.width) object.add("step", step.height);
    if (step.height > 0 && step.height != step.width) object.add("step", std::vector<double>{step.height, step.width});
    return object.line();
}

std::string write_post_processing(const PostProcessing& post) {
    Object object;
    object.add("dialect", spell(post.dialect));
    object.add("score_threshold", post.score_threshold).add("iou_threshold", post.iou_threshold);
    switch (post.dialect) {
        case Dialect::caffe_ssd:
            object.add("top_k", post.detections_per_class).add("keep_top_k", post.max_detections);
            object.add("eta", post.eta).add("clip_boxes", post.clip_boxes);
            break;
        case Dialect::tflite_fast:
            object.add("max_detections", post.max_detections);
            object.add("max_classes_per_detection", post.max_classes_per_detection);
            break;
        case Dialect::tflite_regular:
            object.add("max_detections", post.max_detections);
            object.add("detections_per_class", post.detections_per_class);
            break;
    }
    return object.block(4);
}

std::string write_head(const HeadDescription& head, const NetworkDefaults& defaults) {
    std::vector<std::string> sources;
    for (const SourceDescription& source : head.sources) sources.push_back(write_source(source));
    Object box_code;
    box_code.add("order", spell(head.box_code.order)).add("variances", head.box_code.variances);
    Object object;
    object.add("kernel", head.kernel);
    if (head.padding != defaults.padding) object.add("padding", spell(head.padding));
    object.add("classes", head.classes).add("background", head.background);
    object.add("scores", spell(head.scores));
    object.add_raw("box_code", box_code.line());
    object.add_raw("priors", write_priors(head.priors));
    object.add_raw("sources", lines(sources, 4));
    object.add_raw("post_processing", write_post_processing(head.post_processing));
    return object.block(2);
}

std::string write_input(const InputDescription& input) {
    Object object;
    object.add("height", input.height).add("width", input.width).add("channels", input.channels);
    object.add("order", spell(input.order)).add("mean", input.mean).add("scale", input.scale);
    return object.add("resize", spell(input.resize)).block(2);
}

}  // namespace

std::string write_description(const Description& description) {
    const NetworkDefaults defaults = defaults_of(description);
    std::vector<const char*> scales;
    for (const Section section : description.alpha_scales) scales.push_back(spell(section));
    Object width_multiplier;
    width_multiplier.add("rounding", spell(description.channel_rounding)).add("scales", scales);

    Object object;
    object.add("format", description_format)
        .add("name", description.name)
        .add("alpha", description.alpha)
        .add("rho", description.rho);
    object.add_raw("width_multiplier", width_multiplier.line());
    object.add("padding", spell(defaults.padding));
    object.add("activation", spell(defaults.activation));
    if (description.batch_norm_epsilon)
        object.add_raw("batch_norm", Object().add("epsilon", *description.batch_norm_epsilon).line());
    object.add_raw("input", write_input(description.input));
    object.add_raw("backbone", write_layers(description.backbone, defaults));
    if (!description.extras.empty()) object.add_raw("extras", write_layers(description.extras, defaults));
    if (!description.classifier.empty()) object.add_raw("classifier", write_layers(description.classifier, defaults));
    if (description.scores) object.add("scores", spell(*description.scores));
    if (description.head) object.add_raw("head", write_head(*description.head, defaults));
    return object.block(0) + "\n";
}

}  // namespace ssdgen
