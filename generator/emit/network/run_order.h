#pragma once

#include "emit/network/emission.h"
#include "emit/network/streams.h"

#include <string>

namespace ssdgen {

/// How a network runs: its steps in order, with what a call is checked for before. Of both kinds, so that they do the
/// same: NAME.cpp has the product's, NAME_observer.cpp the observed one.
std::string print_run_order(const Emission& emission, RunKind kind);

/// The declaration of the weights that the run order names, or what stands in its place.
std::string print_weights_declaration(const Emission& emission);

/// "boxes, logits": what forward() and the layers write.
std::string output_names(const Plan& plan);

}  // namespace ssdgen
