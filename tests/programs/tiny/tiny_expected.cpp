// Computed apart from the C++ (a script of Python: the picture, the sample rule and the network).
#include "tiny_expected.h"

namespace tiny {

namespace {

const float mean_of_quarters[] = {0.465931373F, 0.572303922F, 0.614705882F};
const float samples_of_quarters[] = {0.252941176F, 0.401960784F, 0.540196078F,
                                     0.535294118F, 0.401960784F, 0.540196078F};
const float mean_of_head[] = {-0.27254902F, 0.578431373F, 0.917647059F};
const float samples_of_head[] = {-1.97647059F, -0.784313725F, 0.321568627F, 0.282352941F, -0.784313725F, 0.321568627F};

}  // namespace

const ExpectedLayer expected[2] = {{"quarters", 0.72745098F, mean_of_quarters, samples_of_quarters},
                                   {"head", 1.97647059F, mean_of_head, samples_of_head}};

// No weights are packed here: the hash of nothing.
const ExpectedWeights expected_weights[2] = {{0, 0, 14695981039346656037U}, {0, 0, 14695981039346656037U}};

}  // namespace tiny
