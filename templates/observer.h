$header$
// For the self-test and the benchmark, which compile $network$.cpp once more with SSDGEN_OBSERVER.
#pragma once

#include "$network$.h"

namespace $network$ {

/// A map that can be observed, [height][width][channels].
struct LayerInfo {
    const char* name;
    const char* kind;
    int step;  // that makes it
    int height, width, channels;
    long long macs;
};

inline constexpr int layer_count = $layer_count$;
inline constexpr LayerInfo layers[layer_count] = {
    $layers$
};

struct StepInfo {
    const char* name;
    const char* kernel;
    long long macs;
    int first_layer, layers;
};

inline constexpr int step_count = $step_count$;
inline constexpr StepInfo steps[step_count] = {
    $steps$
};

inline constexpr long long total_macs = $total_macs$;  // padding taps counted

/// Either function may be null.
struct Observer {
    /// Rows of a layer are done: values [rows][width][channels].
    void (*rows)(void* state, int layer, int first_row, int rows, const float* values) noexcept = nullptr;
    /// A step is done.
    void (*step)(void* state, int step) noexcept = nullptr;
    void* state = nullptr;
};

/// What the run order in $network$.cpp calls after each step, with the step's outputs.
struct ObserveSteps {
    const Observer& observer;

    void operator()(int step, const float* first, const float* second = nullptr) const noexcept {
        const StepInfo& info = steps[step];
        const float* outputs[] = {first, second};
        for (int output = 0; observer.rows != nullptr && output < info.layers; ++output) {
            const int layer = info.first_layer + output;
            observer.rows(observer.state, layer, 0, layers[layer].height, outputs[output]);
        }
        if (observer.step != nullptr) observer.step(observer.state, step);
    }
};

/// forward(), observed.
void forward_observed(const std::uint8_t* image, $outputs$, Workspace& workspace, const ssd::Executor& executor,
                      const Observer& observer) noexcept;

/// Independent chains of multiply-adds on values [$peak_values$], to measure the processor's peak.
void multiply_add_chains(float* values, long iterations) noexcept;
inline constexpr double flops_per_iteration = $peak_flops$;

}  // namespace $network$
