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

/// The packed weights of a layer: a weight may matter too little to this one picture to be seen in the values.
struct ExpectedWeights {
    long offset, count;  // $units$
    unsigned long long hash;  // ssd::hash_words
};

extern const ExpectedWeights expected_weights[$layer_count$];

}  // namespace $network$
