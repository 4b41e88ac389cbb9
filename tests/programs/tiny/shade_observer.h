#pragma once

#include "shade.h"

namespace shade {

struct LayerInfo {
    const char* name;
    const char* kind;
    int stage;
    int height, width, channels;
    long long macs;
};
inline constexpr int layer_count = 1;
inline constexpr LayerInfo layers[layer_count] = {{"logits", "fully_connected", 0, 1, 1, 3, 12}};

struct StageInfo {
    const char* name;
    const char* kernel;
    long long macs;
    int step;
};
inline constexpr int stage_count = 1;
inline constexpr StageInfo stages[stage_count] = {{"logits", "shades", 12, 0}};

struct StepInfo {
    const char* name;
    int first_layer, layers, last_stage;
};
inline constexpr int step_count = 1;
inline constexpr StepInfo steps[step_count] = {{"logits", 0, 1, 0}};
inline constexpr long long total_macs = 12;

struct Observer {
    void (*rows)(void* state, int layer, int first_row, int rows, const float* values) noexcept = nullptr;
    void (*step)(void* state, int step) noexcept = nullptr;
    void* state = nullptr;
};

int forward_observed(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor,
                     const Observer& observer) noexcept;
void multiply_add_chains(float* values, long iterations) noexcept;
inline constexpr double flops_per_iteration = 32;

}  // namespace shade
