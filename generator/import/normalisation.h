#pragma once

#include "import/import.h"
#include "import/model_graph.h"

namespace ssdgen {

/// Network input = (byte - mean) * scale, one a channel.
struct MeanAndScale {
    std::vector<float> mean, scale;
};

/// Those of the options, for a model file that states none; InputError if they are missing. A mean and a deviation that
/// are at most 1 are taken as parts of 255, which a warning says.
MeanAndScale stated_by_options(const ModelGraph& model, const ImportOptions& options);

/// The picture as the network takes it: size, order of the channels (usual: of three, if the options do not say), and
/// mean and scale together with what the file itself computes with its input first.
InputDescription make_input(const ModelGraph& model, MeanAndScale outside, const std::optional<ChannelOrder>& order,
                            ChannelOrder usual);

/// Warns of options that can hardly be meant: of a mean, scale or deviation, by itself or on top of what the file
/// computes with its picture.
void warn_normalisation(const InputDescription& input, const ModelGraph& model, const ImportOptions& options);

}  // namespace ssdgen
