#pragma once

#include "import/model_graph.h"

#include <string>
#include <string_view>
#include <vector>

namespace ssdgen {

/// A network as far as the names of its layers depend on it; a file may tell no more (a .caffemodel by itself).
struct LayerOutline {
    LayerKind kind = LayerKind::convolution;
    PerAxis kernel;    // of a convolution
    int input = -1;    // index of a layer, of several the first; -1: the picture
    std::string name;  // the file's
};

struct Outline {
    std::vector<LayerOutline> layers;  // in run order
    bool is_detector = false;
    std::vector<int> predictors;  // of a detector: its layers of boxes and scores
    int output = -1;              // of a classifier: the layer that gives the logits
    bool ends_in_softmax = false;
};

Outline outline_of(const ModelGraph& model);

/// Which layers stand in which section of the description, as indices in run order, and what each is called.
struct Sections {
    std::vector<int> backbone, extras, classifier;
    std::vector<std::string>
        names;  // one a layer; empty for the layers of the head, which are named after their source
};

/// Finds a MobileNet by its structure (a convolution from the picture, then pairs of depthwise and pointwise, then for
/// a detector pairs of a 1x1 and a larger convolution) and gives its layers their canonical names (DESIGN.md 2.2). The
/// layers of another network, as one with layers of several maps is, keep the file's names, and all before a
/// classifier's end are its backbone.
Sections name_layers(const Outline& outline);

/// A C identifier for a network out of any text: "coco-v1.0" becomes coco_v1_0.
std::string network_name(std::string_view text);

}  // namespace ssdgen
