#include "graph/operations/concat.h"

#include "description/limits.h"
#include "description/spelling.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

bool same_size(const Shape& a, const Shape& b) { return a.height == b.height && a.width == b.width; }

}  // namespace

std::pair<Concat, Shape> make_concat(const LayerSite& site) {
    const Shape& first = site.inputs[0];
    std::int64_t channels = 0;
    for (const Shape& input : site.inputs) {
        if (!same_size(first, input))
            fail_input(site.where, "found a concat of maps of {} and {}; allowed: maps of one height and width",
                       to_string(first), to_string(input));
        channels += input.channels;
    }
    if (channels > limits::graph_channels)
        fail_input(site.where, "found a concat that makes {} channels; allowed: at most {}", channels,
                   limits::graph_channels);
    return {{}, {first.height, first.width, static_cast<int>(channels)}};
}

const char* kind_of(const Concat&) { return spell(LayerKind::concat); }

const Window* window_of(const Concat&) { return nullptr; }

Activation activation_of(const Concat&) { return Activation::none; }

std::string details_of(const Concat&) { return ""; }

Arity arity_of(const Concat&) { return {1, any_number}; }

std::int64_t weight_count(const Concat&, const NodeMaps&) { return 0; }

std::vector<TensorSpec> specs_of(const Concat&, const std::string&, const NodeMaps&) { return {}; }

void bind(Concat&, LayerParameters) {}

std::string weight_words(const Concat&) { return ""; }

void check_operation(const Concat&, const NodeCheck& node) {
    node.require(node.maps.outputs.size() == 1, "a concat has one output");
    int channels = 0;
    for (const Shape& input : node.maps.inputs) {
        node.require(same_size(input, node.maps.output()), "a concat's maps have one height and width");
        channels += input.channels;
    }
    node.require(channels == node.maps.output().channels, "a concat has the channels of its maps");
}

}  // namespace ssdgen
