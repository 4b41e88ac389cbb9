// The operators that make no layer: they change how the picture, a layer's output or scores are seen.

#include <algorithm>

#include "tflite_generated.h"
#include "weights/tflite_values.h"
#include "weights/walker.h"

namespace ssdgen::tflite {

namespace {

using Code = schema::BuiltinOperator;
constexpr std::size_t max_parts = 1024;

/// The product of the sizes before an axis.
std::int64_t count_before(const std::vector<int>& shape, std::size_t axis) {
    return element_count({shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)});
}

}  // namespace

void Walker::pass_through() {
    need(1, 1);
    Value value = input(0);
    const bool rounds_constant =
        value.kind == Value::Kind::constant && static_cast<Code>(operation().code) == Code::QUANTIZE;
    if (rounds_constant || value.kind == Value::Kind::detections)
        fail("quantises a constant or a result; allowed: neither");
    give(std::move(value));
}

void Walker::reshape() {
    need(1, 2);
    Value value = unpadded(input(0));
    const bool of_values = value.kind == Value::Kind::layers || value.kind == Value::Kind::picture;
    if (!of_values)
        fail("changes tensor '{}'; allowed: the picture or the output of layers", tensor_name(input_tensor(0)));
    const std::vector<int>& stated = tensor(operation().outputs[0]).shape;
    if (element_count(value.shape) != element_count(stated) || element_count(stated) < 1)
        fail("turns {} into {}; allowed: as many values", shape_text(value.shape), shape_text(stated));
    value.shape = stated;
    give(std::move(value));
}

void Walker::pad() {
    need(2, 2);
    Value value = whole_map(0);
    const Tensor& table = constant(1);
    const std::vector<int> pads = constant_integers(where(), table);
    const auto fits = [](int pad) { return pad >= 0 && pad <= 255; };
    if (value.pads || pads.size() != 8 || pads[0] != 0 || pads[1] != 0 || pads[6] != 0 || pads[7] != 0 ||
        !std::all_of(pads.begin(), pads.end(), fits))
        fail("pads by {}; allowed: [0,0,top,bottom,left,right,0,0], once, 0 to 255", shape_text(pads));
    if (std::max(value.shape[1], value.shape[2]) > 1 << 24)
        fail("pads a map of shape {}; allowed: a smaller one", shape_text(value.shape));
    value.pads = Pads{pads[2], pads[4], pads[3], pads[5]};
    value.shape[1] += pads[2] + pads[3];
    value.shape[2] += pads[4] + pads[5];
    give(std::move(value));
}

void Walker::picture_arithmetic() {
    need(2, 2);
    need_options();
    no_fused_activation();
    const auto code = static_cast<Code>(operation().code);
    const std::size_t position = input(0).kind == Value::Kind::constant && code != Code::SUB ? 1 : 0;
    const Value& value = input(position);
    if (value.kind != Value::Kind::picture || value.pads || value.shared)
        fail("computes with tensor '{}'; allowed: only the picture, before the first layer, and constants",
             tensor_name(input_tensor(position)));
    const std::vector<float> numbers = constant_values(where(), constant(1 - position));
    if (numbers.size() != 1 && numbers.size() != network_.factor.size())
        fail("takes {} numbers; allowed: one, or one a channel", numbers.size());
    for (std::size_t i = 0; i < network_.factor.size(); ++i) {
        const double number = numbers[numbers.size() == 1 ? 0 : i];
        if (code == Code::MUL) {
            network_.factor[i] *= number;
            network_.shift[i] *= number;
        } else {
            network_.shift[i] += code == Code::ADD ? number : -number;
        }
    }
    give(value);
}

void Walker::shape_numbers() {
    for (const int index : operation().inputs) {
        const bool known = index >= 0 && values_[static_cast<std::size_t>(index)].kind != Value::Kind::unknown;
        const bool number = known && (values_[static_cast<std::size_t>(index)].kind == Value::Kind::numbers ||
                                      values_[static_cast<std::size_t>(index)].kind == Value::Kind::constant);
        if (!number && static_cast<Code>(operation().code) != Code::SHAPE)
            fail("computes with a feature map; allowed: only with shapes, for a RESHAPE");
    }
    // What comes of it can only be the shape that a RESHAPE takes; the file states that tensor's shape itself.
    for (const int index : operation().outputs) values_[static_cast<std::size_t>(index)].kind = Value::Kind::numbers;
}

void Walker::concatenation() {
    need(1, max_parts);
    need_options();
    no_fused_activation();
    Value joined = results(0);
    const int rank = static_cast<int>(joined.shape.size());
    const int axis = operation().options.axis < 0 ? operation().options.axis + rank : operation().options.axis;
    if (axis < 0 || axis >= rank || count_before(joined.shape, static_cast<std::size_t>(axis)) != 1)
        fail("joins along axis {} of {}; allowed: the first axis that is not 1", operation().options.axis,
             shape_text(joined.shape));
    for (std::size_t i = 1; i < operation().inputs.size(); ++i) {
        const Value& next = results(i);
        std::vector<int> same = next.shape;
        if (same.size() == joined.shape.size())
            same[static_cast<std::size_t>(axis)] = joined.shape[static_cast<std::size_t>(axis)];
        if (same != joined.shape || next.conversion != joined.conversion ||
            next.softmax_length != joined.softmax_length)
            fail("joins {} and {}; allowed: the same but for the axis, converted alike", shape_text(joined.shape),
                 shape_text(next.shape));
        if (joined.parts.size() + next.parts.size() > max_parts)
            fail("joins more than {} layers; allowed: so many", max_parts);
        joined.parts.insert(joined.parts.end(), next.parts.begin(), next.parts.end());
        std::int64_t length = joined.shape[static_cast<std::size_t>(axis)];
        length += next.shape[static_cast<std::size_t>(axis)];
        std::vector<int>& shape = joined.shape;
        if (length > 1 << 30) fail("joins too many values; allowed: less than 2^30");
        shape[static_cast<std::size_t>(axis)] = static_cast<int>(length);
        joined.shared = joined.shared || next.shared;
    }
    give(std::move(joined));
}

void Walker::convert_scores(ScoreConversion conversion) {
    need(1, 1);
    Value value = results(0);
    if (value.conversion) fail("converts scores again; allowed: once");
    if (conversion == ScoreConversion::softmax) {
        need_options();
        if (operation().options.beta != 1.0F) fail("has beta {}; allowed: 1", operation().options.beta);
        if (value.shape.empty()) fail("takes a single number; allowed: a list of scores");
        value.softmax_length = value.shape.back();
    }
    value.conversion = conversion;
    give(std::move(value));
}

}  // namespace ssdgen::tflite
