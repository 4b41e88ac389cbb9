#include "ssd/resize.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using ssd::PixelFormat;
using ssd::ResizeRule;
using Bytes = std::vector<std::uint8_t>;

namespace {

Bytes resize(const ssd::Image& image, int height, int width, PixelFormat format,
             ResizeRule rule = ResizeRule::half_pixel) {
    const std::size_t row_bytes = static_cast<std::size_t>(width * ssd::channels(format));
    std::vector<std::uint32_t> scratch(ssd::resize_scratch_bytes(width) / 4);
    const ssd::Resizer resizer(image, height, width, format, rule, scratch.data());
    const ssd::Rows rows = resizer.rows();
    Bytes result;
    for (int y = 0; y < height; ++y) {
        Bytes buffer(row_bytes);  // exactly as large as promised, so that a sanitizer sees any byte beyond
        const std::uint8_t* row = rows.row(rows.state, y, buffer.data());
        result.insert(result.end(), row, row + row_bytes);
    }
    return result;
}

ssd::Image image(const Bytes& bytes, int height, int width, PixelFormat format) {
    return {bytes.data(), width, height, width * ssd::channels(format), format};
}

Bytes random_bytes(int count, unsigned seed) {
    std::mt19937 random(seed);
    Bytes bytes(static_cast<std::size_t>(count));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 24);
    return bytes;
}

/// OpenCV's resize(INTER_LINEAR) of bytes, as modules/imgproc/src/resize.cpp has it: coefficients of 11 bits, edges
/// repeated (columns with the whole weight on the edge, rows with both weights on it).
Bytes resize_like_opencv(const Bytes& bytes, int height, int width, int channels, int to_height, int to_width) {
    const auto fixed = [](float share) { return static_cast<int>(std::lrint(share * 2048)); };
    Bytes result;
    for (int dy = 0; dy < to_height; ++dy) {
        const double scale_y = 1.0 / (static_cast<double>(to_height) / height);
        float fy = static_cast<float>((dy + 0.5) * scale_y - 0.5);
        const int sy = static_cast<int>(std::floor(fy));
        fy -= static_cast<float>(sy);
        for (int dx = 0; dx < to_width; ++dx) {
            const double scale_x = 1.0 / (static_cast<double>(to_width) / width);
            float fx = static_cast<float>((dx + 0.5) * scale_x - 0.5);
            int sx = static_cast<int>(std::floor(fx));
            fx -= static_cast<float>(sx);
            if (sx < 0) fx = 0, sx = 0;
            if (sx >= width - 1) fx = 0, sx = width - 1;
            for (int c = 0; c < channels; ++c) {
                const auto row_value = [&](int y) {
                    const auto at = [&](int x) {
                        const int row = std::clamp(y, 0, height - 1), column = std::min(x, width - 1);
                        return int{bytes[static_cast<std::size_t>((row * width + column) * channels + c)]};
                    };
                    return at(sx) * fixed(1 - fx) + at(sx + 1) * fixed(fx);
                };
                const int sum =
                    (fixed(1 - fy) * (row_value(sy) >> 4) >> 16) + (fixed(fy) * (row_value(sy + 1) >> 4) >> 16);
                result.push_back(static_cast<std::uint8_t>((sum + 2) >> 2));
            }
        }
    }
    return result;
}

}  // namespace

TEST_CASE("twice the size: quarters and three quarters, edges repeated") {
    const Bytes two = {0, 100};
    CHECK(resize(image(two, 1, 2, PixelFormat::gray), 1, 4, PixelFormat::gray) == Bytes{0, 25, 75, 100});
    CHECK(resize(image(two, 2, 1, PixelFormat::gray), 4, 1, PixelFormat::gray) == Bytes{0, 25, 75, 100});
}

TEST_CASE("half the size: means of four") {
    const Bytes four = {10, 20, 30, 41, 50, 60, 70, 80};
    CHECK(resize(image(four, 2, 4, PixelFormat::gray), 1, 2, PixelFormat::gray) == Bytes{35, 55});  // 35; 55.25
}

TEST_CASE("asymmetric: position i * scale") {
    const Bytes two = {0, 100};
    CHECK(resize(image(two, 1, 2, PixelFormat::gray), 1, 4, PixelFormat::gray, ResizeRule::asymmetric) ==
          Bytes{0, 50, 100, 100});
    const Bytes four = {10, 20, 30, 40};
    CHECK(resize(image(four, 1, 4, PixelFormat::gray), 1, 2, PixelFormat::gray, ResizeRule::asymmetric) ==
          Bytes{10, 30});
}

TEST_CASE("half_pixel equals OpenCV's fixed point for any sizes and channels") {
    const int sizes[] = {1, 2, 3, 5, 8, 19, 64};
    unsigned seed = 0;
    for (const PixelFormat format : {PixelFormat::gray, PixelFormat::rgb}) {
        const int channels = ssd::channels(format);
        for (const int height : sizes) {
            for (const int width : sizes) {
                const Bytes bytes = random_bytes(height * width * channels, ++seed);
                for (const int to_height : sizes) {
                    for (const int to_width : {1, 4, 19, 33}) {
                        CAPTURE(height << 24 | width << 16 | to_height << 8 | to_width);
                        REQUIRE(resize(image(bytes, height, width, format), to_height, to_width, format) ==
                                resize_like_opencv(bytes, height, width, channels, to_height, to_width));
                    }
                }
            }
        }
    }
}

TEST_CASE("channel orders: swapped, alpha dropped, gray spread") {
    const Bytes rgba = {1, 2, 3, 99, 4, 5, 6, 98};
    const Bytes rgb = {1, 2, 3, 4, 5, 6}, bgr = {3, 2, 1, 6, 5, 4};
    const auto convert = [](const Bytes& bytes, PixelFormat from, PixelFormat to) {
        return resize(image(bytes, 1, 2, from), 1, 2, to);
    };
    CHECK(convert(rgb, PixelFormat::rgb, PixelFormat::bgr) == bgr);
    CHECK(convert(bgr, PixelFormat::bgr, PixelFormat::rgb) == rgb);
    CHECK(convert(rgba, PixelFormat::rgba, PixelFormat::rgb) == rgb);
    CHECK(convert(rgba, PixelFormat::rgba, PixelFormat::bgr) == bgr);
    CHECK(convert(rgba, PixelFormat::bgra, PixelFormat::bgr) == rgb);
    CHECK(convert(rgba, PixelFormat::bgra, PixelFormat::rgb) == bgr);
    CHECK(convert({7, 9}, PixelFormat::gray, PixelFormat::rgb) == Bytes{7, 7, 7, 9, 9, 9});
    CHECK(convert({7, 9}, PixelFormat::gray, PixelFormat::bgr) == Bytes{7, 7, 7, 9, 9, 9});
}

TEST_CASE("gray is 0.299 red + 0.587 green + 0.114 blue") {
    const Bytes primaries = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    CHECK(resize(image(primaries, 1, 4, PixelFormat::rgb), 1, 4, PixelFormat::gray) == Bytes{76, 150, 29, 255});
    CHECK(resize(image(primaries, 1, 4, PixelFormat::bgr), 1, 4, PixelFormat::gray) == Bytes{29, 150, 76, 255});
}

TEST_CASE("a picture of the network's size and format is not copied, and its rows may lie apart or upside down") {
    const Bytes bytes = random_bytes(3 * 10, 1);
    const ssd::Image upright{bytes.data(), 3, 3, 10, PixelFormat::rgb};
    const ssd::Resizer resizer(upright, 3, 3, PixelFormat::rgb, ResizeRule::half_pixel, nullptr);
    const ssd::Rows rows = resizer.rows();
    for (int y = 0; y < 3; ++y) CHECK(rows.row(rows.state, y, nullptr) == bytes.data() + y * 10);

    const ssd::Image flipped{bytes.data() + 20, 3, 3, -10, PixelFormat::rgb};
    const ssd::Resizer other(flipped, 3, 3, PixelFormat::rgb, ResizeRule::half_pixel, nullptr);
    for (int y = 0; y < 3; ++y) CHECK(other.rows().row(other.rows().state, y, nullptr) == bytes.data() + 20 - y * 10);

    const ssd::PlainImage plain{bytes.data(), 10};
    const ssd::Rows plain_rows = ssd::plain_rows(plain);
    CHECK(plain_rows.row(plain_rows.state, 2, nullptr) == bytes.data() + 20);
}

TEST_CASE("row_bytes 0 is a picture without gaps, of the network's size and of another") {
    const Bytes bytes = random_bytes(5 * 7 * 3, 3);
    const ssd::Image without{bytes.data(), 7, 5, 0, PixelFormat::bgr};
    CHECK(resize(without, 4, 4, PixelFormat::rgb) ==
          resize(image(bytes, 5, 7, PixelFormat::bgr), 4, 4, PixelFormat::rgb));
    CHECK(resize(without, 5, 7, PixelFormat::bgr) == bytes);
}

TEST_CASE("a picture that detect refuses is black, and none of its bytes is read") {
    const Bytes bytes = random_bytes(3, 3);
    for (const ssd::Image& wrong : {ssd::Image{bytes.data(), 9, 9, 26, PixelFormat::rgb},
                                    ssd::Image{bytes.data(), 9, 9, 27, static_cast<PixelFormat>(9)},
                                    ssd::Image{bytes.data(), 1 << 30, 1 << 30, 0, PixelFormat::rgb}})
        CHECK(resize(wrong, 1, 2, PixelFormat::rgb) == Bytes(6, 0));
}

TEST_CASE("an empty picture is black") {
    CHECK(resize({}, 1, 2, PixelFormat::rgb) == Bytes(6, 0));
    const Bytes one = {9};
    CHECK(resize({one.data(), 0, 1, 0, PixelFormat::gray}, 1, 2, PixelFormat::gray) == Bytes(2, 0));
}
