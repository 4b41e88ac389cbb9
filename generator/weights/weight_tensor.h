#pragma once

#include "support/element.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

/// What stored numbers mean: value = (stored - zero_point) * scale.
struct Quantization {
    std::vector<float> scale;              // one for all, or one a slice along axis
    std::vector<std::int32_t> zero_point;  // as many
    int axis = -1;                         // -1: one for all
};

bool operator==(const Quantization& a, const Quantization& b);

/// The bits of an IEEE 754 binary16.
struct Half {
    std::uint16_t bits;
};

/// The bits of a bfloat16: the upper half of a binary32.
struct BFloat16 {
    std::uint16_t bits;
};

inline bool operator==(Half a, Half b) { return a.bits == b.bits; }
inline bool operator==(BFloat16 a, BFloat16 b) { return a.bits == b.bits; }

/// StoredNumbers as they are stored; an alternative for each Element, in their order.
using StoredNumbers = std::variant<std::vector<float>, std::vector<Half>, std::vector<BFloat16>,
                                   std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::int32_t>>;

/// So many zeros.
StoredNumbers make_numbers(Element element, std::size_t count);

/// Whether numbers of this type mean something through a scale and a zero point alone.
bool is_quantized(Element element);

/// A constant of a network: its numbers as a file stores them. Shape in memory order, last index fastest; shape and
/// numbers agree. Whole numbers have a quantization, the others have none.
struct WeightTensor {
    std::vector<int> shape;
    StoredNumbers numbers;  // none: nothing is bound
    std::optional<Quantization> quantization;

    WeightTensor() = default;
    WeightTensor(std::vector<int> sizes, StoredNumbers stored, std::optional<Quantization> meaning = std::nullopt);
    /// Real numbers.
    WeightTensor(std::vector<int> sizes, std::vector<float> values);

    Element element() const { return static_cast<Element>(numbers.index()); }
    std::size_t size() const;
    bool empty() const { return size() == 0; }

    /// What the numbers mean, whatever they are stored as: (stored - zero_point) * scale is exact before its one
    /// rounding.
    std::vector<float> values() const;

    /// The numbers of an f32 tensor themselves. InternalError for another: dequantise it before.
    const std::vector<float>& floats() const;
    std::vector<float>& floats();
};

/// Bit for bit, of shape, numbers and quantization.
bool operator==(const WeightTensor& a, const WeightTensor& b);

/// The product of the sizes.
std::size_t product(const std::vector<int>& shape, std::size_t first_axis = 0);

}  // namespace ssdgen
