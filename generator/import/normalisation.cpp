#include "import/normalisation.h"

#include "description/unusual.h"
#include "import/tflite/values.h"
#include "support/error.h"
#include "support/warnings.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr int largest_side = 8192;

std::vector<float> one_a_channel(const std::string& file, const char* option, const std::vector<float>& numbers,
                                 int channels) {
    const auto count = static_cast<std::size_t>(channels);
    if (numbers.size() == count) return numbers;
    if (numbers.size() != 1)
        fail_input(file, "has {} channel{}, {} gives {} numbers; allowed: 1 or {}", channels, channels == 1 ? "" : "s",
                   option, numbers.size(), channels);
    return std::vector<float>(count, numbers[0]);
}

ChannelOrder order_of(const Network& network, const std::optional<ChannelOrder>& wished, ChannelOrder usual) {
    const int channels = network.input.channels;
    const ChannelOrder order = wished.value_or(channels == 1 ? ChannelOrder::gray : usual);
    if ((order == ChannelOrder::gray) != (channels == 1))
        fail_input(network.file, "has {} input channel{}; allowed for --channel-order: {}", channels,
                   channels == 1 ? "" : "s", channels == 1 ? "gray" : "rgb, bgr");
    return order;
}

}  // namespace

MeanAndScale stated_by_options(const Network& network, const ImportOptions& options) {
    const int channels = network.input.channels;
    if (options.mean.empty() || (options.scale.empty() && options.deviation.empty()))
        fail_input(network.file, "states no input normalisation; give --mean and --scale, or --mean and --std");
    MeanAndScale stated{one_a_channel(network.file, "--mean", options.mean, channels), {}};
    if (options.deviation.empty()) {
        stated.scale = one_a_channel(network.file, "--scale", options.scale, channels);
        return stated;
    }
    std::vector<float> deviation = one_a_channel(network.file, "--std", options.deviation, channels);
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

InputDescription make_input(const Network& network, MeanAndScale outside, const std::optional<ChannelOrder>& order,
                            ChannelOrder usual) {
    InputDescription input;
    input.height = network.input.height;
    input.width = network.input.width;
    input.channels = network.input.channels;
    if (input.height > largest_side || input.width > largest_side)
        fail_input(network.file, "takes a picture of {}x{}; allowed: at most {}", input.height, input.width,
                   largest_side);
    input.order = order_of(network, order, usual);
    if (network.reversed) {
        // What the file takes first its first layer sees last.
        if (input.order != ChannelOrder::gray)
            input.order = input.order == ChannelOrder::rgb ? ChannelOrder::bgr : ChannelOrder::rgb;
        std::reverse(outside.mean.begin(), outside.mean.end());
        std::reverse(outside.scale.begin(), outside.scale.end());
    }
    for (std::size_t c = 0; c < outside.mean.size(); ++c) {
        // ((byte - mean) * scale) * factor + shift, written as one mean and one scale.
        const double scale = outside.scale[c] * network.factor[c];
        if (network.shift[c] != 0) outside.mean[c] = static_cast<float>(outside.mean[c] - network.shift[c] / scale);
        outside.scale[c] = static_cast<float>(scale);
        if (!std::isfinite(outside.mean[c]) || !std::isfinite(outside.scale[c]) || outside.scale[c] <= 0)
            fail_input(network.file,
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

bool computes_itself(const Network& network) {
    return std::any_of(network.factor.begin(), network.factor.end(), [](double factor) { return factor != 1; }) ||
           std::any_of(network.shift.begin(), network.shift.end(), [](double shift) { return shift != 0; });
}

}  // namespace

void warn_normalisation(const InputDescription& input, const Network& network, const ImportOptions& options) {
    if (options.mean.empty() || is_usual_input(input)) return;  // what a file states itself is as it was trained
    const auto of_byte = [&](double byte) {
        return (byte - static_cast<double>(input.mean[0])) * static_cast<double>(input.scale[0]);
    };
    if (computes_itself(network))
        warn(network.file,
             "computes x * {:.6g} {:+.6g} of its picture itself, so that after {} its first layer gets {:.4g} to "
             "{:.4g}: "
             "is --mean 0 --scale 1 meant?",
             network.factor[0], network.shift[0], given_options(options), of_byte(0), of_byte(255));
    else if (options.deviation.empty())
        warn_unusual_input(input, "--mean", "--scale");
    else
        warn_deviation(options);
}

namespace tflite {

namespace {

MeanAndScale stated_by_file(const Model& model, const Network& network, const Tensor& picture) {
    const auto count = static_cast<std::size_t>(network.input.channels);
    const float signed_zero = picture.type == ElementType::int8 ? 128.0F : 0.0F;  // it takes q = byte - 128
    if (network.casts_bytes) return {std::vector<float>(count, signed_zero), std::vector<float>(count, 1.0F)};
    const std::vector<float> scales = scales_of(picture);
    if (scales.size() != 1)
        fail_input(model.file, "its {} input '{}' has {} scales; allowed: one", type_name(picture.type),
                   shown(picture.name), scales.size());
    const float zero_point = static_cast<float>(zero_points_of(model.file, picture)[0]) + signed_zero;
    return {std::vector<float>(count, zero_point), std::vector<float>(count, scales[0])};
}

MeanAndScale stated(const Model& model, const Network& network, const ImportOptions& options) {
    const Tensor& picture = model.tensors[static_cast<std::size_t>(model.inputs[0])];
    switch (picture.type) {
        case ElementType::uint8:
        case ElementType::int8:
            if (!options.mean.empty() || !options.scale.empty() || !options.deviation.empty())
                fail_input(model.file, "states its input normalisation itself; allowed: no --mean, --scale or --std");
            return stated_by_file(model, network, picture);
        case ElementType::float32: return stated_by_options(network, options);
        default: break;
    }
    fail_input(model.file, "its input '{}' has type {}; allowed: float32, uint8, int8", shown(picture.name),
               type_name(picture.type));
}

}  // namespace

namespace {

/// A QUANTIZE of a float picture says which values it holds; others the file's own arithmetic cuts off, so that mean
/// and scale are likely not those that it was trained with.
void compare_with_quantize(const Model& model, const MeanAndScale& stated) {
    constexpr double most_beyond = 0.1;  // of the range: a calibration does not meet -1 and 1 exactly
    for (const Operator& each : model.operators) {
        if (operator_name(each) != "QUANTIZE" || each.inputs.size() != 1 || each.outputs.size() != 1) continue;
        const Tensor& bytes = model.tensors[static_cast<std::size_t>(each.outputs[0])];
        const std::vector<float> scales = scales_of(bytes);
        const bool holds_bytes = bytes.type == ElementType::int8 || bytes.type == ElementType::uint8;
        if (each.inputs[0] != model.inputs[0] || !holds_bytes || scales.size() != 1) continue;
        const double scale = static_cast<double>(scales[0]);
        const int lowest = (bytes.type == ElementType::int8 ? -128 : 0) - zero_points_of(model.file, bytes)[0];
        const double low = scale * lowest, high = scale * (lowest + 255), slack = most_beyond * (high - low);
        for (std::size_t c = 0; c < stated.mean.size(); ++c) {
            const double factor = static_cast<double>(stated.scale[c]), mean = static_cast<double>(stated.mean[c]);
            const double first = (0 - mean) * factor, last = (255 - mean) * factor;
            if (first >= low - slack && last <= high + slack) continue;
            warn(model.file,
                 "its QUANTIZE takes pictures of {:.4g} to {:.4g}, --mean and --scale give {:.4g} to {:.4g}; the file "
                 "cuts "
                 "off what lies outside, so it was made for others",
                 low, high, first, last);
            return;
        }
    }
}

}  // namespace

std::optional<InputDescription> stated_input(const Model& model, const Network& network) {
    const ElementType type = model.tensors[static_cast<std::size_t>(model.inputs[0])].type;
    if (type != ElementType::uint8 && type != ElementType::int8) return std::nullopt;
    return describe_input(model, network, {});
}

InputDescription describe_input(const Model& model, const Network& network, const ImportOptions& options) {
    const MeanAndScale outside = stated(model, network, options);
    if (model.tensors[static_cast<std::size_t>(model.inputs[0])].type == ElementType::float32)
        compare_with_quantize(model, outside);
    return make_input(network, outside, options.order, ChannelOrder::rgb);
}

}  // namespace tflite

}  // namespace ssdgen
