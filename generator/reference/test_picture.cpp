#include "reference/test_picture.h"

namespace ssdgen {

std::vector<std::uint8_t> test_picture(const Shape& shape) {
    const std::size_t size = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width) *
                             static_cast<std::size_t>(shape.channels);
    std::vector<std::uint8_t> bytes(size);
    std::uint32_t state = 0x9E3779B9U;
    for (std::uint8_t& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte = static_cast<std::uint8_t>(state >> 24);
    }
    return bytes;
}

}  // namespace ssdgen
