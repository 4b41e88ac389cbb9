#include "description/write.h"

#include "documents.h"
#include "same.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

/// A description that takes every branch of the writer: own padding and activation, pads, dilation, input, steps.
Description crowded() {
    Description d = parse_description(small_detector, "small.json");
    d.alpha = 0.1;
    d.rho = 1.0 / 3;
    d.alpha_scales = {Section::classifier, Section::backbone};
    d.batch_norm_epsilon.reset();
    d.input.scale = {0.007843F, 1.0F / 3, 1e-30F};
    d.backbone[0].dilation = 2;
    d.backbone[0].pad = Pads{0, 1, 2, 3};
    d.backbone[0].activation = Activation::none;
    d.backbone[1].padding = PaddingRule::same;
    d.backbone[1].kernel = {1, 7};
    d.backbone[1].stride = {2, 1};
    d.backbone[1].dilation = {1, 3};
    d.backbone[2].stride = 2;
    d.backbone[2].inputs = {"conv0"};
    LayerDescription conv = make_layer("conv2", LayerKind::convolution, 4, 5, 1);
    conv.pad = Pads{1, 1, 1, 1};
    conv.activation = Activation::relu;
    conv.pointer = "/backbone/3";
    d.backbone.push_back(conv);
    LayerDescription dense = make_layer("dense", LayerKind::fully_connected, 4);
    dense.inputs = {"conv2"};
    dense.activation = Activation::relu6;
    dense.pointer = "/extras/1";
    d.extras.push_back(dense);
    d.extras[0].kernel = {2, 3};
    d.head->padding = PaddingRule::same;
    d.head->kernel = 3;
    d.head->sources[0].step = 16.5;
    d.head->sources[1].step = {16, 8.25};
    d.head->box_code.variances = {0.1F, 0.2F, 0.3F, 1};
    return d;
}

}  // namespace

TEST_CASE("what is written reads back as the same description") {
    for (const char* text : {small_detector, small_classifier}) {
        const Description d = parse_description(text, "");
        CHECK(parse_description(write_description(d), "written") == d);
    }
    Description sigmoid = parse_description(small_classifier, "");
    sigmoid.backbone.pop_back();
    sigmoid.scores = ScoreConversion::sigmoid;
    CHECK(parse_description(write_description(sigmoid), "written") == sigmoid);
    const Description d = crowded();
    CAPTURE(write_description(d));
    CHECK(parse_description(write_description(d), "written") == d);
}

TEST_CASE("every convention and dialect reads back as the same description") {
    Description d = parse_description(small_detector, "");
    for (SourceDescription& source : d.head->sources) {
        const std::string pointer = source.pointer;
        source = {source.layer, 3, {}, {}, {}, 0, pointer};
    }
    d.head->priors = {};
    d.head->priors.convention = PriorConvention::tensorflow;
    d.head->priors.min_scale = 0.15;
    d.head->priors.aspect_ratios = {1, 0.3333, 3};
    d.head->priors.interpolated_scale_aspect_ratio = 0;
    d.head->post_processing = {Dialect::tflite_regular, 1e-8F, 0.6F, 10, 1, 7};
    CHECK(parse_description(write_description(d), "") == d);
    d.head->priors.interpolated_scale_aspect_ratio = 1;
    d.head->priors.aspect_ratios = {1, 3};
    for (const InterpolatedBox place : {InterpolatedBox::last, InterpolatedBox::second}) {
        d.head->priors.interpolated_box = place;
        CHECK(parse_description(write_description(d), "") == d);
    }

    d.head->priors = {};
    d.head->priors.convention = PriorConvention::table;
    d.head->background = -1;
    d.head->scores = ScoreConversion::sigmoid;
    d.head->post_processing = {Dialect::tflite_fast, 0.5F, 0.6F, 10, 3};
    CHECK(parse_description(write_description(d), "") == d);
}

TEST_CASE("the written text is canonical") {
    CHECK(write_description(parse_description(small_classifier, "")) == R"({
  "format": 1,
  "name": "tiny",
  "alpha": 1,
  "rho": 1,
  "width_multiplier": {"rounding": "make_divisible_8", "scales": []},
  "padding": "same",
  "activation": "none",
  "input": {
    "height": 8,
    "width": 8,
    "channels": 1,
    "order": "gray",
    "mean": [0],
    "scale": [1],
    "resize": "asymmetric"
  },
  "backbone": [
    {"name": "conv0", "type": "convolution", "channels": 8, "kernel": 3, "stride": 2},
    {"name": "pool", "type": "average_pool", "kernel": "global"},
    {"name": "fc", "type": "fully_connected", "channels": 10},
    {"name": "softmax", "type": "softmax"}
  ]
}
)");
}
