#include "shade_observer.h"

extern "C" {
extern const float shade_weights[1];
const float shade_weights[1] = {0};
}

namespace shade {

int forward_observed(const std::uint8_t* image, float* logits, Workspace&, const ssd::Executor&,
                     const Observer& observer) noexcept {
    const float mean = static_cast<float>(image[0] + image[1] + image[2] + image[3]) / 1020;
    logits[0] = 1 - 2 * mean;
    logits[1] = 0.5F;
    logits[2] = 2 * mean - 1;
    if (observer.rows != nullptr) observer.rows(observer.state, 0, 0, 1, logits);
    if (observer.step != nullptr) observer.step(observer.state, 0);
    return 0;
}

void forward(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& executor) noexcept {
    forward_observed(image, logits, workspace, executor, {});
}

int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,
             const ssd::Executor& executor) noexcept {
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, workspace.arena);
    const ssd::Rows rows = resizer.rows();
    std::uint8_t input[4], buffer[2];
    for (int y = 0; y < 2; ++y) {
        const std::uint8_t* row = rows.row(rows.state, y, buffer);
        input[2 * y] = row[0];
        input[2 * y + 1] = row[1];
    }
    float logits[classes];
    forward(input, logits, workspace, executor);
    ssd::softmax(logits, classes);
    return ssd::top_classes(logits, classes, out, capacity);
}

void multiply_add_chains(float* values, long iterations) noexcept {
    for (long i = 0; i < iterations; ++i) {
        for (int k = 0; k < 16; ++k) values[k] = values[k] * 0.5F + 0.25F;
    }
}

}  // namespace shade
