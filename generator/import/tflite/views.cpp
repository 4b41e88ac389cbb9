// The operators that make no layer: they change how the picture, a layer's output or scores are seen.

#include "description/limits.h"
#include "import/tflite/values.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <algorithm>

namespace ssdgen::tflite {

namespace {

using Code = schema::BuiltinOperator;

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
        fail("turns {} into {}; allowed: as many values", spell_shape(value.shape), spell_shape(stated));
    value.shape = stated;
    give(std::move(value));
}

void Walker::pad() {
    need(2, 2);
    Value value = whole_map(0);
    const Tensor& table = constant(1);
    const std::vector<int> pads = constant_integers(where(), table);
    const auto fits = [](int pad) { return pad >= 0 && pad <= limits::window; };
    if (value.pads || pads.size() != 8 || pads[0] != 0 || pads[1] != 0 || pads[6] != 0 || pads[7] != 0 ||
        !std::all_of(pads.begin(), pads.end(), fits))
        fail("pads by {}; allowed: [0,0,top,bottom,left,right,0,0], once, 0 to {}", spell_shape(pads), limits::window);
    if (std::max(value.shape[1], value.shape[2]) > 1 << 24)
        fail("pads a map of shape {}; allowed: a smaller one", spell_shape(value.shape));
    value.pads = Pads{pads[2], pads[4], pads[3], pads[5]};
    value.shape[1] += pads[2] + pads[3];
    value.shape[2] += pads[4] + pads[5];
    give(std::move(value));
}

/// The file turns the bytes, or numbers that it has made of them, into wider ones.
void Walker::cast() {
    need(1, 1);
    const Value& value = input(0);
    if (value.kind == Value::Kind::numbers) return shape_numbers();
    if (value.kind != Value::Kind::picture || value.pads)
        fail("converts tensor '{}'; allowed: only the picture, before the first layer", tensor_name(input_tensor(0)));
    const Tensor& picture = tensor(model_.inputs[0]);
    const Tensor& from = tensor(input_tensor(0));
    const ElementType to = tensor(operation().outputs[0]).type;
    const bool bytes = from.type == ElementType::uint8 || from.type == ElementType::int8;
    const bool widens = to == ElementType::float32 || (bytes && to == ElementType::int32);
    if (!widens || !(bytes || from.type == ElementType::int32 || from.type == ElementType::float32))
        fail("turns {} into {}; allowed: uint8 or int8 into int32 or float32, int32 into float32", type_name(from.type),
             type_name(to));
    // It takes the number that is stored, whatever a quantisation makes of it.
    const bool untouched = from.type == picture.type && from.quantization.scale == picture.quantization.scale &&
                           from.quantization.zero_point == picture.quantization.zero_point &&
                           !builder_.computes_with_picture();
    if (bytes && !untouched)
        fail("converts tensor '{}', with which the file computes before; allowed: the picture as the file takes it",
             tensor_name(input_tensor(0)));
    if (bytes) builder_.cast_picture();
    give(value);
}

void Walker::reverse() {
    need(2, 2);
    const Value& value = input(0);
    if (value.kind != Value::Kind::picture || value.pads || value.shared)
        fail("turns round tensor '{}'; allowed: only the picture's channels, before the first layer",
             tensor_name(input_tensor(0)));
    const std::vector<int> axes = constant_integers(where(), constant(1));
    if (value.shape.size() != 4 || (axes != std::vector<int>{3} && axes != std::vector<int>{-1}))
        fail("turns round axes {} of {}; allowed: [3], the picture's channels", spell_shape(axes),
             spell_shape(value.shape));
    builder_.reverse_picture();
    give(value);
}

void Walker::picture_arithmetic() {
    need(2, 2);
    refuse_two_maps();
    need_options();
    no_fused_activation();
    const auto code = static_cast<Code>(operation().code);
    const bool commutes = code == Code::ADD || code == Code::MUL;
    const std::size_t position = input(0).kind == Value::Kind::constant && commutes ? 1 : 0;
    const Value& value = input(position);
    if (value.kind != Value::Kind::picture || value.pads || value.shared)
        fail("computes with tensor '{}'; allowed: only the picture, before the first layer, and constants",
             tensor_name(input_tensor(position)));
    const Tensor& operand = constant(1 - position);
    const std::vector<float> numbers = constant_values(where(), operand);
    const auto channels = static_cast<std::size_t>(map_of(value).channels);
    const bool one_a_channel = numbers.size() == channels && !operand.shape.empty() &&
                               operand.shape.back() == static_cast<int>(numbers.size());
    if (numbers.size() != 1 && !one_a_channel)
        fail("takes constants of shape {}; allowed: one number, or one a channel", spell_shape(operand.shape));
    std::vector<double> each(channels);
    for (std::size_t i = 0; i < channels; ++i) each[i] = numbers[numbers.size() == 1 ? 0 : i];
    const auto change = [&](auto&& changed) { std::transform(each.begin(), each.end(), each.begin(), changed); };
    if (code == Code::DIV) {
        if (std::count(each.begin(), each.end(), 0.0) != 0) fail("divides by 0; allowed: other numbers");
        change([](double number) { return 1 / number; });
    }
    if (code == Code::SUB) change([](double number) { return -number; });
    if (code == Code::MUL || code == Code::DIV)
        builder_.scale_picture(each);
    else
        builder_.shift_picture(each);
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
    need(1, most_parts);
    need_options();
    no_fused_activation();
    if (joins_maps()) return concat_maps();
    Value joined = results(0);
    const Site at = site();
    const std::size_t axis = join_axis(at, joined, operation().options.axis);
    for (std::size_t i = 1; i < operation().inputs.size(); ++i) {
        const Value& next = results(i);
        if (join(at, joined, next, axis)) continue;
        if (joined.parts.size() + next.parts.size() > most_parts)
            fail("joins more than {} layers; allowed: so many", most_parts);
        fail("joins too many values; allowed: less than 2^30");
    }
    give(std::move(joined));
}

void Walker::convert_scores(ScoreConversion conversion) {
    need(1, 1);
    Value value = results(0);
    need_unconverted(site(), value);
    if (conversion == ScoreConversion::softmax) {
        need_options();
        if (operation().options.beta != 1.0F) fail("has beta {}; allowed: 1", operation().options.beta);
        if (value.shape.empty()) fail("takes a single number; allowed: a list of scores");
        value.softmax_length = value.shape.back();
    }
    value.conversion = conversion;
    value.logits = operation().inputs[0];
    value.scores = operation().outputs[0];
    give(std::move(value));
}

}  // namespace ssdgen::tflite
