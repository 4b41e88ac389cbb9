#include "weights/weight_tensor.h"

#include "support/error.h"
#include "weights/number_formats.h"

#include <utility>

namespace ssdgen {

namespace {

static_assert(std::variant_size_v<StoredNumbers> == 6 &&
                  std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(Element::f32), StoredNumbers>,
                                 std::vector<float>> &&
                  std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(Element::s32), StoredNumbers>,
                                 std::vector<std::int32_t>>,
              "StoredNumbers has the alternatives of Element, in their order");

/// What each stored number means; index: of the number.
struct Meaning {
    const std::optional<Quantization>& quantization;
    std::size_t stride;  // numbers of one slice that lie together

    float operator()(float value, std::size_t) const { return value; }
    float operator()(Half value, std::size_t) const { return from_half(value.bits); }
    float operator()(BFloat16 value, std::size_t) const { return from_bfloat16(value.bits); }
    float operator()(std::int32_t stored, std::size_t index) const {
        const std::size_t slice = index / stride % quantization->scale.size();
        // The difference is exact in double, the product of it and a float nearly always; rounded once.
        const auto difference = static_cast<double>(std::int64_t{stored} - quantization->zero_point[slice]);
        return static_cast<float>(difference * static_cast<double>(quantization->scale[slice]));
    }
};

}  // namespace

bool operator==(const Quantization& a, const Quantization& b) {
    return a.scale == b.scale && a.zero_point == b.zero_point && a.axis == b.axis;
}

StoredNumbers make_numbers(Element element, std::size_t count) {
    switch (element) {
        case Element::f32: return std::vector<float>(count);
        case Element::f16: return std::vector<Half>(count);
        case Element::bf16: return std::vector<BFloat16>(count);
        case Element::u8: return std::vector<std::uint8_t>(count);
        case Element::s8: return std::vector<std::int8_t>(count);
        case Element::s32: return std::vector<std::int32_t>(count);
    }
    check(false, "every element is known");
    return {};
}

bool is_quantized(Element element) {
    switch (element) {
        case Element::f32:
        case Element::f16:
        case Element::bf16: return false;
        case Element::u8:
        case Element::s8:
        case Element::s32: return true;
    }
    check(false, "every element is known");
    return false;
}

WeightTensor::WeightTensor(std::vector<int> sizes, StoredNumbers stored, std::optional<Quantization> meaning)
    : shape(std::move(sizes)), numbers(std::move(stored)), quantization(std::move(meaning)) {
    check(is_quantized(element()) == quantization.has_value(), "whole numbers have a scale, the others none");
    if (!quantization) return;
    const std::size_t scales = quantization->scale.size();
    const int axis = quantization->axis;
    const bool of_axis = axis >= 0 && axis < static_cast<int>(shape.size()) &&
                         static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]) == scales;
    check(quantization->zero_point.size() == scales && (axis == -1 ? scales == 1 : of_axis),
          "a tensor has one scale and zero point, or one for each slice");
}

WeightTensor::WeightTensor(std::vector<int> sizes, std::vector<float> values)
    : shape(std::move(sizes)), numbers(std::move(values)) {}

std::size_t WeightTensor::size() const {
    return std::visit([](const auto& stored) { return stored.size(); }, numbers);
}

std::vector<float> WeightTensor::values() const {
    const bool sliced = quantization && quantization->axis >= 0;
    const std::size_t stride = sliced ? product(shape, static_cast<std::size_t>(quantization->axis) + 1) : 1;
    const Meaning meaning{quantization, stride};
    const auto take = [&](const auto& stored) {
        std::vector<float> result(stored.size());
        for (std::size_t i = 0; i < stored.size(); ++i) result[i] = meaning(stored[i], i);
        return result;
    };
    return std::visit(take, numbers);
}

const std::vector<float>& WeightTensor::floats() const {
    const auto* values = std::get_if<std::vector<float>>(&numbers);
    check(values != nullptr, "what computes with floats takes tensors of f32");
    return *values;
}

std::vector<float>& WeightTensor::floats() { return const_cast<std::vector<float>&>(std::as_const(*this).floats()); }

bool operator==(const WeightTensor& a, const WeightTensor& b) {
    return a.shape == b.shape && a.numbers == b.numbers && a.quantization == b.quantization;
}

std::size_t product(const std::vector<int>& shape, std::size_t first_axis) {
    std::size_t count = 1;
    for (std::size_t axis = first_axis; axis < shape.size(); ++axis) count *= static_cast<std::size_t>(shape[axis]);
    return count;
}

}  // namespace ssdgen
