#ifndef SSD_IMAGE_H
#define SSD_IMAGE_H

#include <cstddef>
#include <cstdint>

namespace ssd {

enum class PixelFormat { gray, rgb, bgr, rgba, bgra };

/// Bytes of a pixel.
constexpr int channels(PixelFormat format) noexcept {
    return format == PixelFormat::gray ? 1 : format == PixelFormat::rgb || format == PixelFormat::bgr ? 3 : 4;
}

/// A view of somebody's picture [height][width][channels(format)] of bytes, rows row_bytes apart.
struct Image {
    const std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t row_bytes = 0;
    PixelFormat format = PixelFormat::rgb;
};

/// The rows of the network's input, as the first layer asks for them: [width][channels] bytes of row y. A source that has to
/// make the row puts it into buffer (width * channels bytes) and returns buffer.
struct Rows {
    const std::uint8_t* (*row)(const void* state, int y, std::uint8_t* buffer) noexcept = nullptr;
    const void* state = nullptr;
};

}  // namespace ssd

#endif  // SSD_IMAGE_H
