$header$
// The run order of $network$.cpp once more, and its streams, made by the same printer from the same plan: here every row that a
// layer makes is handed over. For the self-test and the benchmark; never part of a product. The kernels are the product's own.
#include "$network$_observer.h"

#include "layers/crew.h"
#include "layers/layers.h"
$quantized_header$
#include "ssd/resize.h"

#include <algorithm>
#include <cstdint>
#include <new>

$weights_declaration$

namespace $network$ {

namespace observed {

namespace {

/// What the run order calls after each step, with the outputs of a step that is no stream; a stream hands over rows when they are
/// made.
struct Observe {
    const Observer& observer;

    void rows(int layer, int first_row, int rows, const $number$* values) const noexcept {
        if (observer.rows != nullptr) observer.rows(observer.state, layer, first_row, rows, values);
    }
    void operator()(int step, const $number$* first = nullptr, const $number$* second = nullptr) const noexcept {
        const StepInfo& info = steps[step];
        const $number$* outputs[] = {first, second};
        for (int output = 0; output < info.layers; ++output) {
            const int layer = info.first_layer + output;
            rows(layer, 0, layers[layer].height, outputs[output]);
        }
        if (observer.step != nullptr) observer.step(observer.state, step);
    }
};

namespace streams {

$streams$

}  // namespace streams

$layers$

$run_order$

}  // namespace

}  // namespace observed

$forward_observed$ {
    return observed::forward_or_error(image, $output_names$, workspace, executor, observed::Observe{observer});
}

}  // namespace $network$
