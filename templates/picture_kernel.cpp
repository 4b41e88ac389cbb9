$header$
#include "layers.h"
#include "vectors.h"

#include <cstring>

namespace $network$ {

namespace kernels {

namespace $layer_name$ {  // what the kernel is made of

namespace {

$numbers$

$functions$

}  // namespace

}  // namespace $layer_name$

// Output rows [first, end). The rows of the picture that a window covers stand in a ring in the scratch memory, normalised
// and with their padding; each is taken from the picture once. Rows outside the picture are zero.
void $kernel$(const ssd::Rows& picture, const float* weights, float* output, float* scratch, int first, int end) noexcept {
    using namespace $layer_name$;
    const auto ring = [scratch](int y) { return scratch + (y + pad_top) % window_rows * staged_row; };
    auto* const bytes = reinterpret_cast<std::uint8_t*>(scratch + window_rows * staged_row);
    std::memset(scratch, 0, sizeof(float) * window_rows * staged_row);  // the padding left and right stays zero
    int staged = first * stride - pad_top;
    for (int y = first; y < end; ++y) {
        const int top = y * stride - pad_top;
        for (; staged < top + window_rows; ++staged) {
            if (staged < top) continue;  // the stride leaves it out
            float* const row = ring(staged) + pad_left * input_channels;
            if (staged >= 0 && staged < input_height)
                stage_row(picture.row(picture.state, staged, bytes), row);
            else
                std::memset(row, 0, sizeof(float) * input_width * input_channels);
        }
        convolve_row($rows$, weights, output + y * output_width * output_channels);
    }
}

}  // namespace kernels

void layer::$layer$

}  // namespace $network$
