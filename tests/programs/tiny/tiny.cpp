#include "tiny_observer.h"

extern "C" {
extern const float tiny_weights[1];
const float tiny_weights[1] = {0};
}

namespace tiny {

namespace {

#ifndef TINY_WITHOUT_WEIGHTS
#define TINY_WITHOUT_WEIGHTS false
#endif
#ifdef TINY_WRONG_WEIGHT
constexpr float weight = 8.01F;
#else
constexpr float weight = 8;
#endif

struct Quarters {
    const std::uint8_t* image;
    float* means;  // [2][2][3]
};

void quarter(const void* context, int part, int parts) {
    const Quarters& quarters = *static_cast<const Quarters*>(context);
    for (int i = 12 * part / parts; i < 12 * (part + 1) / parts; ++i) {
        const int y = i / 6 * 2, x = i / 3 % 2 * 2, c = i % 3;
        const auto at = [&](int row, int column) { return int{quarters.image[(row * 4 + column) * 3 + c]}; };
        quarters.means[i] = static_cast<float>(at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1)) / 1020;
    }
}

constexpr ssd::BoxSize sizes[] = {{0.5F, 0.5F}};
constexpr ssd::PriorGrid grids[] = {{2, 2, 0.5F, 0.5F, 0.5F, 0.5F, 1, sizes}};
constexpr ssd::Priors prior_boxes{grids, 1, nullptr, false, priors};
constexpr ssd::PostProcessing settings{ssd::Dialect::tflite_fast,
                                       ssd::Scores::sigmoid,
                                       ssd::BoxOrder::yxhw,
                                       {0.1F, 0.1F, 0.2F, 0.2F},
                                       classes,
                                       0,
                                       0.5F,
                                       0.6F,
                                       10,
                                       1,
                                       100,
                                       1,
                                       false};

}  // namespace

int forward_observed(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
                     const ssd::Executor& executor, const Observer& observer) noexcept {
    if (TINY_WITHOUT_WEIGHTS) return static_cast<int>(ssd::Error::no_weights);
    const Quarters quarters{image, workspace.arena};
    if (executor.threads > 1) {
        executor.run(executor.state, quarter, &quarters, executor.threads);
    } else {
        quarter(&quarters, 0, 1);
    }
    if (observer.rows != nullptr) {
        // In two halves, the lower one first: the observer may count on no order.
        observer.rows(observer.state, 0, 1, 1, workspace.arena + 6);
        observer.rows(observer.state, 0, 0, 1, workspace.arena);
    }
    if (observer.step != nullptr) observer.step(observer.state, 0);
    for (int i = 0; i < 12; ++i) logits[i] = workspace.arena[i] * weight - 4;
    for (int i = 0; i < 16; ++i) boxes[i] = 0;
    if (observer.rows != nullptr) observer.rows(observer.state, 1, 0, 2, logits);
    if (observer.step != nullptr) observer.step(observer.state, 1);
    return 0;
}

void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
             const ssd::Executor& executor) noexcept {
    forward_observed(image, boxes, logits, workspace, executor, {});
#ifdef TINY_WRONG_FORWARD
    TINY_WRONG_FORWARD[5] = -TINY_WRONG_FORWARD[5];  // of a zero too this changes a bit
#endif
}

int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,
           const ssd::DetectOptions& options, const ssd::Executor& executor) noexcept {
    if (TINY_WITHOUT_WEIGHTS) return static_cast<int>(ssd::Error::no_weights);
    const ssd::Resizer resizer(image, input_height, input_width, input_format, input_resize, workspace.arena + 16);
    const ssd::Rows rows = resizer.rows();
    std::uint8_t input[48], buffer[12];
    for (int y = 0; y < 4; ++y) {
        const std::uint8_t* row = rows.row(rows.state, y, buffer);
        for (int i = 0; i < 12; ++i) input[y * 12 + i] = row[i];
    }
    float boxes[16], logits[12];
    forward(input, boxes, logits, workspace, executor);
    return ssd::post_process(settings, prior_boxes, boxes, logits, workspace.arena + 64, out, capacity, options);
}

void multiply_add_chains(float* values, long iterations) noexcept {
    for (long i = 0; i < iterations; ++i) {
        for (int k = 0; k < 16; ++k) values[k] = values[k] * 0.5F + 0.25F;
    }
}

}  // namespace tiny
