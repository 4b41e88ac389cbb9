#pragma once

#include "plan/plan.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A layer's name as a part of identifiers and of files' names: "conv1/dw" gives conv1_dw. Never the whole of one: a
/// layer may be called `class`, `linux` or `1x1`.
std::string identifier(const std::string& layer);

/// The function of a layer or step: run_conv1_dw.
std::string function_name(const std::string& layer);

/// The function that takes a row of the picture for a kernel that reads it.
std::string stage_row_name(const Stage& stage);

/// A network's name as a macro's begins: mobilenet_ssd_voc gives MOBILENET_SSD_VOC.
std::string macro_name(const std::string& network);

/// The functions of a plan's steps, one each, in order. Those of steps and layers are all different (InternalError if
/// two layers' are not: the reader has seen to that).
std::vector<std::string> step_functions(const Plan& plan);

}  // namespace ssdgen
