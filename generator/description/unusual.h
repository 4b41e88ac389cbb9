#pragma once

#include "description/description.h"

#include <string>

namespace ssdgen {

// Warnings of values that are possible and can hardly be meant, each with the likely cure.

/// Whether warn_unusual_input has nothing to say.
bool is_usual_input(const InputDescription& input);

/// A scale that is a divisor or leaves no range (|255 scale| outside 0.5 to 600), a mean that no byte comes near, or
/// one of pictures in 0 to 1. mean and scale: where they were stated, for the messages.
void warn_unusual_input(const InputDescription& input, const std::string& mean, const std::string& scale);

/// Everything else of a description: variances that are divisors, an epsilon that is a decay, thresholds that were
/// exchanged, prior sizes and steps that are parts of the picture or larger than it, a softmax over one class.
void warn_unusual(const Description& description);

}  // namespace ssdgen
