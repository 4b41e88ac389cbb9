#include "compiler.h"
#ifndef SSD_IMAGE_H
#define SSD_IMAGE_H

#include <cstddef>
#include <cstdint>

#include "error.h"

namespace ssd { inline namespace v2 {

enum class PixelFormat { gray, rgb, bgr, rgba, bgra };

/// Bytes of a pixel.
constexpr int channels(PixelFormat format) noexcept {
    return format == PixelFormat::gray ? 1 : format == PixelFormat::rgb || format == PixelFormat::bgr ? 3 : 4;
}

/// A view of somebody's picture [height][width][channels(format)] of bytes, rows row_bytes apart; 0: without gaps; negative: upside
/// down, data being the first row, which is the last in memory.
struct Image {
    const std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t row_bytes = 0;
    PixelFormat format = PixelFormat::rgb;
};

namespace detail {

constexpr std::int64_t pixel_row_bytes(const Image& image) noexcept {
    return std::int64_t{image.width} * channels(image.format);
}

/// 0 for a picture that can be read, otherwise the ssd::Error.
constexpr int wrong_with(const Image& image) noexcept {
    if (image.data == nullptr) return wrong_if(true, Error::no_image);
    if (image.format < PixelFormat::gray || image.format > PixelFormat::bgra) return wrong_if(true, Error::image_format);
    if (image.width < 1 || image.height < 1 || pixel_row_bytes(image) > INT32_MAX) return wrong_if(true, Error::image_size);
    const std::uint64_t row = static_cast<std::uint64_t>(pixel_row_bytes(image)), given = static_cast<std::uint64_t>(image.row_bytes);
    const std::uint64_t apart = image.row_bytes == 0 ? row : image.row_bytes < 0 ? 0 - given : given;
    if (apart < row) return wrong_if(true, Error::row_bytes);
    return wrong_if(apart > static_cast<std::uint64_t>(PTRDIFF_MAX) / static_cast<std::uint64_t>(image.height), Error::image_size);
}

}  // namespace detail

/// The rows of the network's input, as the first layer asks for them: [width][channels] bytes of row y. A source that has to
/// make the row puts it into buffer (width * channels bytes) and returns buffer.
struct Rows {
    const std::uint8_t* (*row)(const void* state, int y, std::uint8_t* buffer) noexcept = nullptr;
    const void* state = nullptr;
};

}}  // namespace ssd::v2
#endif  // SSD_IMAGE_H
