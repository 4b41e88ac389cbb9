#pragma once

#include "description/description.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// What a model file with raw outputs does not say of its detector, with the keys of a description's `head`. What the
/// file says too may be stated, and then has to agree.
struct StatedHead {
    std::string file;  // for messages
    ScoreConversion scores = ScoreConversion::softmax;
    int background = 0;
    BoxCode box_code;
    PriorsDescription priors;  // caffe or tensorflow
    PostProcessing post_processing;
    std::vector<SourceDescription> sources;  // in the order of the rows; layer empty and boxes 0 where left out
    std::optional<int> kernel, classes;
    std::optional<PaddingRule> padding;
};

/// Reads it from a JSON file. InputError that names all missing keys at once, or an unknown or wrong one.
StatedHead read_stated_head(const std::string& path);

/// InputError unless the head that was made of model with it says the same.
void check_stated_head(const StatedHead& stated, const HeadDescription& head, const std::string& model);

}  // namespace ssdgen
