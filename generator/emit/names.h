#pragma once

#include "plan/plan.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A layer's name as a C identifier: "conv1/dw" gives conv1_dw; what begins with a digit gets "layer_" in front.
std::string identifier(const std::string& layer);

/// A network's name as a macro's begins: mobilenet_ssd_voc gives MOBILENET_SSD_VOC.
std::string macro_name(const std::string& network);

/// The identifiers of a plan's steps, one each, in order. Those of steps and layers are all different (InternalError otherwise:
/// the reader has seen to it for layers).
std::vector<std::string> step_identifiers(const Plan& plan);

}  // namespace ssdgen
