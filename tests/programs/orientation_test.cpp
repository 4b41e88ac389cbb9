#include "../../templates/programs/orientation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace application;

namespace {

using Pixels = std::vector<std::uint8_t>;

std::string number(std::uint32_t value, int bytes, bool little) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * (little ? i : bytes - 1 - i)));
    return text;
}

/// A TIFF structure of two entries: the width of a picture, and its orientation.
std::string tiff(int orientation, bool little, std::uint32_t type = 3, std::uint32_t count = 1) {
    const auto n = [little](std::uint32_t value, int bytes) { return number(value, bytes, little); };
    return (little ? std::string("II*\0", 4) : std::string("MM\0*", 4)) + n(10, 4) + "xx" + n(2, 2) + n(0x0100, 2) +
           n(3, 2) + n(1, 4) + n(16, 2) + n(0, 2) + n(0x0112, 2) + n(type, 2) + n(count, 4) +
           n(static_cast<std::uint32_t>(orientation), 2) + n(0, 2) + n(0, 4);
}

std::string segment(int marker, const std::string& text) {
    return "\xFF" + std::string(1, static_cast<char>(marker)) +
           number(static_cast<std::uint32_t>(text.size() + 2), 2, false) + text;
}

/// A JPEG file as far as its first scan: JFIF's segment, XMP (in an APP1 as well) and a byte of filling come before the
/// Exif data.
std::string jpeg(const std::string& exif) {
    return "\xFF\xD8" + segment(0xE0, "JFIF") + segment(0xE1, "http://ns.adobe.com/xap/1.0/") + "\xFF" +
           segment(0xE1, std::string("Exif\0\0", 6) + exif) + segment(0xDA, "scan");
}

std::string chunk(const std::string& type, const std::string& data) {
    return number(static_cast<std::uint32_t>(data.size()), 4, false) + type + data + "CRC.";
}

std::string png(const std::string& exif) {
    return "\x89PNG\r\n\x1A\n" + chunk("IHDR", "1234567890123") + chunk("IDAT", "data") + chunk("eXIf", exif) +
           chunk("IEND", "");
}

/// From memory of exactly that size, so that a sanitizer sees a read beyond it.
int orientation_in(const std::string& file) { return orientation_of(Pixels(file.begin(), file.end())); }

}  // namespace

TEST_CASE("Exif's eight orientations, in JPEG and PNG files, of either byte order") {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        for (const bool little : {false, true}) {
            CHECK(orientation_in(jpeg(tiff(orientation, little))) == orientation);
            CHECK(orientation_in(png(tiff(orientation, little))) == orientation);
        }
    }
}

TEST_CASE("a picture that states no orientation, or none that there is, stays as it is") {
    for (const int other : {0, 9, 65535}) {
        CHECK(orientation_in(jpeg(tiff(other, true))) == 1);
        CHECK(orientation_in(png(tiff(other, false))) == 1);
    }
    CHECK(orientation_in(jpeg(tiff(6, true, 4))) == 1);     // a number of another type
    CHECK(orientation_in(jpeg(tiff(6, true, 3, 2))) == 1);  // or several
    CHECK(orientation_in("\xFF\xD8" + segment(0xDA, "scan") +
                         segment(0xE1, std::string("Exif\0\0", 6) + tiff(6, true))) == 1);
    CHECK(orientation_in("\xFF\xD8" + segment(0xE2, std::string("Exif\0\0", 6) + tiff(6, true))) == 1);
    CHECK(orientation_in("P6 4 4 255\n") == 1);
    CHECK(orientation_in("") == 1);
}

TEST_CASE("Exif data that are cut short or altered do no harm") {
    for (const std::string& whole : {jpeg(tiff(6, true)), jpeg(tiff(6, false)), png(tiff(6, true))}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const int found = orientation_in(whole.substr(0, size));
            CHECK((found == 1 || found == 6));
        }
        std::uint32_t state = 1;
        for (int i = 0; i < 20000; ++i) {
            std::string altered = whole;
            for (int k = 0; k < 3; ++k) {
                state = state * 1664525U + 1013904223U;
                altered[(state >> 8) % altered.size()] = static_cast<char>(state >> 24);
            }
            const int found = orientation_in(altered);
            if (found < 1 || found > 8) FAIL(found);
        }
    }
}

TEST_CASE("turned: each orientation shows the stored pixels the right way up") {
    // Stored: 1 2 3
    //         4 5 6
    const Pixels stored{1, 0, 7, 2, 0, 7, 3, 0, 7, 4, 0, 7, 5, 0, 7, 6, 0, 7};
    const char* const shown[] = {"123456", "321654", "654321", "456123", "142536", "415263", "635241", "362514"};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const Pixels result = turned(stored.data(), 2, 3, orientation);
        CHECK(lies_on_its_side(orientation) == (orientation > 4));
        REQUIRE(result.size() == stored.size());
        std::string digits;
        for (std::size_t i = 0; i < result.size(); i += 3) {
            digits += static_cast<char>('0' + result[i]);
            CHECK(result[i + 1] == 0);
            CHECK(result[i + 2] == 7);
        }
        CHECK(digits == shown[orientation - 1]);
    }
}
