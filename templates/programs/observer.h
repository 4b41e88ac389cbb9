$header$
// For the self-test and the benchmark: what there is to observe, and forward() as $network$_observer.cpp has it.
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
    int pixel_stride;  // $unit$ from a pixel to the next, at least the channels
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
    void (*rows)(void* state, int layer, int first_row, int rows, const $number$* values) noexcept = nullptr;
    /// A step is done.
    void (*step)(void* state, int step) noexcept = nullptr;
    void* state = nullptr;
};

/// forward(), observed. 0, or a negative ssd::Error where forward() would do nothing.
$forward_observed$;

/// Independent chains of multiply-adds on values [$peak_values$], to measure the processor's peak.
void multiply_add_chains($number$* values, long iterations) noexcept;
inline constexpr double flops_per_iteration = $peak_flops$;

}  // namespace $network$
