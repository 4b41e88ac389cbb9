#pragma once

namespace tiny {

struct ExpectedLayer {
    const char* name;
    float magnitude;
    const float* mean;
    const float* samples;
};
extern const ExpectedLayer expected[2];

}  // namespace tiny
