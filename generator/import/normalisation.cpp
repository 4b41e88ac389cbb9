#include "import/normalisation.h"

#include "description/limits.h"
#include "description/unusual.h"
#include "graph/shapes.h"
#include "support/error.h"
#include "support/warnings.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

const Shape& picture_of(const ModelGraph& model) { return shape_of(model.graph, model.graph.input); }

std::vector<float> one_a_channel(const std::string& file, const char* option, const std::vector<float>& numbers,
                                 int channels) {
    const auto count = static_cast<std::size_t>(channels);
    if (numbers.size() == count) return numbers;
    if (numbers.size() != 1)
        fail_input(file, "has {} channel{}, {} gives {} numbers; allowed: 1 or {}", channels, channels == 1 ? "" : "s",
                   option, numbers.size(), channels);
    return std::vector<float>(count, numbers[0]);
}

ChannelOrder order_of(const ModelGraph& model, const std::optional<ChannelOrder>& wished, ChannelOrder usual) {
    const int channels = picture_of(model).channels;
    const ChannelOrder order = wished.value_or(channels == 1 ? ChannelOrder::gray : usual);
    if ((order == ChannelOrder::gray) != (channels == 1))
        fail_input(model.graph.file, "has {} input channel{}; allowed for --channel-order: {}", channels,
                   channels == 1 ? "" : "s", channels == 1 ? "gray" : "rgb, bgr");
    return order;
}

}  // namespace

MeanAndScale stated_by_options(const ModelGraph& model, const ImportOptions& options) {
    const int channels = picture_of(model).channels;
    if (options.mean.empty() || (options.scale.empty() && options.deviation.empty()))
        fail_input(model.graph.file, "states no input normalisation; give --mean and --scale, or --mean and --std");
    MeanAndScale stated{one_a_channel(model.graph.file, "--mean", options.mean, channels), {}};
    if (options.deviation.empty()) {
        stated.scale = one_a_channel(model.graph.file, "--scale", options.scale, channels);
        return stated;
    }
    std::vector<float> deviation = one_a_channel(model.graph.file, "--std", options.deviation, channels);
    const auto is_part = [](float number) { return number <= 1; };
    const bool parts = std::all_of(stated.mean.begin(), stated.mean.end(), is_part) &&
                       std::all_of(deviation.begin(), deviation.end(), is_part);
    if (parts) {
        for (std::vector<float>* numbers : {&stated.mean, &deviation})
            for (float& number : *numbers) number = static_cast<float>(number * 255.0);
        warn("--mean and --std",
             "found none above 1, so they are taken as parts of 255: --mean {} --std {}; to say that they are "
             "meant so, give these; for bytes as they are, --mean 0 --scale 1",
             fmt::join(stated.mean, ","), fmt::join(deviation, ","));
    }
    for (const float number : deviation) {
        if (!(number > 0)) fail_input("--std", "found {}; allowed: numbers above 0", number);
        stated.scale.push_back(static_cast<float>(1.0 / number));
    }
    return stated;
}

InputDescription make_input(const ModelGraph& model, MeanAndScale outside, const std::optional<ChannelOrder>& order,
                            ChannelOrder usual) {
    InputDescription input;
    const Shape& picture = picture_of(model);
    input.height = picture.height;
    input.width = picture.width;
    input.channels = picture.channels;
    if (input.height > limits::side || input.width > limits::side)
        fail_input(model.graph.file, "takes a picture of {}x{}; allowed: at most {}", input.height, input.width,
                   limits::side);
    input.order = order_of(model, order, usual);
    if (model.picture.reversed) {
        // What the file takes first its first layer sees last.
        if (input.order != ChannelOrder::gray)
            input.order = input.order == ChannelOrder::rgb ? ChannelOrder::bgr : ChannelOrder::rgb;
        std::reverse(outside.mean.begin(), outside.mean.end());
        std::reverse(outside.scale.begin(), outside.scale.end());
    }
    for (std::size_t c = 0; c < outside.mean.size(); ++c) {
        // ((byte - mean) * scale) * factor + shift, written as one mean and one scale.
        const double scale = outside.scale[c] * model.picture.factor[c];
        if (model.picture.shift[c] != 0)
            outside.mean[c] = static_cast<float>(outside.mean[c] - model.picture.shift[c] / scale);
        outside.scale[c] = static_cast<float>(scale);
        if (!std::isfinite(outside.mean[c]) || !std::isfinite(outside.scale[c]) || outside.scale[c] <= 0)
            fail_input(model.graph.file,
                       "has the input normalisation (byte - {}) * {}; allowed: finite numbers, the scale above 0",
                       outside.mean[c], outside.scale[c]);
    }
    input.mean = std::move(outside.mean);
    input.scale = std::move(outside.scale);
    return input;
}

namespace {

/// "--mean 127.5 --scale 0.00784", as they were given.
std::string given_options(const ImportOptions& options) {
    const bool divided = !options.deviation.empty();
    return fmt::format("--mean {} {} {}", fmt::join(options.mean, ","), divided ? "--std" : "--scale",
                       fmt::join(divided ? options.deviation : options.scale, ","));
}

/// Networks are trained on pictures whose values span about 1 to 10.
bool is_usual_span(double scale) { return 255 * scale > 0.9 && 255 * scale < 12; }

/// A --std that leaves the usual range: what could be meant instead.
void warn_deviation(const ImportOptions& options) {
    const auto all = [&](auto&& spans) {
        return std::all_of(options.deviation.begin(), options.deviation.end(),
                           [&](float number) { return spans(static_cast<double>(number)); });
    };
    std::string meant;
    if (all(is_usual_span)) {
        meant = fmt::format("; it divides: is --scale {} meant?", fmt::join(options.deviation, ","));
    } else if (all([](double number) { return is_usual_span(1 / (255 * number)); })) {
        std::vector<double> bytes;
        for (const float number : options.deviation) bytes.push_back(255 * static_cast<double>(number));
        meant = fmt::format("; the mean is one of bytes: is --std {:.6g} meant?", fmt::join(bytes, ","));
    }
    warn("--std", "found {}, by which the byte 255 becomes {:.6g}{}", fmt::join(options.deviation, ","),
         255 / static_cast<double>(options.deviation[0]), meant);
}

bool computes_itself(const ModelGraph& model) {
    return std::any_of(model.picture.factor.begin(), model.picture.factor.end(),
                       [](double factor) { return factor != 1; }) ||
           std::any_of(model.picture.shift.begin(), model.picture.shift.end(), [](double shift) { return shift != 0; });
}

}  // namespace

void warn_normalisation(const InputDescription& input, const ModelGraph& model, const ImportOptions& options) {
    if (options.mean.empty() || is_usual_input(input)) return;  // what a file states itself is as it was trained
    const auto of_byte = [&](double byte) {
        return (byte - static_cast<double>(input.mean[0])) * static_cast<double>(input.scale[0]);
    };
    if (computes_itself(model))
        warn(model.graph.file,
             "computes x * {:.6g} {:+.6g} of its picture itself, so that after {} its first layer gets {:.4g} to "
             "{:.4g}: "
             "is --mean 0 --scale 1 meant?",
             model.picture.factor[0], model.picture.shift[0], given_options(options), of_byte(0), of_byte(255));
    else if (options.deviation.empty())
        warn_unusual_input(input, "--mean", "--scale");
    else
        warn_deviation(options);
}

}  // namespace ssdgen
