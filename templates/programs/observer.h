$header$
// For the self-test and the benchmark, which compile $network$.cpp once more with SSDGEN_OBSERVER.
#pragma once

#include "$network$.h"

namespace $network$ {

/// A map that can be observed, [height][width][channels], without rows at its end that are not made because nobody reads
/// them; it may be a slice of a wider one.
struct LayerInfo {
    const char* name;
    const char* kind;
    int stage;  // the kernel that makes it
    int height, width, channels;
    int pixel_stride;  // floats from a pixel to the next, at least the channels
    long long macs;
};

inline constexpr int layer_count = $layer_count$;
inline constexpr LayerInfo layers[layer_count] = {
    $layers$
};

/// A kernel at work.
struct StageInfo {
    const char* name;
    const char* kernel;
    long long macs;
    int step;  // that it is part of
};

inline constexpr int stage_count = $stage_count$;
inline constexpr StageInfo stages[stage_count] = {
    $stages$
};

struct StepInfo {
    const char* name;
    int first_layer;  // of the last stage, whose output is a whole map
    int layers;       // that are observed when the step is done; of a stream none: its rows were
    int last_stage;
};

inline constexpr int step_count = $step_count$;
inline constexpr StepInfo steps[step_count] = {
    $steps$
};

inline constexpr long long total_macs = $total_macs$;  // padding taps counted

/// Either function may be null.
struct Observer {
    /// Rows of a layer are done: values [rows][width][pixel_stride]. Several threads may say so at once, and may each make a row
    /// that both need.
    void (*rows)(void* state, int layer, int first_row, int rows, const float* values) noexcept = nullptr;
    /// A step is done.
    void (*step)(void* state, int step) noexcept = nullptr;
    void* state = nullptr;
};

/// What the run order in $network$.cpp calls after each step, with the outputs of a step that is no stream; a stream hands over
/// rows when they are made.
struct ObserveSteps {
    const Observer& observer;

    void rows(int layer, int first_row, int rows, const float* values) const noexcept {
        if (observer.rows != nullptr) observer.rows(observer.state, layer, first_row, rows, values);
    }
    void operator()(int step, const float* first = nullptr, const float* second = nullptr) const noexcept {
        const StepInfo& info = steps[step];
        const float* outputs[] = {first, second};
        for (int output = 0; output < info.layers; ++output) {
            const int layer = info.first_layer + output;
            rows(layer, 0, layers[layer].height, outputs[output]);
        }
        if (observer.step != nullptr) observer.step(observer.state, step);
    }
};

/// forward(), observed. 0, or a negative ssd::Error where forward() would do nothing.
int forward_observed(const std::uint8_t* image, $outputs$, Workspace& workspace, const ssd::Executor& executor,
                     const Observer& observer) noexcept;

/// Independent chains of multiply-adds on values [$peak_values$], to measure the processor's peak.
void multiply_add_chains(float* values, long iterations) noexcept;
inline constexpr double flops_per_iteration = $peak_flops$;

}  // namespace $network$
