#pragma once

#include "description/description.h"
#include "description/range.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

struct Value;

/// What a layer, and the head, take unless they say otherwise.
struct NetworkDefaults {
    PaddingRule padding = PaddingRule::caffe;
    Activation activation = Activation::none;
};

/// Whether a layer may have a key. inherits: it takes what the network says unless it has the key.
enum class Presence { never, optional, inherits, required };

/// A key of a layer in a description.
struct LayerKey {
    const char* name;
    const char* help;                                                                // as the schema describes it
    std::optional<WholeRange> range;                                                 // where it is a number
    void (*read)(const LayerKey& key, const Value& value, LayerDescription& layer);  // InputError for a wrong value
    std::string (*write)(const LayerDescription& layer);                             // JSON
};

/// All keys of layers, in the order in which they are read and written. The reader, the writer and build_graph go by
/// this table; a test compares configs/network.schema.json and configs/README.md with it.
const std::vector<LayerKey>& layer_keys();

/// The word that a pool over the whole map has for its `kernel`.
inline constexpr const char* global_kernel = "global";

/// Whether a layer of the kind may have a key; global: a pool over the whole map (kernel "global").
Presence presence(const LayerKey& key, LayerKind kind, bool global = false);
Presence presence(const char* key, LayerKind kind, bool global = false);

/// Where the name of one of its inputs stands: "/backbone/3/input", "/backbone/3/inputs/1".
std::string input_pointer(const LayerDescription& layer, std::size_t index);

/// A layer of the kind that has none of the keys that can be left out.
LayerDescription usual_layer(LayerKind kind, const NetworkDefaults& defaults);

}  // namespace ssdgen
