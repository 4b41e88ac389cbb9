#include "weights/layout.h"

#include "support/error.h"

#include <utility>

namespace ssdgen {

namespace {

/// The axes of a permuted tensor.
struct Axes {
    std::vector<std::size_t> sizes;
    std::vector<std::size_t> strides;  // in the tensor that it is made of
};

Axes permuted_axes(const std::vector<int>& shape, const std::vector<int>& order) {
    check(order.size() == shape.size(), "every axis has its place");
    Axes axes;
    for (const int axis : order) {
        const auto index = static_cast<std::size_t>(axis);
        axes.sizes.push_back(static_cast<std::size_t>(shape.at(index)));
        axes.strides.push_back(product(shape, index + 1));
    }
    return axes;
}

/// Appends the numbers from `first` on along an axis and those behind it.
template <class Number>
void append(const std::vector<Number>& stored, const Axes& axes, std::size_t axis, std::size_t first,
            std::vector<Number>& result) {
    if (axis == axes.sizes.size()) {
        result.push_back(stored[first]);
        return;
    }
    for (std::size_t i = 0; i < axes.sizes[axis]; ++i)
        append(stored, axes, axis + 1, first + i * axes.strides[axis], result);
}

int place_of(int axis, const std::vector<int>& order) {
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] == axis) return static_cast<int>(i);
    check(false, "a permutation has every axis");
    return -1;
}

/// The axis of `shape` that has as many slices of as many numbers; -1: none.
int same_axis_in(const std::vector<int>& shape, std::size_t slices, std::size_t stride) {
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (static_cast<std::size_t>(shape[axis]) == slices && product(shape, axis + 1) == stride)
            return static_cast<int>(axis);
    return -1;
}

}  // namespace

WeightTensor permuted(const WeightTensor& tensor, const std::vector<int>& order) {
    check(tensor.size() == product(tensor.shape), "a tensor has the size of its axes");
    const Axes axes = permuted_axes(tensor.shape, order);
    const auto turn = [&](const auto& stored) -> StoredNumbers {
        std::decay_t<decltype(stored)> result;
        result.reserve(stored.size());
        append(stored, axes, 0, 0, result);
        return result;
    };
    WeightTensor result;
    for (const std::size_t size : axes.sizes) result.shape.push_back(static_cast<int>(size));
    result.numbers = std::visit(turn, tensor.numbers);
    result.quantization = tensor.quantization;
    if (result.quantization && result.quantization->axis >= 0)
        result.quantization->axis = place_of(result.quantization->axis, order);
    return result;
}

WeightTensor reshaped(WeightTensor tensor, std::vector<int> shape) {
    check(tensor.size() == product(tensor.shape) && tensor.size() == product(shape),
          "a tensor has the size of its axes");
    if (tensor.quantization && tensor.quantization->axis >= 0) {
        Quantization& quantization = *tensor.quantization;
        const std::size_t stride = product(tensor.shape, static_cast<std::size_t>(quantization.axis) + 1);
        const int axis = same_axis_in(shape, quantization.scale.size(), stride);
        if (axis < 0) return {std::move(shape), tensor.values()};
        quantization.axis = axis;
    }
    tensor.shape = std::move(shape);
    return tensor;
}

}  // namespace ssdgen
