#include "description/layer_kinds.h"
#include "description/limits.h"
#include "description/read_parts.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// The keys that a layer of the kind may have.
std::vector<const LayerKey*> keys_of(LayerKind kind, bool global) {
    std::vector<const LayerKey*> keys;
    for (const LayerKey& key : layer_keys())
        if (presence(key, kind, global) != Presence::never) keys.push_back(&key);
    return keys;
}

LayerDescription read_layer(const Value& value, const NetworkDefaults& defaults) {
    Fields fields(value);
    const LayerKind kind = fields.at("type").choice(layer_kinds);
    const bool global = is_pool(kind) && fields.at("kernel").json == global_kernel;
    const std::vector<const LayerKey*> keys = keys_of(kind, global);
    std::vector<std::string> names;
    for (const LayerKey* key : keys) names.emplace_back(key->name);
    fields.allow(names, fmt::format("a layer of type \"{}\"{}", spell(kind),
                                    global ? fmt::format(" with the kernel \"{}\"", global_kernel) : ""));

    LayerDescription layer = usual_layer(kind, defaults);
    layer.pointer = value.pointer;
    for (const LayerKey* key : keys)
        if (fields.has(key->name) || presence(*key, kind, global) == Presence::required)
            key->read(*key, fields.at(key->name), layer);
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
