#pragma once

#include "tiny.h"

namespace tiny {

struct LayerInfo {
    const char* name;
    const char* kind;
    int stage;
    int height, width, channels;
    long long macs;
};
inline constexpr int layer_count = 2;
inline constexpr LayerInfo layers[layer_count] = {{"quarters", "average_pool", 0, 2, 2, 3, 48},
                                                  {"head", "pointwise", 1, 2, 2, 3, 12}};

struct StageInfo {
    const char* name;
    const char* kernel;
    long long macs;
    int step;
};
inline constexpr int stage_count = 2;
inline constexpr StageInfo stages[stage_count] = {{"quarters", "average_2x2", 48, 0}, {"head", "scale", 12, 1}};

struct StepInfo {
    const char* name;
    int first_layer, layers, last_stage;
};
inline constexpr int step_count = 2;
inline constexpr StepInfo steps[step_count] = {{"quarters", 0, 1, 0}, {"head", 1, 1, 1}};
inline constexpr long long total_macs = 60;

struct Observer {
    void (*rows)(void* state, int layer, int first_row, int rows, const float* values) noexcept = nullptr;
    void (*step)(void* state, int step) noexcept = nullptr;
    void* state = nullptr;
};

int forward_observed(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
                     const ssd::Executor& executor, const Observer& observer) noexcept;
void multiply_add_chains(float* values, long iterations) noexcept;
inline constexpr double flops_per_iteration = 32;

}  // namespace tiny
