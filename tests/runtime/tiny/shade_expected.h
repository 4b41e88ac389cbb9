#pragma once

namespace shade {

struct ExpectedLayer {
    const char* name;
    float magnitude;
    const float* mean;
    const float* samples;
};
extern const ExpectedLayer expected[1];

}  // namespace shade
