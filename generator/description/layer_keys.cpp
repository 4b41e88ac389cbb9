#include "description/layer_keys.h"

#include "description/json_text.h"
#include "description/layer_kinds.h"
#include "description/limits.h"
#include "description/read_parts.h"

#include <algorithm>
#include <array>

namespace ssdgen {

namespace {

using Layer = LayerDescription;

void read_name(const LayerKey&, const Value& value, Layer& layer) { layer.name = read_layer_name(value); }
std::string write_name(const Layer& layer) { return json_text(layer.name); }

void read_kind(const LayerKey&, const Value& value, Layer& layer) { layer.kind = value.choice(layer_kinds); }
std::string write_kind(const Layer& layer) { return json_text(spell(layer.kind)); }

void read_input(const LayerKey&, const Value& value, Layer& layer) { layer.inputs = {read_layer_name(value)}; }
std::string write_input(const Layer& layer) {
    return json_text(layer.inputs.empty() ? std::string() : layer.inputs.front());
}

void read_inputs(const LayerKey&, const Value& value, Layer& layer) {
    for (const Value& name : value.list(2, limits::layer_inputs, "names of layers"))
        layer.inputs.push_back(read_layer_name(name));
}
std::string write_inputs(const Layer& layer) { return json_text(layer.inputs); }

void read_channels(const LayerKey& key, const Value& value, Layer& layer) { layer.channels = value.whole(*key.range); }
std::string write_channels(const Layer& layer) { return json_text(layer.channels); }

/// more: what is allowed beside numbers.
PerAxis per_axis(const LayerKey& key, const Value& value, const std::string& more = "") {
    if (value.json.is_array()) {
        const std::vector<Value> numbers = value.list(2, 2, "numbers (rows, columns)");
        return {numbers[0].whole(*key.range), numbers[1].whole(*key.range)};
    }
    if (!value.json.is_number())
        value.fail(fmt::format("{}, or a list of 2 (rows, columns){}", words(*key.range), more));
    return value.whole(*key.range);
}
std::string per_axis_text(const PerAxis& number) {
    return is_equal_both_ways(number) ? json_text(number.rows) : json_text(std::array{number.rows, number.columns});
}

template <PerAxis Layer::*member>
void read_per_axis(const LayerKey& key, const Value& value, Layer& layer) {
    layer.*member = per_axis(key, value);
}
template <PerAxis Layer::*member>
std::string write_per_axis(const Layer& layer) {
    return per_axis_text(layer.*member);
}

void read_kernel(const LayerKey& key, const Value& value, Layer& layer) {
    const bool pool = is_pool(layer.kind);
    if (pool && value.json == global_kernel)
        layer.kernel = 0;
    else
        layer.kernel = per_axis(key, value, pool ? fmt::format(", or \"{}\"", global_kernel) : "");
}
std::string write_kernel(const Layer& layer) {
    return layer.kernel == 0 ? json_text(global_kernel) : per_axis_text(layer.kernel);
}

void read_padding(const LayerKey&, const Value& value, Layer& layer) { layer.padding = value.choice(padding_rules); }
std::string write_padding(const Layer& layer) { return json_text(spell(layer.padding)); }

void refuse_beside_same(const Value& value, const Layer& layer) {
    if (layer.padding != PaddingRule::caffe)
        fail_input(at(value.file, value.pointer), "stands beside the padding \"{}\"; allowed: only with \"caffe\"",
                   spell(layer.padding));
}

void read_pad(const LayerKey& key, const Value& value, Layer& layer) {
    refuse_beside_same(value, layer);
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

void read_rounding(const LayerKey&, const Value& value, Layer& layer) {
    refuse_beside_same(value, layer);
    layer.rounding = value.choice(pool_roundings);
}
std::string write_rounding(const Layer& layer) { return json_text(spell(layer.rounding)); }

void read_activation(const LayerKey&, const Value& value, Layer& layer) {
    layer.activation = value.choice(activations);
}
std::string write_activation(const Layer& layer) { return json_text(spell(layer.activation)); }

void read_depth_multiplied(const LayerKey&, const Value& value, Layer& layer) { layer.depth_multiplied = value.flag(); }
std::string write_depth_multiplied(const Layer& layer) { return layer.depth_multiplied ? json_text(true) : ""; }

constexpr Presence never = Presence::never, optional = Presence::optional, inherits = Presence::inherits,
                   required = Presence::required;

// `type` and `padding` stand before what depends on them.
const std::vector<LayerKey> table{
    {"name", "Letters, digits and _ . / : ; - (the first a letter, a digit or _).", {}, read_name, write_name},
    {"type", "What the layer does.", {}, read_kind, write_kind},
    {"input",
     "The earlier layer whose output this one takes; default: the layer before (the picture for the first).",
     {},
     read_input,
     write_input},
    {"inputs", "The earlier layers whose outputs this one takes.", {}, read_inputs, write_inputs},
    {"channels", "Output channels before alpha.", WholeRange{1, limits::layer_channels}, read_channels, write_channels},
    {"kernel", "Sides of the window in pixels: one number, or [rows, columns].", WholeRange{1, limits::window},
     read_kernel, write_kernel},
    {"stride", "Pixels from one window to the next: one number, or [rows, columns].", WholeRange{1, limits::window},
     read_per_axis<&Layer::stride>, write_per_axis<&Layer::stride>},
    {"dilation", "Distance of the window's taps in pixels: one number, or [rows, columns]; default 1.",
     WholeRange{1, limits::window}, read_per_axis<&Layer::dilation>, write_per_axis<&Layer::dilation>},
    {"padding", "caffe: `pad` pixels on each side; same: TensorFlow's SAME.", {}, read_padding, write_padding},
    {"pad",
     "Only with padding caffe: pixels on each side, or [top, left, bottom, right]; default floor(dilation * (kernel - "
     "1) / 2) of each axis.",
     WholeRange{0, limits::window}, read_pad, write_pad},
    {"rounding",
     "Only with padding caffe: whether the count of windows is rounded down or up; default floor.",
     {},
     read_rounding,
     write_rounding},
    {"activation", "What follows the layer's sum (after batch norm).", {}, read_activation, write_activation},
    {"depth_multiplied",
     "Of one input channel: a depthwise convolution of several outputs a channel, which rounds as such; default false.",
     {},
     read_depth_multiplied,
     write_depth_multiplied},
};

/// The keys that a layer of a kind may have beside its name and type.
struct LayerForm {
    LayerKind kind;
    std::vector<std::pair<const char*, Presence>> keys;
    bool global = false;  // a pool over the whole map
};

// clang-format off
const std::vector<LayerForm> forms{
    {LayerKind::convolution,
     {{"input", optional}, {"channels", required}, {"kernel", required}, {"stride", required}, {"dilation", optional},
      {"padding", inherits}, {"pad", optional}, {"activation", inherits}, {"depth_multiplied", optional}}},
    {LayerKind::depthwise,
     {{"input", optional}, {"kernel", required}, {"stride", required}, {"dilation", optional}, {"padding", inherits},
      {"pad", optional}, {"activation", inherits}}},
    {LayerKind::pointwise,
     {{"input", optional}, {"channels", required}, {"stride", optional}, {"activation", inherits}}},
    {LayerKind::average_pool, {{"input", optional}, {"kernel", required}, {"stride", required}}},
    {LayerKind::average_pool, {{"input", optional}, {"kernel", required}}, true},
    {LayerKind::max_pool,
     {{"input", optional}, {"kernel", required}, {"stride", required}, {"padding", inherits}, {"pad", optional},
      {"rounding", optional}}},
    {LayerKind::max_pool, {{"input", optional}, {"kernel", required}}, true},
    {LayerKind::fully_connected, {{"input", optional}, {"channels", required}, {"activation", optional}}},
    {LayerKind::add, {{"inputs", required}, {"activation", optional}}},
    {LayerKind::concat, {{"inputs", required}}},
    {LayerKind::softmax, {}},
};
// clang-format on

}  // namespace

const std::vector<LayerKey>& layer_keys() { return table; }

Presence presence(const char* key, LayerKind kind, bool global) {
    const std::string name = key;
    if (name == "name" || name == "type") return required;
    for (const LayerForm& form : forms) {
        if (form.kind != kind || form.global != global) continue;
        for (const auto& [own, place] : form.keys)
            if (name == own) return place;
        return never;
    }
    throw InternalError("internal error: broken invariant: every layer type has its keys");
}

Presence presence(const LayerKey& key, LayerKind kind, bool global) { return presence(key.name, kind, global); }

std::string input_pointer(const LayerDescription& layer, std::size_t index) {
    if (presence("inputs", layer.kind) == never) return layer.pointer + "/input";
    return fmt::format("{}/inputs/{}", layer.pointer, index);
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
