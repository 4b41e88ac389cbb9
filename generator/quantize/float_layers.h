#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ssdgen {

/// Of a network with these layers in float, and the others in 8 bits.
using OfFloatLayers = std::function<double(const std::set<std::string>&)>;

/// The layers that are kept in float so that the loss of accuracy is at most max_drop, few of them: by how much the
/// noise of the outputs falls if a layer alone is in float they are ranked, as many as it takes are kept, found by
/// doubling and halving, and then each of them, the least helpful first, goes back if the loss allows it. None if it is
/// small enough without; all if nothing less helps.
std::set<std::string> choose_float_layers(const std::vector<std::string>& layers, double max_drop,
                                          const OfFloatLayers& noise, const OfFloatLayers& loss);

}  // namespace ssdgen
