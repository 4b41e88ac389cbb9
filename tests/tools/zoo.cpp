#include "tools/zoo.h"

#include <fmt/format.h>

namespace ssdgen::test {

namespace {

std::string comma(const std::string& more) { return more.empty() ? "" : ", " + more; }

/// 3, or [3, 5] where rows and columns differ.
std::string text_of(const PerAxis& number) {
    return is_equal_both_ways(number) ? to_string(number) : fmt::format("[{}, {}]", number.rows, number.columns);
}

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ",\n    ")); }

std::string head_of(const Zoo& zoo) {
    static const char* const boxes[] = {R"("boxes": 1, "min_sizes": [3])",
                                        R"("boxes": 2, "min_sizes": [4], "max_sizes": [9])",
                                        R"("boxes": 4, "min_sizes": [4], "max_sizes": [9], "aspect_ratios": [2])",
                                        R"("boxes": 6, "min_sizes": [4], "max_sizes": [9], "aspect_ratios": [2, 3])"};
    std::vector<std::string> sources;
    for (std::size_t index = 0; index < zoo.sources.size(); ++index)
        sources.push_back(fmt::format(R"({{"layer": "{}", {}}})", zoo.sources[index], boxes[index % 4]));
    return fmt::format(R"(, "head": {{"kernel": {}, "classes": {}, "background": 0, "scores": "sigmoid",
    "box_code": {{"order": "xywh", "variances": [0.1, 0.1, 0.2, 0.2]}},
    "priors": {{"convention": "caffe", "flip": true, "clip": false, "offset": 0.5, "size_rounding": "keep", "follow_rho": "relative"}},
    "sources": [{}],
    "post_processing": {{"dialect": "tflite-fast", "score_threshold": 0.1, "iou_threshold": 0.5, "max_detections": 10,
                         "max_classes_per_detection": 1}}}})",
                       zoo.head_kernel, zoo.classes, joined(sources));
}

/// Pointwise layers of every width around the vectors, on maps from 19x19 to 1x1; the first layer is pointwise, too.
Zoo widths() {
    Zoo zoo{"widths"};
    zoo.picture = R"("height": 19, "width": 19, "channels": 1, "order": "gray", "mean": [3.5], "scale": [0.02])";
    zoo.layers = {pointwise("p1", 3),           pointwise("p2", 7, R"("activation": "none")"),
                  pointwise("p3", 8),           depthwise("d4", 3, 2),
                  pointwise("p5", 9),           pointwise("p6", 16, R"("activation": "relu6")"),
                  depthwise("d7", 3, 2),        pointwise("p8", 17),
                  pointwise("p9", 24),          pointwise("p10", 33),
                  depthwise("d11", 3, 2),       pointwise("p12", 64),
                  pointwise("p13", 65),         depthwise("d14", 3, 2),
                  pointwise("p15", 100),        pointwise("p16", 1),
                  convolution("c17", 48, 3, 2), pointwise("p18", 130),
                  pointwise("p19", 31)};
    zoo.sources = {"p1", "p6", "p10", "p13", "p16", "p19"};
    return zoo;
}

/// Windows of 1, 3 and 5, strides, dilation and all paddings, odd and even sizes; heads of kernel 3.
Zoo windows() {
    Zoo zoo{"windows"};
    zoo.head_kernel = 3;
    zoo.layers = {convolution("c0", 18, 3, 1),
                  depthwise("dw_caffe_2", 3, 2, R"("input": "c0")"),
                  depthwise("dw_same_2", 3, 2, R"("input": "c0", "padding": "same")"),
                  convolution("c_same_2", 20, 3, 2, R"("input": "c0", "padding": "same", "activation": "relu6")"),
                  depthwise("dw_5", 5, 1, R"("activation": "none")"),
                  depthwise("dw_uneven", 3, 1, R"("pad": [0, 2, 1, 0])"),
                  convolution("c_uneven", 18, 3, 2, R"("pad": [1, 0, 2, 3])"),
                  convolution("c_5", 9, 5, 1, R"("padding": "same")"),
                  depthwise("dw_dilated", 3, 1, R"("dilation": 2)"),
                  convolution("c_dilated", 5, 3, 1, R"("dilation": 3)"),
                  convolution("c_1_2", 8, 1, 2, R"("activation": "none")"),
                  depthwise("dw_1_2", 1, 2, R"("input": "c_5")"),
                  convolution("c_nopad", 20, 3, 1, R"("input": "c0", "pad": 0)"),
                  pool("pool_2", "2", 2),
                  pool("pool_3", "3", 1, R"("input": "c_5")"),
                  depthwise("dw_5_2", 5, 2, R"("padding": "same", "input": "c_same_2")"),
                  depthwise("dw_5_2b", 5, 2, R"("padding": "same")"),
                  depthwise("dw_5_2c", 5, 2, R"("padding": "same")")};
    zoo.sources = {"dw_caffe_2", "dw_same_2", "c_1_2", "c_dilated", "dw_1_2", "pool_2", "pool_3", "dw_5_2c"};
    return zoo;
}

/// Max pools: windows of 2, 3 and 5, strides, both rules, every pad, the last window cut or dropped, odd and even
/// sizes, one in the leading stream.
Zoo maxima() {
    Zoo zoo{"maxima"};
    zoo.layers = {convolution("c0", 19, 3, 1, R"("activation": "none")"),
                  max_pool("m_leading", "2", 1, R"("pad": [0, 1, 1, 0])"),
                  pointwise("p1", 21, R"("activation": "none")"),
                  max_pool("m_2_2", "2", 2, R"("rounding": "ceil")"),
                  max_pool("m_3_2", "3", 2, R"("pad": 0, "input": "p1", "rounding": "ceil")"),
                  max_pool("m_3_2_floor", "3", 2, R"("pad": 0, "input": "p1")"),
                  max_pool("m_3_1", "3", 1),
                  max_pool("m_3_3", "3", 3, R"("input": "p1", "rounding": "ceil")"),
                  max_pool("m_same", "3", 2, R"("padding": "same", "input": "p1")"),
                  max_pool("m_dropped", "2", 2, R"("pad": 1, "input": "m_same", "rounding": "ceil")"),
                  convolution("c2", 8, 3, 1, R"("input": "m_2_2", "activation": "none")"),
                  max_pool("m_uneven", "3", 1, R"("pad": [2, 0, 1, 2])"),
                  max_pool("m_5", "5", 1, R"("padding": "same")"),
                  convolution("c3", 5, 1, 1, R"("input": "m_3_2_floor", "activation": "none")"),
                  max_pool("m_1_3", "1", 3, R"("pad": 0)"),
                  max_pool("m_global", "\"global\"", 1, R"("input": "c3")")};
    zoo.sources = {"m_3_1", "m_3_3", "m_dropped", "m_5", "m_1_3", "m_global", "m_3_2"};
    return zoo;
}

/// A stream whose second layer leaves the last row of its input.
Zoo unread() {
    Zoo zoo{"unread"};
    zoo.picture = R"("height": 28, "width": 26, "channels": 3, "order": "rgb", "mean": [1, 120, 250],
                     "scale": [0.01, 0.02, 0.03])";
    zoo.layers = {convolution("c0", 8, 3, 2), depthwise("d1", 3, 2, R"("pad": 0)"), pointwise("p1", 12)};
    zoo.sources = {"p1"};
    return zoo;
}

/// Maps too large for the cache, so that pointwise layers are cut into rows of pixels, with a rest.
Zoo large() {
    Zoo zoo{"large"};
    zoo.picture = R"("height": 83, "width": 81, "channels": 3, "order": "rgb", "mean": [127.5, 127.5, 127.5],
                     "scale": [0.0078125, 0.0078125, 0.0078125])";
    zoo.rules = R"("padding": "same", "activation": "relu6")";
    zoo.layers = {convolution("c0", 66, 3, 2), pointwise("p1", 70), depthwise("d2", 3, 1), depthwise("d3", 3, 2),
                  pointwise("p4", 128)};
    zoo.sources = {"p4"};
    zoo.classes = 21;
    return zoo;
}

/// First layers: the picture's rows are staged with their padding.
std::vector<Zoo> pictures() {
    const auto make = [](const char* name, const char* size, const std::string& layer, bool gray = false) {
        Zoo zoo{name};
        zoo.picture = std::string(size) +
                      (gray ? R"(, "channels": 1, "order": "gray", "mean": [100], "scale": [0.01])"
                            : R"(, "channels": 3, "order": "rgb", "mean": [1, 120, 250], "scale": [0.01, 0.02, 0.03])");
        zoo.layers = {layer};
        zoo.sources = {"c0"};
        return zoo;
    };
    return {make("even_same", R"("height": 12, "width": 40)", convolution("c0", 24, 3, 2, R"("padding": "same")")),
            make("odd_same", R"("height": 13, "width": 7)", convolution("c0", 17, 3, 2, R"("padding": "same")")),
            make("five", R"("height": 6, "width": 6)", convolution("c0", 33, 5, 1), true),
            make("dilated", R"("height": 9, "width": 19)", convolution("c0", 8, 3, 2, R"("dilation": 2)")),
            make("oblong_picture", R"("height": 12, "width": 17)",
                 convolution("c0", 9, {5, 2}, {1, 3}, R"("dilation": [1, 2])")),
            make("uneven", R"("height": 10, "width": 9)", convolution("c0", 3, 3, 2, R"("pad": [0, 3, 2, 1])")),
            make("one_pixel", R"("height": 1, "width": 1)", convolution("c0", 65, 3, 1), true),
            make("sparse", R"("height": 11, "width": 14)", convolution("c0", 16, 2, 5, R"("pad": 0)")),
            make("pixels", R"("height": 5, "width": 23)", pointwise("c0", 7))};
}

std::vector<Zoo> classifiers() {
    Zoo pooled{"pooled"};
    pooled.layers = {convolution("c0", 12, 3, 2), pointwise("p1", 24), pool("pool", "\"global\""),
                     fully_connected("fc", 37), R"({"name": "prob", "type": "softmax"})"};
    Zoo connected{"connected"};
    connected.layers = {convolution("c0", 10, 3, 2), depthwise("d1", 3, 2),
                        fully_connected("fc1", 40, R"("activation": "relu")"), fully_connected("fc2", 11)};
    Zoo straight{"straight"};
    straight.picture = R"("height": 8, "width": 5, "channels": 1, "order": "gray", "mean": [9], "scale": [0.05])";
    straight.layers = {fully_connected("fc", 10)};
    return {pooled, connected, straight};
}

}  // namespace

std::string convolution(const std::string& name, int channels, const PerAxis& kernel, const PerAxis& stride,
                        const std::string& more) {
    return fmt::format(R"({{"name": "{}", "type": "convolution", "channels": {}, "kernel": {}, "stride": {}{}}})", name,
                       channels, text_of(kernel), text_of(stride), comma(more));
}

std::string depthwise(const std::string& name, const PerAxis& kernel, const PerAxis& stride, const std::string& more) {
    return fmt::format(R"({{"name": "{}", "type": "depthwise", "kernel": {}, "stride": {}{}}})", name, text_of(kernel),
                       text_of(stride), comma(more));
}

std::string pointwise(const std::string& name, int channels, const std::string& more) {
    return fmt::format(R"({{"name": "{}", "type": "pointwise", "channels": {}{}}})", name, channels, comma(more));
}

std::string pool(const std::string& name, const std::string& kernel, const PerAxis& stride, const std::string& more) {
    const std::string step = kernel[0] == '"' ? "" : fmt::format(", \"stride\": {}", text_of(stride));
    return fmt::format(R"({{"name": "{}", "type": "average_pool", "kernel": {}{}{}}})", name, kernel, step,
                       comma(more));
}

std::string max_pool(const std::string& name, const std::string& kernel, const PerAxis& stride,
                     const std::string& more) {
    const std::string step = kernel[0] == '"' ? "" : fmt::format(", \"stride\": {}", text_of(stride));
    return fmt::format(R"({{"name": "{}", "type": "max_pool", "kernel": {}{}{}}})", name, kernel, step, comma(more));
}

std::string fully_connected(const std::string& name, int channels, const std::string& more) {
    return fmt::format(R"({{"name": "{}", "type": "fully_connected", "channels": {}{}}})", name, channels, comma(more));
}

std::string description_of(const Zoo& zoo) {
    return fmt::format(
        R"({{"name": "{}", "width_multiplier": {{"rounding": "floor", "scales": []}}, {}, "batch_norm": {{"epsilon": 0.001}},
  "input": {{{}, "resize": "half_pixel"}},
  "backbone": [{}]{}}})",
        zoo.name, zoo.rules, zoo.picture, joined(zoo.layers), zoo.sources.empty() ? "" : head_of(zoo));
}

Zoo oblong(bool without_stream) {
    Zoo zoo{without_stream ? "oblong_in_steps" : "oblong"};
    zoo.layers = {
        convolution("c0", 18, {3, 5}, {2, 1}),
        depthwise("dw_1_7", {1, 7}, 1),
        convolution("c_7_1", 20, {7, 1}, 1),
        depthwise("dw_5_3", {5, 3}, {1, 2}, R"("input": "c0", "padding": "same")"),
        convolution("c_3_5", 9, {3, 5}, {1, 2}, R"("padding": "same", "activation": "relu6")"),
        convolution("c_dilated", 17, 3, 1, R"("input": "c0", "dilation": [1, 3])"),
        depthwise("dw_dilated", {3, 2}, 1, R"("dilation": [2, 1], "pad": [0, 2, 1, 0])"),
        depthwise("dw_in_pair", {2, 5}, {2, 3}, R"("input": "c_7_1", "dilation": [3, 2], "activation": "none")"),
        pointwise("p_in_pair", 24),
        pointwise("p_2_1", 8, R"("input": "dw_1_7", "stride": [2, 1])"),
        convolution("c_1_2", 7, 1, {1, 2}, R"("input": "c_7_1", "activation": "none")"),
        pool("pool_2_3", "[2, 3]", {2, 1}, R"("input": "dw_dilated")"),
        pool("pool_1_4", "[1, 4]", {1, 3}, R"("input": "c0")"),
        max_pool("max_3_2", "[3, 2]", {1, 3}, R"("input": "c0", "pad": [1, 0, 2, 1], "rounding": "ceil")")};
    zoo.sources = {"c_3_5", "p_in_pair", "p_2_1", "c_1_2", "pool_2_3", "pool_1_4", "max_3_2"};
    if (without_stream) zoo.sources.push_back("dw_in_pair");
    return zoo;
}

std::vector<Zoo> zoo() {
    std::vector<Zoo> all{widths(), windows(), maxima(), oblong(), unread(), large()};
    for (const std::vector<Zoo>& more : {pictures(), classifiers()}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace ssdgen::test
