#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

/// Which way up a picture is to be shown: cameras store it as the sensor lay and say in its Exif data how it was held.
namespace application {

/// Exif's tag Orientation (CIPA DC-008, 4.6.4): the sides of the shown picture at which the stored one's row 0 and
/// column 0 lie: 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top, 6 right top, 7 right bottom, 8
/// left bottom.
constexpr int upright = 1;

/// Bytes that are read only where they are there.
struct Bytes {
    const std::uint8_t* data;
    std::size_t size;

    bool starts_with(const char* text, std::size_t length) const {
        return size >= length && std::memcmp(data, text, length) == 0;
    }
    /// What follows the first `count` bytes; nothing if there are no more.
    Bytes from(std::size_t count) const { return count < size ? Bytes{data + count, size - count} : Bytes{data, 0}; }
    Bytes first(std::size_t count) const { return {data, count < size ? count : size}; }
    /// A number of 2 or 4 bytes at the start; 0 if it is not there.
    std::uint32_t number(std::size_t bytes, bool little_endian = false) const {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes && bytes <= size; ++i)
            value |= static_cast<std::uint32_t>(data[i]) << (8 * (little_endian ? i : bytes - 1 - i));
        return value;
    }
};

/// The orientation that a TIFF structure states in its first directory; upright for anything that is not whole and
/// valid.
inline int tiff_orientation(Bytes tiff) {
    const bool little = tiff.starts_with("II*\0", 4);
    if (!little && !tiff.starts_with("MM\0*", 4)) return upright;
    const Bytes directory = tiff.from(tiff.from(4).number(4, little));
    const std::uint32_t entries = directory.number(2, little);
    for (std::uint32_t i = 0; i < entries; ++i) {
        const Bytes entry = directory.from(2 + 12 * static_cast<std::size_t>(i));
        if (entry.size < 12) break;
        constexpr std::uint32_t orientation = 0x0112, unsigned_short = 3;
        if (entry.number(2, little) != orientation) continue;
        const std::uint32_t value = entry.from(8).number(2, little);
        const bool whole = entry.from(2).number(2, little) == unsigned_short && entry.from(4).number(4, little) == 1;
        return whole && value >= 1 && value <= 8 ? static_cast<int>(value) : upright;
    }
    return upright;
}

/// That of a JPEG file: its segments up to the first scan, of which one, APP1, may hold Exif data.
inline int jpeg_orientation(Bytes file) {
    Bytes rest = file.from(2);
    while (rest.size >= 4 && rest.data[0] == 0xFF) {
        const unsigned marker = rest.data[1];
        if (marker == 0xFF) {  // a byte of filling
            rest = rest.from(1);
            continue;
        }
        const bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
        const std::size_t length = alone ? 0 : rest.from(2).number(2);
        if (marker == 0xD9 || marker == 0xDA || (!alone && length < 2)) break;  // end, scan; or malformed
        const Bytes segment = rest.from(4).first(alone ? 0 : length - 2);
        if (marker == 0xE1 && segment.starts_with("Exif\0\0", 6)) return tiff_orientation(segment.from(6));
        rest = rest.from(2 + length);
    }
    return upright;
}

/// That of a PNG file: its chunk eXIf is a TIFF structure.
inline int png_orientation(Bytes file) {
    for (Bytes rest = file.from(8); rest.size >= 12;) {
        const std::size_t length = rest.number(4);
        if (length > rest.size - 12) break;
        if (rest.from(4).starts_with("eXIf", 4)) return tiff_orientation(rest.from(8).first(length));
        rest = rest.from(12 + length);
    }
    return upright;
}

/// That of a picture file; upright if it states none or is malformed.
inline int orientation_of(const std::vector<std::uint8_t>& file) {
    const Bytes bytes{file.data(), file.size()};
    if (bytes.starts_with("\xFF\xD8", 2)) return jpeg_orientation(bytes);
    if (bytes.starts_with("\x89PNG\r\n\x1A\n", 8)) return png_orientation(bytes);
    return upright;
}

/// Does the orientation exchange height and width?
constexpr bool lies_on_its_side(int orientation) {
    return orientation >= 5;
}

/// The stored pixels [height][width][3] as they are shown: [height][width][3], or [width][height][3] on its side.
inline std::vector<std::uint8_t> turned(const std::uint8_t* pixels, int height, int width, int orientation) {
    const bool side = lies_on_its_side(orientation);
    const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    std::vector<std::uint8_t> result(static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 3);
    std::uint8_t* next = result.data();
    for (int y = 0; y < (side ? width : height); ++y) {
        for (int x = 0; x < (side ? height : width); ++x) {
            const int row = side ? x : y, column = side ? y : x;
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(from_bottom ? height - 1 - row : row) * width +
                                      (from_right ? width - 1 - column : column);
            for (std::ptrdiff_t channel = 0; channel < 3; ++channel) *next++ = pixels[at * 3 + channel];
        }
    }
    return result;
}

}  // namespace application
