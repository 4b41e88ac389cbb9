#pragma once

#include "graph/networks.h"
#include "quantize/pictures.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen::test {

/// Smooth pictures of a seed, each a few waves, as the network takes them.
inline Pictures made_pictures(const Graph& graph, std::size_t count, std::uint32_t seed = 1) {
    const Shape& shape = shape_of(graph, graph.input);
    Pictures pictures;
    for (std::size_t i = 0; i < count; ++i) {
        InputPicture picture;
        picture.name = std::to_string(i) + ".ppm";
        picture.height = shape.height;
        picture.width = shape.width;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x)
                for (int c = 0; c < shape.channels; ++c) {
                    const double turn = 0.37 * static_cast<double>(seed + 3 * i) + 1.3 * c;
                    const double wave =
                        std::sin(0.9 * y + turn) + std::sin(0.5 * x * (1 + 0.1 * static_cast<double>(i)) - turn);
                    picture.bytes.push_back(static_cast<std::uint8_t>(127.5 + 60 * wave));
                }
        pictures.pictures.push_back(std::move(picture));
    }
    return pictures;
}

/// A classifier with every kind of layer: the maps of two branches are added and joined, and pooled.
inline Description branches() {
    Description description =
        classifier(13, 11, 3,
                   {convolution("first", 8, 3, 2), depthwise("dw", 3), pointwise("pw", 12), convolution("left", 12, 3),
                    pointwise("right", 12), layer(LayerKind::add, "sum", 0), max_pool("most", 3, 2, {1, 1, 1, 1}),
                    pointwise("narrow", 6), layer(LayerKind::concat, "both", 0), average_pool("mean", 0),
                    fully_connected("fc", 5), softmax("prob")});
    for (LayerDescription& layer : description.backbone)
        if (layer.name == "first" || layer.name == "dw" || layer.name == "pw") layer.activation = Activation::relu;
    description.backbone[3].inputs = {"pw"};
    description.backbone[4].inputs = {"pw"};
    description.backbone[5].inputs = {"left", "right"};
    description.backbone[7].inputs = {"most"};
    description.backbone[8].inputs = {"most", "narrow"};
    description.input.mean.assign(3, 127.5F);
    description.input.scale.assign(3, 1 / 127.5F);
    return description;
}

}  // namespace ssdgen::test
