#include "description/limits.h"
#include "description/read_parts.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// The keys of a layer, by its type; all but input, dilation, padding, pad and activation are required where they
/// stand.
std::vector<std::string> keys_of(LayerKind kind, bool global) {
    switch (kind) {
        case LayerKind::convolution:
            return {"name",   "type",     "input",   "channels", "kernel",
                    "stride", "dilation", "padding", "pad",      "activation"};
        case LayerKind::depthwise:
            return {"name", "type", "input", "kernel", "stride", "dilation", "padding", "pad", "activation"};
        case LayerKind::pointwise: return {"name", "type", "input", "channels", "stride", "activation"};
        case LayerKind::average_pool:
            if (global) return {"name", "type", "input", "kernel"};
            return {"name", "type", "input", "kernel", "stride"};
        case LayerKind::fully_connected: return {"name", "type", "input", "channels", "activation"};
        case LayerKind::softmax: return {"name", "type"};
    }
    throw InternalError("internal error: broken invariant: every layer type has its keys");
}

Pads read_pad(const Value& value, PaddingRule padding) {
    if (padding != PaddingRule::caffe)
        fail_input(at(value.file, value.pointer), "stands beside the padding \"{}\"; allowed: only with \"caffe\"",
                   spell(padding_rules, padding));
    if (value.json.is_array()) {
        Pads pads{};
        const std::vector<Value> sides = value.list(4, 4, "numbers (top, left, bottom, right)");
        std::transform(sides.begin(), sides.end(), pads.begin(),
                       [](const Value& v) { return v.whole(0, limits::window); });
        return pads;
    }
    if (!value.json.is_number())
        value.fail(
            fmt::format("a whole number from 0 to {}, or a list of 4 (top, left, bottom, right)", limits::window));
    const int pad = value.whole(0, limits::window);
    return {pad, pad, pad, pad};
}

void read_window(Fields& fields, LayerDescription& layer, const NetworkDefaults& defaults) {
    layer.kernel = fields.at("kernel").whole(1, limits::window);
    layer.stride = fields.at("stride").whole(1, limits::window);
    if (fields.has("dilation")) layer.dilation = fields.at("dilation").whole(1, limits::window);
    layer.padding = fields.has("padding") ? fields.at("padding").choice(padding_rules) : defaults.padding;
    if (fields.has("pad")) layer.pad = read_pad(fields.at("pad"), layer.padding);
}

void read_average_pool(Fields& fields, LayerDescription& layer) {
    const Value kernel = fields.at("kernel");
    layer.pad = Pads{0, 0, 0, 0};
    if (kernel.json.is_string() && kernel.json == "global") {
        layer.kernel = 0;
        return;
    }
    if (!kernel.json.is_number())
        kernel.fail(fmt::format("a whole number from 1 to {}, or \"global\"", limits::window));
    layer.kernel = kernel.whole(1, limits::window);
    layer.stride = fields.at("stride").whole(1, limits::window);
}

LayerDescription read_layer(const Value& value, const NetworkDefaults& defaults) {
    Fields fields(value);
    LayerDescription layer;
    layer.pointer = value.pointer;
    layer.kind = fields.at("type").choice(layer_kinds);
    const bool global =
        layer.kind == LayerKind::average_pool && fields.has("kernel") && fields.at("kernel").json == "global";
    const std::vector<std::string> keys = keys_of(layer.kind, global);
    const auto takes = [&](const char* key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
    fields.allow(keys, fmt::format("a layer of type \"{}\"{}", spell(layer_kinds, layer.kind),
                                   global ? " with the kernel \"global\"" : ""));

    layer.name = read_layer_name(fields.at("name"));
    if (takes("input") && fields.has("input")) layer.input = read_layer_name(fields.at("input"));
    if (takes("channels")) layer.channels = fields.at("channels").whole(1, limits::layer_channels);
    if (layer.kind == LayerKind::average_pool)
        read_average_pool(fields, layer);
    else if (takes("kernel"))
        read_window(fields, layer, defaults);
    else if (takes("stride") && fields.has("stride"))
        layer.stride = fields.at("stride").whole(1, limits::window);
    if (takes("activation")) {
        const bool follows = layer.kind != LayerKind::fully_connected;
        if (follows) layer.activation = defaults.activation;
        if (fields.has("activation")) layer.activation = fields.at("activation").choice(activations);
    }
    fields.finish();
    return layer;
}

}  // namespace

std::string read_layer_name(const Value& value) {
    const std::string allowed = fmt::format(
        "the name of a layer, of letters, digits and _ . / : ; - (the first a letter, a digit or _), at most {} "
        "characters",
        limits::layer_name_length);
    std::string name = read_text(value, allowed);
    const auto starts = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const auto fits = [&](char c) { return starts(c) || std::string("./:;-").find(c) != std::string::npos; };
    if (name.empty() || name.size() > limits::layer_name_length || !starts(name[0]) ||
        !std::all_of(name.begin(), name.end(), fits))
        value.fail(allowed);
    return name;
}

std::vector<LayerDescription> read_layers(const Value& value, const NetworkDefaults& defaults) {
    std::vector<LayerDescription> layers;
    for (const Value& element : value.list(1, any_count, "layers")) layers.push_back(read_layer(element, defaults));
    return layers;
}

}  // namespace ssdgen
