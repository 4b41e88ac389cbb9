$header$
// What the reference interpreter gave for the self-test's picture when this was generated.
#pragma once

namespace $network$ {

struct ExpectedLayer {
    const char* name;
    float magnitude;       // largest absolute value
    const float* mean;     // [channels]
    const float* samples;  // [2][channels]
};

extern const ExpectedLayer expected[$layer_count$];

}  // namespace $network$
