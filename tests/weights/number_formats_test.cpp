#include "weights/number_formats.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace ssdgen;

namespace {

/// A format of 16 bits.
struct Format {
    float (*from)(std::uint16_t);
    std::uint16_t (*to)(float);
    std::uint16_t largest;  // bits of its largest number
};

const Format formats[] = {{from_half, to_half, 0x7BFF}, {from_bfloat16, to_bfloat16, 0x7F7F}};

}  // namespace

TEST_CASE("Every number of 16 bits, subnormal ones too, comes back as it was") {
    for (const Format& format : formats)
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const float value = format.from(std::uint16_t(bits));
            if (std::isnan(value))
                CHECK(std::isnan(format.from(format.to(value))));
            else
                CHECK(format.to(value) == bits);
        }
}

TEST_CASE("A number between two is rounded to the nearer; halfway, to the even one") {
    for (const Format& format : formats)
        for (std::uint16_t bits = 0; bits < format.largest; ++bits) {
            const auto above = std::uint16_t(bits + 1);
            const double middle = (double(format.from(bits)) + double(format.from(above))) / 2;
            const float halfway = float(middle);
            CHECK(format.to(halfway) == (bits % 2 ? above : bits));
            CHECK(format.to(std::nextafter(halfway, 0.0F)) == bits);
            CHECK(format.to(std::nextafter(halfway, INFINITY)) == above);
            CHECK(format.to(-halfway) == ((bits % 2 ? above : bits) | 0x8000));
        }
}

TEST_CASE("Beyond the largest number and half a step there is infinity") {
    CHECK(to_half(65519.99F) == 0x7BFF);
    CHECK(to_half(65520.0F) == 0x7C00);
    CHECK(to_bfloat16(std::numeric_limits<float>::max()) == 0x7F80);
    CHECK(to_half(-INFINITY) == 0xFC00);
}
