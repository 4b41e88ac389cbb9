// A classifier made by hand, with the interface of an emitted one: is a gray 2 x 2 picture dark, medium or bright?
#pragma once

#include <cstddef>
#include <cstdint>

#include "ssd/classify.h"
#include "ssd/executor.h"
#include "ssd/image.h"
#include "ssd/resize.h"

namespace shade {

inline constexpr int input_height = 2, input_width = 2, input_channels = 1, classes = 3;
inline constexpr ssd::PixelFormat input_format = ssd::PixelFormat::gray;
inline constexpr ssd::ResizeRule input_resize = ssd::ResizeRule::half_pixel;

struct Workspace {
    Workspace() noexcept {}
    alignas(64) float arena[64];
};

template <int threads>
struct ThreadedWorkspace : Workspace {};

void forward(const std::uint8_t* image, float* logits, Workspace& workspace,
             const ssd::Executor& executor = ssd::serial) noexcept;
int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,
             const ssd::Executor& executor = ssd::serial) noexcept;

}  // namespace shade
