// Computed apart from the C++, as tiny_expected.cpp was.
#include "shade_expected.h"

namespace shade {

namespace {

const float mean_of_logits[] = {0.158823529F, 0.5F, -0.158823529F};
const float samples_of_logits[] = {0.158823529F, 0.5F, -0.158823529F, 0.158823529F, 0.5F, -0.158823529F};

}  // namespace

const ExpectedLayer expected[1] = {{"logits", 0.5F, mean_of_logits, samples_of_logits}};

// No weights are packed here: the hash of nothing.
const ExpectedWeights expected_weights[1] = {{0, 0, 14695981039346656037U}};

}  // namespace shade
