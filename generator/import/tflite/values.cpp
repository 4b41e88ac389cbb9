#include "import/tflite/values.h"

#include "import/shown.h"
#include "support/error.h"
#include "weights/number_formats.h"

#include <limits>

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

std::int64_t stored_integer(const Tensor& tensor, std::size_t index) {
    switch (tensor.type) {
        case ElementType::uint8: return load_little_endian<std::uint8_t>(tensor.data, index);
        case ElementType::int8: return load_little_endian<std::int8_t>(tensor.data, index);
        case ElementType::int32: return load_little_endian<std::int32_t>(tensor.data, 4 * index);
        default: break;
    }
    check(false, "only whole numbers are dequantised");
    return 0;
}

std::size_t count_of(const Tensor& tensor) {
    return tensor.shape.empty() ? 1 : static_cast<std::size_t>(element_count(tensor.shape));
}

/// Which of the scales an element takes: index / stride % scales.
struct ScaleIndex {
    std::size_t stride = 1;
    std::size_t scales = 1;
    std::size_t of(std::size_t index) const { return index / stride % scales; }
};

ScaleIndex scale_index(const std::string& where, const Tensor& tensor, std::size_t scales) {
    if (scales == 1) return {};
    const int dimension = tensor.quantization.dimension;
    const int rank = static_cast<int>(tensor.shape.size());
    if (dimension < 0 || dimension >= rank ||
        static_cast<std::size_t>(tensor.shape[static_cast<std::size_t>(dimension)]) != scales)
        fail_input(constant_at(where, tensor),
                   "of shape [{}] has {} scales along dimension {}; allowed: 1, or the dimension's size",
                   fmt::join(tensor.shape, ","), scales, dimension);
    std::size_t stride = 1;
    for (int i = dimension + 1; i < rank; ++i)
        stride *= static_cast<std::size_t>(tensor.shape[static_cast<std::size_t>(i)]);
    return {stride, scales};
}

std::vector<float> dequantised(const std::string& where, const Tensor& tensor, const std::vector<float>& scales,
                               const std::vector<int>& zero_points) {
    const ScaleIndex index = scale_index(where, tensor, scales.size());
    std::vector<float> values(count_of(tensor));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t k = index.of(i);
        // The difference is exact in double, the product of it and a float nearly always; rounded once.
        const auto difference = static_cast<double>(stored_integer(tensor, i) - zero_points[k]);
        values[i] = static_cast<float>(difference * static_cast<double>(scales[k]));
    }
    return values;
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

std::vector<float> constant_values(const std::string& where, const Tensor& tensor) {
    switch (tensor.type) {
        case ElementType::float32:
        case ElementType::float16: {
            std::vector<float> values(count_of(tensor));
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = tensor.type == ElementType::float32
                                ? load_little_endian<float>(tensor.data, 4 * i)
                                : from_half(load_little_endian<std::uint16_t>(tensor.data, 2 * i));
            return values;
        }
        case ElementType::uint8:
        case ElementType::int8:
        case ElementType::int32: {
            if (!tensor.quantization.given())
                fail_input(constant_at(where, tensor),
                           "of type {} has no quantisation; allowed: a scale and a zero point", type_name(tensor.type));
            return dequantised(where, tensor, scales_of(tensor), zero_points_of(where, tensor));
        }
        default: break;
    }
    fail_input(constant_at(where, tensor), "has type {}; allowed: float32, float16, uint8, int8, int32",
               type_name(tensor.type));
}

std::vector<float> bias_values(const std::string& where, const Tensor& tensor, const std::vector<float>& scales) {
    if (tensor.type != ElementType::int32 || tensor.quantization.given()) return constant_values(where, tensor);
    if (scales.empty())
        fail_input(constant_at(where, tensor),
                   "of type int32 has no quantisation; allowed: a scale, its own or its layer's");
    return dequantised(where, tensor, scales, std::vector<int>(scales.size(), 0));
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
