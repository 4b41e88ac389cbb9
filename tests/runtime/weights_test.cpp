#include "ssd/weights.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t layout = 42;

/// A right weights file of four floats.
std::vector<float> weights_file() {
    std::vector<float> file(16 + 4, 0.0F);
    for (int i = 0; i < 4; ++i) file[std::size_t(16 + i)] = 1.5F * static_cast<float>(i);
    ssd::WeightsHeader header{};
    std::memcpy(header.magic, "SSDGENW1", 8);
    header.weights_bytes = 16;
    header.layout = layout;
    header.hash = ssd::hash_words(file.data() + 16, 4);
    std::memcpy(file.data(), &header, sizeof header);
    return file;
}

std::string wrong(const std::vector<float>& file, std::size_t size) {
    const char* message = ssd::check_weights(file.data(), size, 16, layout);
    return message == nullptr ? "" : message;
}

std::string wrong_with_byte(std::size_t at, char value) {
    std::vector<float> file = weights_file();
    reinterpret_cast<char*>(file.data())[at] = value;
    return wrong(file, 80);
}

}  // namespace

TEST_CASE("A weights file is taken if size, version, layout and hash are right, and the message says what is not") {
    CHECK(wrong(weights_file(), 80) == "");
    CHECK(wrong(weights_file(), 79) == "the weights file has the wrong size");
    CHECK(wrong(weights_file(), 63) == "the weights file is shorter than its header");
    CHECK(std::string(ssd::check_weights(nullptr, 80, 16, layout)) == "the weights file is shorter than its header");
    CHECK(wrong_with_byte(0, 'x') == "this is no weights file");
    CHECK(wrong_with_byte(7, '2') == "the weights file has another version");
    CHECK(wrong_with_byte(8, 17) == "the weights file has the wrong size");
    CHECK(wrong_with_byte(16, 41) == "the weights file was made for another network or target");
    for (std::size_t at = 64; at < 80; ++at)
        CHECK(wrong_with_byte(at, 77) == "the weights file is damaged: its hash differs");
}
