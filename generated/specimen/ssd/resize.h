#include "compiler.h"
#ifndef SSD_RESIZE_H
#define SSD_RESIZE_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "blend.h"
#include "image.h"

namespace ssd { inline namespace v2 {

/// Where output pixel i is sampled: at (i + 0.5) * scale - 0.5, as OpenCV does, or at i * scale, as TensorFlow 1 did.
enum class ResizeRule { half_pixel, asymmetric };

namespace detail {

/// One output column: byte offsets of the two source pixels, and their weights.
struct Column {
    std::int32_t left, right;
    Weights weights;
};

/// The two source positions between which an output position lies, first + 1 being the second, and the second's share.
struct Sample {
    int first;
    float fraction;
};

inline Sample sample(int index, int size, int source_size, ResizeRule rule) noexcept {
    const double scale = 1.0 / (static_cast<double>(size) / source_size);
    const float position =
        static_cast<float>(rule == ResizeRule::half_pixel ? (index + 0.5) * scale - 0.5 : index * scale);
    const float first = std::floor(position);
    return {static_cast<int>(first), position - first};
}

/// What becomes of the channels of a blended source pixel.
enum class Conversion { copy, swap, luma, gray, replicate };

inline Conversion conversion(PixelFormat from, PixelFormat to) noexcept {
    if (from == PixelFormat::gray) return to == PixelFormat::gray ? Conversion::gray : Conversion::replicate;
    if (to == PixelFormat::gray) return Conversion::luma;
    const bool from_bgr = from == PixelFormat::bgr || from == PixelFormat::bgra;
    return from_bgr == (to == PixelFormat::bgr) ? Conversion::copy : Conversion::swap;
}

}  // namespace detail

/// Bytes of scratch memory for a Resizer to so many columns.
constexpr std::size_t resize_scratch_bytes(int width) noexcept {
    return static_cast<std::size_t>(width) * sizeof(detail::Column);
}

/// Resizes a picture row by row to the network's input [height][width][channels(format)], bilinearly, and converts the
/// channels (alpha is dropped; gray is BT.601's luma). The weights have 11 bits, as in OpenCV's resize(INTER_LINEAR) of
/// bytes, which half_pixel equals exactly. A picture of that size and format is handed on without a copy.
///
/// The constructor alone writes (its scratch memory: resize_scratch_bytes(width) bytes, aligned to 4); rows
/// may be asked for by any number of threads, as long as Resizer, scratch and picture live. A picture that detect would refuse
/// (ssd::Error) is black.
class Resizer {
  public:
    Resizer(const Image& image, int height, int width, PixelFormat format, ResizeRule rule, void* scratch) noexcept
        : image_(image),
          height_(height),
          width_(width),
          channels_(channels(format)),
          rule_(rule),
          columns_(static_cast<detail::Column*>(scratch)) {
        const bool bgr = image.format == PixelFormat::bgr || image.format == PixelFormat::bgra;
        luma_[bgr ? 2 : 0] = 4899;
        luma_[1] = 9617;
        luma_[bgr ? 0 : 2] = 1868;
        if (image_.row_bytes == 0) image_.row_bytes = static_cast<std::ptrdiff_t>(detail::pixel_row_bytes(image));
        if (detail::wrong_with(image) != 0) {
            row_ = black_row;
        } else if (image.width == width && image.height == height && image.format == format) {
            row_ = own_row;
        } else {
            row_ = row_function(detail::conversion(image.format, format));
            fill_columns();
        }
    }

    Rows rows() const noexcept { return {row_, this}; }

  private:
    using RowFunction = decltype(Rows::row);
    using Conversion = detail::Conversion;

    void fill_columns() noexcept {
        const int pixel = channels(image_.format);
        for (int x = 0; x < width_; ++x) {
            detail::Sample sample = detail::sample(x, width_, image_.width, rule_);
            if (sample.first < 0) sample = {0, 0};
            if (sample.first >= image_.width - 1) sample = {image_.width - 1, 0};
            const int right = std::min(sample.first + 1, image_.width - 1);
            columns_[x] = {sample.first * pixel, right * pixel, detail::weights_of(sample.fraction)};
        }
    }

    static RowFunction row_function(Conversion conversion) noexcept {
        switch (conversion) {
            case Conversion::copy:
                return resized_row<Conversion::copy>;
            case Conversion::swap:
                return resized_row<Conversion::swap>;
            case Conversion::luma:
                return resized_row<Conversion::luma>;
            case Conversion::gray:
                return resized_row<Conversion::gray>;
            case Conversion::replicate:
                break;
        }
        return resized_row<Conversion::replicate>;
    }

    static const std::uint8_t* black_row(const void* state, int, std::uint8_t* buffer) noexcept {
        const Resizer& resizer = *static_cast<const Resizer*>(state);
        std::memset(buffer, 0, static_cast<std::size_t>(resizer.width_) * static_cast<std::size_t>(resizer.channels_));
        return buffer;
    }

    static const std::uint8_t* own_row(const void* state, int y, std::uint8_t*) noexcept {
        return static_cast<const Resizer*>(state)->source_row(y);
    }

    const std::uint8_t* source_row(int y) const noexcept {
        return image_.data + std::clamp(y, 0, image_.height - 1) * image_.row_bytes;
    }

    template <Conversion conversion>
    static const std::uint8_t* resized_row(const void* state, int y, std::uint8_t* buffer) noexcept {
        const Resizer& resizer = *static_cast<const Resizer*>(state);
        const detail::Sample sample = detail::sample(y, resizer.height_, resizer.image_.height, resizer.rule_);
        const std::uint8_t* top = resizer.source_row(sample.first);
        const std::uint8_t* bottom = resizer.source_row(sample.first + 1);
        const detail::Weights vertical = detail::weights_of(sample.fraction);
        const int pixel = channels(resizer.image_.format);
        const int whole = resizer.image_.width * pixel - 4;  // up to here four bytes can be read at once

        std::uint8_t* out = buffer;
        for (int x = 0; x < resizer.width_; ++x) {
            const detail::Column& column = resizer.columns_[x];
            detail::Pixel blended;
            if (column.right <= whole) {
                blended = detail::blend(detail::load4(top + column.left), detail::load4(top + column.right),
                                        detail::load4(bottom + column.left), detail::load4(bottom + column.right),
                                        column.weights, vertical);
            } else {
                blended = detail::blend(detail::load(top + column.left, pixel), detail::load(top + column.right, pixel),
                                        detail::load(bottom + column.left, pixel),
                                        detail::load(bottom + column.right, pixel), column.weights, vertical);
            }
            out = resizer.store<conversion>(out, blended);
        }
        return buffer;
    }

    template <Conversion conversion>
    std::uint8_t* store(std::uint8_t* out, detail::Pixel pixel) const noexcept {
        const std::uint32_t c0 = pixel & 255, c1 = pixel >> 8 & 255, c2 = pixel >> 16 & 255;
        if (conversion == Conversion::gray) {
            *out = static_cast<std::uint8_t>(c0);
            return out + 1;
        }
        if (conversion == Conversion::luma) {
            *out = static_cast<std::uint8_t>((c0 * luma_[0] + c1 * luma_[1] + c2 * luma_[2] + 8192) >> 14);
            return out + 1;
        }
        out[0] = static_cast<std::uint8_t>(conversion == Conversion::swap ? c2 : c0);
        out[1] = static_cast<std::uint8_t>(conversion == Conversion::replicate ? c0 : c1);
        out[2] = static_cast<std::uint8_t>(conversion == Conversion::copy ? c2 : c0);
        return out + 3;
    }

    Image image_;
    int height_, width_, channels_;
    ResizeRule rule_;
    detail::Column* columns_;
    std::uint32_t luma_[3] = {};
    RowFunction row_ = nullptr;
};

/// A picture that has the network's size and format already, rows row_bytes apart.
struct PlainImage {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t row_bytes = 0;
};

/// Its rows, as they are; the PlainImage has to live as long as they are used.
inline Rows plain_rows(const PlainImage& image) noexcept {
    return {[](const void* state, int y, std::uint8_t*) noexcept {
                const PlainImage& plain = *static_cast<const PlainImage*>(state);
                return plain.data + y * plain.row_bytes;
            },
            &image};
}

}}  // namespace ssd::v2
#endif  // SSD_RESIZE_H
