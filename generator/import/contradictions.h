#pragma once

#include "description/description.h"

#include <string>

namespace ssdgen {

/// What a model file may say beside its layers.
struct StatedByModel {
    bool input = false;  // mean and scale
    bool head = false;   // how boxes and scores are made of a detector's outputs
};

/// Warns where a description says otherwise than the model file whose weights it is to take: of each layer kernel,
/// stride, dilation, padding and activation; how scores come from logits; and what is stated besides. model: what the
/// file is by itself, as describe_network has it. Silent if the two have other layers: then the weights do not fit.
void warn_contradictions(const Description& description, const Description& model, const StatedByModel& stated);

}  // namespace ssdgen
