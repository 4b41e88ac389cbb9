// A network made by hand, with the interface of an emitted one, for the programs' own tests: the average of each
// quarter of a 4 x 4 picture (layer 0), times 8 minus 4 (layer 1), is the logits of one prior in each quarter.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ssd/classify.h"
#include "ssd/detection.h"
#include "ssd/executor.h"
#include "ssd/image.h"
#include "ssd/post_process.h"
#include "ssd/resize.h"

namespace tiny {

inline constexpr int input_height = 4, input_width = 4, input_channels = 3, classes = 3, priors = 4, background = 0;
inline constexpr ssd::PixelFormat input_format = ssd::PixelFormat::rgb;
inline constexpr ssd::ResizeRule input_resize = ssd::ResizeRule::half_pixel;
inline constexpr std::size_t arena_bytes = 4096, weights_bytes = 8;

struct Workspace {
    Workspace() noexcept {}
    alignas(64) float arena[arena_bytes / sizeof(float)];
};

template <int threads>
struct ThreadedWorkspace : Workspace {};

void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace,
             const ssd::Executor& executor = ssd::serial) noexcept;
int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,
           const ssd::DetectOptions& options = {}, const ssd::Executor& executor = ssd::serial) noexcept;

}  // namespace tiny
