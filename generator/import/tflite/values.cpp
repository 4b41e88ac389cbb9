#include "import/tflite/values.h"

#include "import/shown.h"
#include "support/error.h"
#include "weights/number_formats.h"

#include <cmath>
#include <limits>
#include <utility>

namespace ssdgen::tflite {

namespace {

struct Range {
    std::int64_t lowest;
    std::int64_t highest;
};

Range stored_range(ElementType type) {
    switch (type) {
        case ElementType::uint8: return {0, 255};
        case ElementType::int8: return {-128, 127};
        default: return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    }
}

std::string constant_at(const std::string& where, const Tensor& tensor) {
    return fmt::format("{}: constant '{}'", where, shown(tensor.name));
}

std::size_t count_of(const Tensor& tensor) {
    return tensor.shape.empty() ? 1 : static_cast<std::size_t>(element_count(tensor.shape));
}

/// The numbers of a constant as they are stored.
StoredNumbers stored_numbers(const Tensor& tensor, Element element) {
    StoredNumbers numbers = make_numbers(element, count_of(tensor));
    std::visit([&](auto& stored) { load_little_endian(tensor.data, stored); }, numbers);
    return numbers;
}

/// The axis that scales are along; -1 for one scale.
int scale_axis(const std::string& where, const Tensor& tensor, std::size_t scales) {
    if (scales == 1) return -1;
    const int dimension = tensor.quantization.dimension;
    const int rank = static_cast<int>(tensor.shape.size());
    if (dimension < 0 || dimension >= rank ||
        static_cast<std::size_t>(tensor.shape[static_cast<std::size_t>(dimension)]) != scales)
        fail_input(constant_at(where, tensor),
                   "of shape [{}] has {} scales along dimension {}; allowed: 1, or the dimension's size",
                   fmt::join(tensor.shape, ","), scales, dimension);
    return dimension;
}

WeightTensor quantized(const std::string& where, const Tensor& tensor, Element element, std::vector<float> scales,
                       std::vector<int> zero_points) {
    const int axis = scale_axis(where, tensor, scales.size());
    return {tensor.shape, stored_numbers(tensor, element),
            ssdgen::Quantization{std::move(scales), std::move(zero_points), axis}};
}

}  // namespace

std::vector<float> scales_of(const Tensor& tensor) {
    std::vector<float> scales(tensor.quantization.scale.size() / 4);
    for (std::size_t i = 0; i < scales.size(); ++i)
        scales[i] = load_little_endian<float>(tensor.quantization.scale, 4 * i);
    return scales;
}

std::vector<int> zero_points_of(const std::string& where, const Tensor& tensor) {
    const std::size_t scales = tensor.quantization.scale.size() / 4;
    const std::size_t given = tensor.quantization.zero_point.size() / 8;
    if (given != 0 && given != 1 && given != scales)
        fail_input(fmt::format("{}: tensor '{}'", where, shown(tensor.name)),
                   "has {} zero points for {} scales; allowed: one each", given, scales);
    std::vector<int> result(scales, 0);
    const Range range = stored_range(tensor.type);
    for (std::size_t i = 0; i < scales && given != 0; ++i) {
        const auto zero_point =
            load_little_endian<std::int64_t>(tensor.quantization.zero_point, given == 1 ? 0 : 8 * i);
        if (zero_point < range.lowest || zero_point > range.highest)
            fail_input(fmt::format("{}: tensor '{}'", where, shown(tensor.name)),
                       "has zero point {}; allowed: {} to {}", zero_point, range.lowest, range.highest);
        result[i] = static_cast<int>(zero_point);
    }
    return result;
}

std::optional<Element> element_of(ElementType type) {
    switch (type) {
        case ElementType::float32: return Element::f32;
        case ElementType::float16: return Element::f16;
        case ElementType::int32: return Element::s32;
        case ElementType::uint8: return Element::u8;
        case ElementType::int8: return Element::s8;
        case ElementType::int64:
        case ElementType::int16: return std::nullopt;
    }
    return std::nullopt;  // any other number may stand in a file
}

WeightTensor constant_tensor(const std::string& where, const Tensor& tensor) {
    const std::optional<Element> element = element_of(tensor.type);
    if (!element)
        fail_input(constant_at(where, tensor), "has type {}; allowed: float32, float16, uint8, int8, int32",
                   type_name(tensor.type));
    if (!is_quantized(*element)) return {tensor.shape, stored_numbers(tensor, *element)};
    if (!tensor.quantization.given())
        fail_input(constant_at(where, tensor), "of type {} has no quantisation; allowed: a scale and a zero point",
                   type_name(tensor.type));
    return quantized(where, tensor, *element, scales_of(tensor), zero_points_of(where, tensor));
}

WeightTensor bias_tensor(const std::string& where, const Tensor& tensor, const std::vector<float>& scales) {
    if (tensor.type != ElementType::int32 || tensor.quantization.given()) return constant_tensor(where, tensor);
    if (scales.empty())
        fail_input(constant_at(where, tensor),
                   "of type int32 has no quantisation; allowed: a scale, its own or its layer's");
    return quantized(where, tensor, Element::s32, scales, std::vector<int>(scales.size(), 0));
}

std::vector<float> constant_values(const std::string& where, const Tensor& tensor) {
    return constant_tensor(where, tensor).values();
}

std::optional<StoredMap> stored_map(const std::string& file, const Tensor& tensor) {
    const bool bytes = tensor.type == ElementType::uint8 || tensor.type == ElementType::int8;
    if (!bytes || !tensor.quantization.given()) return std::nullopt;
    const std::string place = fmt::format("{}: tensor '{}'", file, shown(tensor.name));
    std::vector<float> scales = scales_of(tensor);
    if (scales.size() != 1) fail_input(place, "of a map has {} scales; allowed: one", scales.size());
    if (!(scales[0] > 0) || !std::isfinite(scales[0]))
        fail_input(place, "of a map has scale {}; allowed: a finite number above 0", scales[0]);
    return StoredMap{*element_of(tensor.type), {std::move(scales), zero_points_of(file, tensor), -1}};
}

std::vector<int> constant_integers(const std::string& where, const Tensor& tensor) {
    if (tensor.type != ElementType::int32 && tensor.type != ElementType::int64)
        fail_input(constant_at(where, tensor), "has type {}; allowed: int32, int64", type_name(tensor.type));
    std::vector<int> values(count_of(tensor));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t value = tensor.type == ElementType::int64
                                       ? load_little_endian<std::int64_t>(tensor.data, 8 * i)
                                       : load_little_endian<std::int32_t>(tensor.data, 4 * i);
        if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
            fail_input(constant_at(where, tensor), "holds {}; allowed: numbers of 32 bits", value);
        values[i] = static_cast<int>(value);
    }
    return values;
}

}  // namespace ssdgen::tflite
