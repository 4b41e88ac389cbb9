#include "description/layer_keys.h"

#include "description/json_text.h"
#include "description/layer_kinds.h"
#include "description/limits.h"
#include "description/read_parts.h"

#include <algorithm>

namespace ssdgen {

namespace {

using Layer = LayerDescription;

void read_name(const LayerKey&, const Value& value, Layer& layer) { layer.name = read_layer_name(value); }
std::string write_name(const Layer& layer) { return json_text(layer.name); }

void read_kind(const LayerKey&, const Value& value, Layer& layer) { layer.kind = value.choice(layer_kinds); }
std::string write_kind(const Layer& layer) { return json_text(spell(layer.kind)); }

void read_input(const LayerKey&, const Value& value, Layer& layer) { layer.input = read_layer_name(value); }
std::string write_input(const Layer& layer) { return json_text(layer.input); }

template <int Layer::*member>
void read_number(const LayerKey& key, const Value& value, Layer& layer) {
    layer.*member = value.whole(*key.range);
}
template <int Layer::*member>
std::string write_number(const Layer& layer) {
    return json_text(layer.*member);
}

void read_kernel(const LayerKey& key, const Value& value, Layer& layer) {
    const bool pool = is_pool(layer.kind);
    if (pool && value.json == global_kernel) {
        layer.kernel = 0;
        return;
    }
    if (pool && !value.json.is_number()) value.fail(fmt::format("{}, or \"{}\"", words(*key.range), global_kernel));
    layer.kernel = value.whole(*key.range);
}
std::string write_kernel(const Layer& layer) {
    return layer.kernel == 0 ? json_text(global_kernel) : json_text(layer.kernel);
}

void read_padding(const LayerKey&, const Value& value, Layer& layer) { layer.padding = value.choice(padding_rules); }
std::string write_padding(const Layer& layer) { return json_text(spell(layer.padding)); }

void read_pad(const LayerKey& key, const Value& value, Layer& layer) {
    if (layer.padding != PaddingRule::caffe)
        fail_input(at(value.file, value.pointer), "stands beside the padding \"{}\"; allowed: only with \"caffe\"",
                   spell(layer.padding));
    if (value.json.is_array()) {
        const std::vector<Value> sides = value.list(4, 4, "numbers (top, left, bottom, right)");
        Pads pads{};
        std::transform(sides.begin(), sides.end(), pads.begin(), [&](const Value& v) { return v.whole(*key.range); });
        layer.pad = pads;
        return;
    }
    if (!value.json.is_number())
        value.fail(fmt::format("{}, or a list of 4 (top, left, bottom, right)", words(*key.range)));
    const int pad = value.whole(*key.range);
    layer.pad = Pads{pad, pad, pad, pad};
}
std::string write_pad(const Layer& layer) {
    if (!layer.pad) return "";
    const Pads& pad = *layer.pad;
    const bool equal = std::all_of(pad.begin(), pad.end(), [&](int side) { return side == pad[0]; });
    return equal ? json_text(pad[0]) : json_text(pad);
}

void read_activation(const LayerKey&, const Value& value, Layer& layer) {
    layer.activation = value.choice(activations);
}
std::string write_activation(const Layer& layer) { return json_text(spell(layer.activation)); }

constexpr Presence never = Presence::never, optional = Presence::optional, inherits = Presence::inherits,
                   required = Presence::required;

// `type` and `padding` stand before what depends on them.
// clang-format off
const std::vector<LayerKey> table{
    //                           convolution depthwise pointwise average_pool global_pool fully_connected softmax
    {"name", "Letters, digits and _ . / : ; - (the first a letter, a digit or _).",
                                {required, required, required, required, required, required, required},
     {}, read_name, write_name},
    {"type", "What the layer does.",
                                {required, required, required, required, required, required, required},
     {}, read_kind, write_kind},
    {"input", "The earlier layer whose output this one takes; default: the layer before (the picture for the first).",
                                {optional, optional, optional, optional, optional, optional, never},
     {}, read_input, write_input},
    {"channels", "Output channels before alpha.",
                                {required, never,    required, never,    never,    required, never},
     WholeRange{1, limits::layer_channels}, read_number<&Layer::channels>, write_number<&Layer::channels>},
    {"kernel", "Side of the square window in pixels.",
                                {required, required, never,    required, required, never,    never},
     WholeRange{1, limits::window}, read_kernel, write_kernel},
    {"stride", "Pixels from one window to the next.",
                                {required, required, optional, required, never,    never,    never},
     WholeRange{1, limits::window}, read_number<&Layer::stride>, write_number<&Layer::stride>},
    {"dilation", "Distance of the window's taps in pixels; default 1.",
                                {optional, optional, never,    never,    never,    never,    never},
     WholeRange{1, limits::window}, read_number<&Layer::dilation>, write_number<&Layer::dilation>},
    {"padding", "caffe: `pad` pixels on each side; same: TensorFlow's SAME.",
                                {inherits, inherits, never,    never,    never,    never,    never},
     {}, read_padding, write_padding},
    {"pad", "Only with padding caffe: pixels on each side, or [top, left, bottom, right]; default floor(dilation * "
            "(kernel - 1) / 2).",
                                {optional, optional, never,    never,    never,    never,    never},
     WholeRange{0, limits::window}, read_pad, write_pad},
    {"activation", "What follows the layer's sum (after batch norm).",
                                {inherits, inherits, inherits, never,    never,    optional, never},
     {}, read_activation, write_activation},
};
// clang-format on

}  // namespace

const std::vector<LayerKey>& layer_keys() { return table; }

Presence presence(const LayerKey& key, LayerKind kind, bool global) {
    switch (kind) {
        case LayerKind::convolution: return key.places.convolution;
        case LayerKind::depthwise: return key.places.depthwise;
        case LayerKind::pointwise: return key.places.pointwise;
        case LayerKind::average_pool: return global ? key.places.global_pool : key.places.average_pool;
        case LayerKind::fully_connected: return key.places.fully_connected;
        case LayerKind::softmax: return key.places.softmax;
    }
    throw InternalError("internal error: broken invariant: every layer type has its keys");
}

Presence presence(const char* key, LayerKind kind) {
    const auto place =
        std::find_if(table.begin(), table.end(), [&](const LayerKey& one) { return std::string(one.name) == key; });
    check(place != table.end(), [&] { return fmt::format("a layer has a key of the name {}", key); });
    return presence(*place, kind);
}

LayerDescription usual_layer(LayerKind kind, const NetworkDefaults& defaults) {
    LayerDescription layer;
    layer.kind = kind;
    if (presence("padding", kind) == inherits) layer.padding = defaults.padding;
    if (presence("activation", kind) == inherits) layer.activation = defaults.activation;
    if (kind == LayerKind::average_pool) layer.pad = Pads{0, 0, 0, 0};
    return layer;
}

}  // namespace ssdgen
