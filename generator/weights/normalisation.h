#pragma once

#include "weights/import.h"
#include "weights/network.h"

namespace ssdgen::tflite {

/// The picture as the network takes it: size, order of the channels, and (byte - mean) * scale out of the quantisation
/// of the input (a signed one takes byte - 128), the options, and what the file computes with its input first. Exactly
/// one of file and options states mean and scale; InputError otherwise.
InputDescription describe_input(const Model& model, const Network& network, const ImportOptions& options);

}  // namespace ssdgen::tflite
