#include "graph/slices.h"

#include "graph/shapes.h"
#include "support/error.h"

#include <map>
#include <utility>

namespace ssdgen {

ChannelSlice place_in_whole(const Graph& graph, TensorId tensor) {
    ChannelSlice place{tensor, 0};
    while (const auto& slice = graph.tensors[static_cast<std::size_t>(place.whole)].slice) {
        place.whole = slice->whole;
        place.first_channel += slice->first_channel;
    }
    return place;
}

bool overlap(const Graph& graph, TensorId a, TensorId b) {
    const ChannelSlice one = place_in_whole(graph, a), other = place_in_whole(graph, b);
    return one.whole == other.whole && one.first_channel < other.first_channel + shape_of(graph, b).channels &&
           other.first_channel < one.first_channel + shape_of(graph, a).channels;
}

void check_slices(const Graph& graph) {
    std::map<std::pair<TensorId, int>, TensorId> slices;  // by whole and first channel
    for (TensorId id = 0; id < static_cast<TensorId>(graph.tensors.size()); ++id) {
        const Tensor& tensor = graph.tensors[static_cast<std::size_t>(id)];
        if (!tensor.slice) continue;
        const TensorId whole = tensor.slice->whole;
        check(whole >= 0 && static_cast<std::size_t>(whole) < graph.tensors.size() && whole != id,
              "a slice is part of another map: " + tensor.name);
        const Shape& wide = shape_of(graph, whole);
        check(wide.height == tensor.shape.height && wide.width == tensor.shape.width,
              "a slice has the height and width of its whole: " + tensor.name);
        check(slices.emplace(std::pair(whole, tensor.slice->first_channel), id).second,
              "a slice has channels of its own: " + tensor.name);
    }
    std::map<TensorId, int> known;
    for (const auto& [place, id] : slices) {
        int& end = known[place.first];
        check(place.second == end, "slices follow each other: " + graph.tensors[static_cast<std::size_t>(id)].name);
        end += shape_of(graph, id).channels;
    }
    for (const auto& [whole, channels] : known)
        check(channels == shape_of(graph, whole).channels,
              "slices make up their whole: " + graph.tensors[static_cast<std::size_t>(whole)].name);
}

}  // namespace ssdgen
