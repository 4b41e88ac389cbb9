// The operators that take several feature maps.

#include "description/limits.h"
#include "graph/shapes.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

namespace ssdgen::tflite {

using Code = schema::BuiltinOperator;

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

}  // namespace ssdgen::tflite
