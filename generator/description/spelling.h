#pragma once

#include "description/description.h"
#include "support/error.h"

#include <cstddef>

namespace ssdgen {

// The words that stand in the JSON for each value; reader and writer share them, configs/network.schema.json repeats
// them.

template <class Value>
struct Spelling {
    Value value;
    const char* text;
};

inline constexpr Spelling<ChannelRounding> channel_roundings[] = {
    {ChannelRounding::floor, "floor"},
    {ChannelRounding::floor_min_8, "floor_min_8"},
    {ChannelRounding::floor_min_16, "floor_min_16"},
    {ChannelRounding::make_divisible_8, "make_divisible_8"}};

inline constexpr Spelling<Section> sections[] = {
    {Section::backbone, "backbone"}, {Section::extras, "extras"}, {Section::classifier, "classifier"}};

inline constexpr Spelling<PaddingRule> padding_rules[] = {{PaddingRule::caffe, "caffe"}, {PaddingRule::same, "same"}};

inline constexpr Spelling<Activation> activations[] = {
    {Activation::none, "none"}, {Activation::relu, "relu"}, {Activation::relu6, "relu6"}};

inline constexpr Spelling<ChannelOrder> channel_orders[] = {
    {ChannelOrder::gray, "gray"}, {ChannelOrder::rgb, "rgb"}, {ChannelOrder::bgr, "bgr"}};

inline constexpr Spelling<ResizeRule> resize_rules[] = {{ResizeRule::half_pixel, "half_pixel"},
                                                        {ResizeRule::asymmetric, "asymmetric"}};

inline constexpr Spelling<LayerKind> layer_kinds[] = {{LayerKind::convolution, "convolution"},
                                                      {LayerKind::depthwise, "depthwise"},
                                                      {LayerKind::pointwise, "pointwise"},
                                                      {LayerKind::average_pool, "average_pool"},
                                                      {LayerKind::fully_connected, "fully_connected"},
                                                      {LayerKind::softmax, "softmax"}};

inline constexpr Spelling<PriorConvention> prior_conventions[] = {
    {PriorConvention::caffe, "caffe"}, {PriorConvention::tensorflow, "tensorflow"}, {PriorConvention::table, "table"}};

inline constexpr Spelling<PriorsFollowRho> priors_follow_rho[] = {{PriorsFollowRho::relative, "relative"},
                                                                  {PriorsFollowRho::absolute, "absolute"}};

inline constexpr Spelling<PriorSizeRounding> prior_size_roundings[] = {{PriorSizeRounding::truncate, "truncate"},
                                                                       {PriorSizeRounding::keep, "keep"}};

inline constexpr Spelling<InterpolatedBox> interpolated_boxes[] = {{InterpolatedBox::last, "last"},
                                                                   {InterpolatedBox::second, "second"}};

inline constexpr Spelling<ScoreConversion> score_conversions[] = {{ScoreConversion::softmax, "softmax"},
                                                                  {ScoreConversion::sigmoid, "sigmoid"}};

/// Of a classifier; a softmax is a layer there.
inline constexpr Spelling<ScoreConversion> classifier_scores[] = {{ScoreConversion::sigmoid, "sigmoid"}};

inline constexpr Spelling<BoxOrder> box_orders[] = {{BoxOrder::xywh, "xywh"}, {BoxOrder::yxhw, "yxhw"}};

inline constexpr Spelling<Dialect> dialects[] = {{Dialect::caffe_ssd, "caffe-ssd"},
                                                 {Dialect::tflite_fast, "tflite-fast"},
                                                 {Dialect::tflite_regular, "tflite-regular"}};

/// The word of a value.
template <class Value, std::size_t count>
const char* spell(const Spelling<Value> (&spellings)[count], Value value) {
    for (const auto& spelling : spellings)
        if (spelling.value == value) return spelling.text;
    throw InternalError("internal error: broken invariant: every enumerator has a spelling");
}

}  // namespace ssdgen
