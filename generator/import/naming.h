#pragma once

#include "import/model_network.h"

#include <string>
#include <string_view>
#include <vector>

namespace ssdgen {

/// Which layers stand in which section of the description, as indices in run order, and what each is called.
struct Sections {
    std::vector<int> backbone, extras, classifier;
    std::vector<std::string>
        names;  // one a layer; empty for the layers of the head, which are named after their source
};

/// Finds a MobileNet by its structure (a convolution from the picture, then pairs of depthwise and pointwise, then for
/// a detector pairs of a 1x1 and a larger convolution) and gives its layers their canonical names (DESIGN.md 2.2).
Sections name_layers(const Network& network);

/// A C identifier for a network out of any text: "coco-v1.0" becomes coco_v1_0.
std::string network_name(std::string_view text);

}  // namespace ssdgen
