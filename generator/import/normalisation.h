#pragma once

#include "import/import.h"
#include "import/model_network.h"
#include "import/tflite/model.h"

namespace ssdgen {

/// Network input = (byte - mean) * scale, one a channel.
struct MeanAndScale {
    std::vector<float> mean, scale;
};

/// Those of the options, for a model file that states none; InputError if they are missing. A mean and a deviation that
/// are at most 1 are taken as parts of 255, which a warning says.
MeanAndScale stated_by_options(const Network& network, const ImportOptions& options);

/// The picture as the network takes it: size, order of the channels (usual: of three, if the options do not say), and
/// mean and scale together with what the file itself computes with its input first.
InputDescription make_input(const Network& network, MeanAndScale outside, const std::optional<ChannelOrder>& order,
                            ChannelOrder usual);

/// Warns of options that can hardly be meant: of a mean, scale or deviation, by itself or on top of what the file
/// computes with its picture.
void warn_normalisation(const InputDescription& input, const Network& network, const ImportOptions& options);

namespace tflite {

/// make_input, with mean and scale out of the quantisation of the input (a signed one takes byte - 128) or the options.
/// Exactly one of file and options states them; InputError otherwise.
InputDescription describe_input(const Model& model, const Network& network, const ImportOptions& options);

/// The same of a file that states them itself; nothing of another.
std::optional<InputDescription> stated_input(const Model& model, const Network& network);

}  // namespace tflite

}  // namespace ssdgen
