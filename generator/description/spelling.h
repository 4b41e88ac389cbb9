#pragma once

#include "description/description.h"
#include "support/words.h"

namespace ssdgen {

// The words that stand in the JSON for each value; reader, writer, reports and emitted code share them, and a test
// holds configs/network.schema.json to them.

constexpr const char* word(ChannelRounding rounding) {
    switch (rounding) {
        case ChannelRounding::floor: return "floor";
        case ChannelRounding::floor_min_8: return "floor_min_8";
        case ChannelRounding::floor_min_16: return "floor_min_16";
        case ChannelRounding::make_divisible_8: return "make_divisible_8";
    }
    return nullptr;
}

constexpr const char* word(Section section) {
    switch (section) {
        case Section::backbone: return "backbone";
        case Section::extras: return "extras";
        case Section::classifier: return "classifier";
    }
    return nullptr;
}

constexpr const char* word(PaddingRule rule) {
    switch (rule) {
        case PaddingRule::caffe: return "caffe";
        case PaddingRule::same: return "same";
    }
    return nullptr;
}

constexpr const char* word(PoolRounding rounding) {
    switch (rounding) {
        case PoolRounding::floor: return "floor";
        case PoolRounding::ceil: return "ceil";
    }
    return nullptr;
}

constexpr const char* word(Activation activation) {
    switch (activation) {
        case Activation::none: return "none";
        case Activation::relu: return "relu";
        case Activation::relu6: return "relu6";
    }
    return nullptr;
}

constexpr const char* word(ChannelOrder order) {
    switch (order) {
        case ChannelOrder::gray: return "gray";
        case ChannelOrder::rgb: return "rgb";
        case ChannelOrder::bgr: return "bgr";
    }
    return nullptr;
}

constexpr const char* word(ResizeRule rule) {
    switch (rule) {
        case ResizeRule::half_pixel: return "half_pixel";
        case ResizeRule::asymmetric: return "asymmetric";
    }
    return nullptr;
}

constexpr const char* word(LayerKind kind) {
    switch (kind) {
        case LayerKind::convolution: return "convolution";
        case LayerKind::depthwise: return "depthwise";
        case LayerKind::pointwise: return "pointwise";
        case LayerKind::average_pool: return "average_pool";
        case LayerKind::max_pool: return "max_pool";
        case LayerKind::fully_connected: return "fully_connected";
        case LayerKind::add: return "add";
        case LayerKind::concat: return "concat";
        case LayerKind::softmax: return "softmax";
    }
    return nullptr;
}

constexpr const char* word(PriorConvention convention) {
    switch (convention) {
        case PriorConvention::caffe: return "caffe";
        case PriorConvention::tensorflow: return "tensorflow";
        case PriorConvention::table: return "table";
    }
    return nullptr;
}

constexpr const char* word(PriorsFollowRho follow) {
    switch (follow) {
        case PriorsFollowRho::relative: return "relative";
        case PriorsFollowRho::absolute: return "absolute";
    }
    return nullptr;
}

constexpr const char* word(PriorSizeRounding rounding) {
    switch (rounding) {
        case PriorSizeRounding::truncate: return "truncate";
        case PriorSizeRounding::keep: return "keep";
    }
    return nullptr;
}

constexpr const char* word(InterpolatedBox box) {
    switch (box) {
        case InterpolatedBox::last: return "last";
        case InterpolatedBox::second: return "second";
    }
    return nullptr;
}

constexpr const char* word(ScoreConversion conversion) {
    switch (conversion) {
        case ScoreConversion::softmax: return "softmax";
        case ScoreConversion::sigmoid: return "sigmoid";
    }
    return nullptr;
}

constexpr const char* word(BoxOrder order) {
    switch (order) {
        case BoxOrder::xywh: return "xywh";
        case BoxOrder::yxhw: return "yxhw";
    }
    return nullptr;
}

constexpr const char* word(Dialect dialect) {
    switch (dialect) {
        case Dialect::caffe_ssd: return "caffe-ssd";
        case Dialect::tflite_fast: return "tflite-fast";
        case Dialect::tflite_regular: return "tflite-regular";
    }
    return nullptr;
}

inline constexpr auto channel_roundings = all_words<ChannelRounding>();
inline constexpr auto sections = all_words<Section>();
inline constexpr auto padding_rules = all_words<PaddingRule>();
inline constexpr auto pool_roundings = all_words<PoolRounding>();
inline constexpr auto activations = all_words<Activation>();
inline constexpr auto channel_orders = all_words<ChannelOrder>();
inline constexpr auto resize_rules = all_words<ResizeRule>();
inline constexpr auto layer_kinds = all_words<LayerKind>();
inline constexpr auto prior_conventions = all_words<PriorConvention>();
inline constexpr auto priors_follow_rho = all_words<PriorsFollowRho>();
inline constexpr auto prior_size_roundings = all_words<PriorSizeRounding>();
inline constexpr auto interpolated_boxes = all_words<InterpolatedBox>();
inline constexpr auto score_conversions = all_words<ScoreConversion>();
inline constexpr auto box_orders = all_words<BoxOrder>();
inline constexpr auto dialects = all_words<Dialect>();

/// Of a classifier; a softmax is a layer there.
inline constexpr std::array<Spelling<ScoreConversion>, 1> classifier_scores{
    {{ScoreConversion::sigmoid, word(ScoreConversion::sigmoid)}}};

/// An activation behind other words, the separator before it: " relu", "_relu6"; "" for none.
inline std::string activation_suffix(const char* separator, Activation activation) {
    return activation == Activation::none ? "" : fmt::format("{}{}", separator, spell(activation));
}

}  // namespace ssdgen
