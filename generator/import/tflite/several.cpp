// The operators that take several feature maps.

#include "description/limits.h"
#include "graph/shapes.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <algorithm>

namespace ssdgen::tflite {

using Code = schema::BuiltinOperator;

namespace {

/// Whether an operator that takes a map makes a layer of it.
bool makes_layer(Code code) {
    switch (code) {
        case Code::CONV_2D:
        case Code::DEPTHWISE_CONV_2D:
        case Code::FULLY_CONNECTED:
        case Code::AVERAGE_POOL_2D:
        case Code::MAX_POOL_2D:
        case Code::MEAN:
        case Code::ADD:
        case Code::ADD_N: return true;
        default: return false;
    }
}

/// Whether what an operator makes is a map or list as the one that it takes; a detector's head has others behind it.
bool keeps_maps(Code code) {
    switch (code) {
        case Code::QUANTIZE:
        case Code::DEQUANTIZE:
        case Code::RESHAPE:
        case Code::SQUEEZE:
        case Code::PAD:
        case Code::CONCATENATION: return true;
        default: return false;
    }
}

}  // namespace

bool Walker::takes_two_maps() const {
    const auto is_map = [this](std::size_t position) {
        const Value::Kind kind = input(position).kind;
        return kind == Value::Kind::layers || kind == Value::Kind::picture;
    };
    return is_map(0) && is_map(1);
}

void Walker::refuse_two_maps() const {
    if (!takes_two_maps()) return;
    const auto verb = [&] {
        switch (static_cast<Code>(operation().code)) {
            case Code::SUB: return "subtracts";
            case Code::MUL: return "multiplies";
            case Code::DIV: return "divides";
            default: return "compares";
        }
    };
    fail("{} two feature maps, '{}' and '{}'; allowed: ADD of two maps, else one map and constants", verb(),
         tensor_name(input_tensor(0)), tensor_name(input_tensor(1)));
}

void Walker::addition() {
    need(2, 2);
    if (!takes_two_maps()) return picture_arithmetic();
    need_options();
    add_maps(fused_activation());
}

void Walker::addition_of_several() {
    need(2, limits::layer_inputs);
    add_maps(Activation::none);
}

/// All inputs, each the output of one layer, all of them seen alike.
void Walker::add_maps(Activation activation) {
    const std::vector<int> shape = feature(0).shape;
    std::vector<TensorId> maps;
    for (std::size_t position = 0; position < operation().inputs.size(); ++position) {
        const Value& value = unpadded(feature(position));
        if (value.kind == Value::Kind::picture)
            fail("adds the picture, '{}'; allowed: the outputs of layers", tensor_name(input_tensor(position)));
        if (value.parts.size() > 1) fail("takes joined layers; allowed: one");
        maps.push_back(value.parts[0]);
        if (value.shape != shape)
            fail("adds maps of shape {} and {}; allowed: maps of one shape", spell_shape(shape),
                 spell_shape(value.shape));
        if (builder_.shape(maps.back()) != builder_.shape(maps.front()))
            fail("adds maps that were {} and {} before they were reshaped; allowed: maps of one shape",
                 to_string(builder_.shape(maps.front())), to_string(builder_.shape(maps.back())));
    }
    give_layer(builder_.add_sum(site(), maps, {activation}), shape);
}

/// Finds the tensors that layers take, as they are or seen otherwise, rather than a head or the outputs alone.
void Walker::find_layers_inputs() {
    for (std::size_t i = model_.operators.size(); i-- > 0;) {
        const Operator& each = model_.operators[i];
        const auto leads = [this](int index) { return leads_to_layer_[static_cast<std::size_t>(index)]; };
        const auto code = static_cast<Code>(each.code);
        const bool passes_on = keeps_maps(code) && std::any_of(each.outputs.begin(), each.outputs.end(), leads);
        if (!needed_[i] || !(makes_layer(code) || passes_on)) continue;
        for (const int index : each.inputs)
            if (index >= 0) leads_to_layer_[static_cast<std::size_t>(index)] = true;
    }
}

/// Whether the operator joins the channels of maps, for a layer or as an output. Of maps of one pixel a head's lists
/// look the same: there it depends on what follows.
bool Walker::joins_maps() const {
    if (operation().inputs.size() < 2) return false;
    const std::vector<int>& first = input(0).shape;
    const int rank = static_cast<int>(first.size()), axis = operation().options.axis;
    if (rank == 0 || (axis != rank - 1 && axis != -1)) return false;
    if (rank == 4 && first[0] == 1 && first[1] * static_cast<std::int64_t>(first[2]) > 1) return true;
    for (std::size_t position = 0; position < operation().inputs.size(); ++position) {
        const Value& value = input(position);
        const bool one_layer = value.kind == Value::Kind::layers && value.parts.size() == 1 && !value.conversion;
        if (!one_layer || value.shape.empty() || value.shape.back() != map_of(value).channels ||
            element_count(value.shape) != value.shape.back())
            return false;
    }
    return leads_to_layer_[static_cast<std::size_t>(operation().outputs[0])];
}

void Walker::concat_maps() {
    need(2, limits::layer_inputs);
    std::vector<int> shape = feature(0).shape;
    std::vector<TensorId> maps;
    for (std::size_t position = 0; position < operation().inputs.size(); ++position) {
        const Value& value = unpadded(feature(position));
        if (value.kind == Value::Kind::picture)
            fail("joins the picture, '{}'; allowed: the outputs of layers", tensor_name(input_tensor(position)));
        if (shape.size() == 4) whole_map(position);
        std::vector<int> same = value.shape;
        if (same.size() == shape.size()) same.back() = shape.back();
        if (same != shape)
            fail("joins maps of shape {} and {}; allowed: maps of one height and width", spell_shape(shape),
                 spell_shape(value.shape));
        maps.push_back(value.parts[0]);
    }
    const TensorId made = builder_.add_concat(site(), maps);
    shape.back() = builder_.shape(made).channels;
    give_layer(made, shape);
}

}  // namespace ssdgen::tflite
