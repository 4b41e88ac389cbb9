#include "import/tflite/input.h"

#include "graph/shapes.h"
#include "import/normalisation.h"
#include "import/shown.h"
#include "import/tflite/values.h"
#include "support/error.h"
#include "support/warnings.h"

namespace ssdgen::tflite {

namespace {

MeanAndScale stated_by_file(const Model& file, const ModelGraph& model, const Tensor& picture) {
    const auto count = static_cast<std::size_t>(shape_of(model.graph, model.graph.input).channels);
    const float signed_zero = picture.type == ElementType::int8 ? 128.0F : 0.0F;  // it takes q = byte - 128
    if (model.picture.casts_bytes) return {std::vector<float>(count, signed_zero), std::vector<float>(count, 1.0F)};
    const std::vector<float> scales = scales_of(picture);
    if (scales.size() != 1)
        fail_input(file.file, "its {} input '{}' has {} scales; allowed: one", type_name(picture.type),
                   shown(picture.name), scales.size());
    const float zero_point = static_cast<float>(zero_points_of(file.file, picture)[0]) + signed_zero;
    return {std::vector<float>(count, zero_point), std::vector<float>(count, scales[0])};
}

MeanAndScale stated(const Model& file, const ModelGraph& model, const ImportOptions& options) {
    const Tensor& picture = file.tensors[static_cast<std::size_t>(file.inputs[0])];
    switch (picture.type) {
        case ElementType::uint8:
        case ElementType::int8:
            if (!options.mean.empty() || !options.scale.empty() || !options.deviation.empty())
                fail_input(file.file, "states its input normalisation itself; allowed: no --mean, --scale or --std");
            return stated_by_file(file, model, picture);
        case ElementType::float32: return stated_by_options(model, options);
        default: break;
    }
    fail_input(file.file, "its input '{}' has type {}; allowed: float32, uint8, int8", shown(picture.name),
               type_name(picture.type));
}

/// A QUANTIZE of a float picture says which values it holds; others the file's own arithmetic cuts off, so that mean
/// and scale are likely not those that it was trained with.
void compare_with_quantize(const Model& file, const MeanAndScale& stated) {
    constexpr double most_beyond = 0.1;  // of the range: a calibration does not meet -1 and 1 exactly
    for (const Operator& each : file.operators) {
        if (operator_name(each) != "QUANTIZE" || each.inputs.size() != 1 || each.outputs.size() != 1) continue;
        const Tensor& bytes = file.tensors[static_cast<std::size_t>(each.outputs[0])];
        const std::vector<float> scales = scales_of(bytes);
        const bool holds_bytes = bytes.type == ElementType::int8 || bytes.type == ElementType::uint8;
        if (each.inputs[0] != file.inputs[0] || !holds_bytes || scales.size() != 1) continue;
        const double scale = static_cast<double>(scales[0]);
        const int lowest = (bytes.type == ElementType::int8 ? -128 : 0) - zero_points_of(file.file, bytes)[0];
        const double low = scale * lowest, high = scale * (lowest + 255), slack = most_beyond * (high - low);
        for (std::size_t c = 0; c < stated.mean.size(); ++c) {
            const double factor = static_cast<double>(stated.scale[c]), mean = static_cast<double>(stated.mean[c]);
            const double first = (0 - mean) * factor, last = (255 - mean) * factor;
            if (first >= low - slack && last <= high + slack) continue;
            warn(file.file,
                 "its QUANTIZE takes pictures of {:.4g} to {:.4g}, --mean and --scale give {:.4g} to {:.4g}; the file "
                 "cuts off what lies outside, so it was made for others",
                 low, high, first, last);
            return;
        }
    }
}

}  // namespace

std::optional<InputDescription> stated_input(const Model& file, const ModelGraph& model) {
    const ElementType type = file.tensors[static_cast<std::size_t>(file.inputs[0])].type;
    if (type != ElementType::uint8 && type != ElementType::int8) return std::nullopt;
    return describe_input(file, model, {});
}

InputDescription describe_input(const Model& file, const ModelGraph& model, const ImportOptions& options) {
    const MeanAndScale outside = stated(file, model, options);
    if (file.tensors[static_cast<std::size_t>(file.inputs[0])].type == ElementType::float32)
        compare_with_quantize(file, outside);
    return make_input(model, outside, options.order, ChannelOrder::rgb);
}

}  // namespace ssdgen::tflite
