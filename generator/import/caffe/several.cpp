// The layers of a prototxt that take several maps.

#include "description/limits.h"
#include "import/caffe/walker.h"

#include <algorithm>

namespace ssdgen::caffe {

namespace {

/// Refuses what is no plain sum.
void check_sum(const std::string& where, const EltwiseParameter& given, int maps) {
    const char* const allowed = "SUM, with coefficients of 1 if any";
    switch (given.operation()) {
        case EltwiseParameter::PROD: fail_input(where, "multiplies {} feature maps; allowed: {}", maps, allowed);
        case EltwiseParameter::MAX:
            fail_input(where, "takes the largest of {} feature maps; allowed: {}", maps, allowed);
        case EltwiseParameter::SUM: break;
    }
    const bool plain = std::all_of(given.coeff().begin(), given.coeff().end(), [](float one) { return one == 1; });
    if (!plain || (given.coeff_size() != 0 && given.coeff_size() != maps))
        fail_input(where, "adds {} feature maps with coefficients [{}]; allowed: {}", maps,
                   fmt::join(given.coeff(), ","), allowed);
}

}  // namespace

/// The bottoms, each the map of one layer as that layer made it.
std::vector<TensorId> Walker::several_maps() const {
    const int count = layer().bottom_size();
    if (count < 2 || count > limits::layer_inputs || layer().top_size() != 1)
        fail("has {} bottoms and {} tops; allowed: 2 to {} and 1", count, layer().top_size(), limits::layer_inputs);
    std::vector<TensorId> maps;
    for (int i = 0; i < count; ++i) {
        const Value& value = whole_map(i);
        if (value.kind == Value::Kind::picture)
            fail("takes the picture, '{}'; allowed: the outputs of layers", shown(layer().bottom(i)));
        maps.push_back(value.parts[0]);
    }
    return maps;
}

void Walker::eltwise() {
    check_sum(where(), layer().eltwise_param(), layer().bottom_size());
    const std::vector<TensorId> maps = several_maps();
    const std::vector<int> shape = bottom(0).shape;
    for (int i = 0; i < layer().bottom_size(); ++i)
        if (bottom(i).shape != shape)
            fail("adds maps of shape {} and {}; allowed: maps of one shape", spell_shape(shape),
                 spell_shape(bottom(i).shape));
    give_layer(builder_.add_sum(site(), maps, {}), shape);
}

/// Whether a Concat joins the channels of maps; a head's predictors are permuted first.
bool Walker::joins_maps() const {
    const Value& first = bottom(0);
    if (layer().bottom_size() < 2 || first.kind != Value::Kind::features || first.channels_last || first.conversion)
        return false;
    const bool map = first.shape.size() == 4 || builder_.is_fully_connected(first.parts[0]);
    if (!map || axis_of(concat_axis(), first) != 1) return false;
    for (int i = 1; i < layer().bottom_size(); ++i)
        if (bottom(i).channels_last) return false;
    return true;
}

void Walker::concat_maps() {
    const std::vector<TensorId> maps = several_maps();
    std::vector<int> shape = bottom(0).shape;
    for (int i = 0; i < layer().bottom_size(); ++i) {
        std::vector<int> same = bottom(i).shape;
        same[1] = shape[1];
        if (same != shape)
            fail("joins maps of shape {} and {}; allowed: maps of one height and width", spell_shape(shape),
                 spell_shape(bottom(i).shape));
    }
    const TensorId made = builder_.add_concat(site(), maps);
    shape[1] = builder_.shape(made).channels;
    give_layer(made, shape);
}

}  // namespace ssdgen::caffe
