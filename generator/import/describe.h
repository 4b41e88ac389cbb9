#pragma once

#include "import/import.h"
#include "import/model_network.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The description of a network but for its input, and its tensors under the description's names. The description is
/// named after the file. The network's weights are moved out of it.
Imported describe_network(Network network);

/// The head of a detector: a pair of convolutions on each source. source_names: one a layer of the network.
HeadDescription describe_head(const Network& network, const std::vector<std::string>& source_names);

}  // namespace ssdgen
