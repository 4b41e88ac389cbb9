#pragma once

namespace shade {

struct ExpectedLayer {
    const char* name;
    float magnitude;
    const float* mean;
    const float* samples;
};
extern const ExpectedLayer expected[1];

struct ExpectedWeights {
    long offset, count;
    unsigned long long hash;
};

extern const ExpectedWeights expected_weights[1];

}  // namespace shade
