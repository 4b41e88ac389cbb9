#include "emit/print/numbers.h"

#include "support/error.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>

using namespace ssdgen;

TEST_CASE("Floats are printed in their shortest form, as float literals") {
    CHECK(print_float(0.1F) == "0.1F");
    CHECK(print_float(6.0F) == "6.0F");
    CHECK(print_float(0.0F) == "0.0F");
    CHECK(print_float(-0.0F) == "-0.0F");
    CHECK(print_float(-2.5F) == "-2.5F");
    CHECK(print_float(1e-10F) == "1e-10F");
    CHECK(print_float(1e30F) == "1e+30F");
    CHECK(print_float(16777216.0F) == "16777216.0F");
}

TEST_CASE("Every finite float reads back as itself") {
    std::mt19937 random(3);
    const auto same_bits = [](float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; };
    for (int round = 0; round < 200000; ++round) {
        const std::uint32_t bits = std::uint32_t(random());
        float value;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        const std::string text = print_float(value);
        REQUIRE(text.back() == 'F');
        REQUIRE(text.find_first_of(".e") != std::string::npos);
        REQUIRE(same_bits(std::strtof(text.substr(0, text.size() - 1).c_str(), nullptr), value));
    }
    for (float value : {std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()})
        CHECK(same_bits(std::strtof(print_float(value).c_str(), nullptr), value));
}

TEST_CASE("What is no number is not emitted") {
    for (float value : {std::nanf(""), std::numeric_limits<float>::infinity()})
        CHECK_THROWS_WITH_AS(print_float(value), "internal error: broken invariant: an emitted number is finite",
                             InternalError);
}

TEST_CASE("Digits stand in threes") {
    CHECK(print_grouped(0) == "0");
    CHECK(print_grouped(999) == "999");
    CHECK(print_grouped(1000) == "1 000");
    CHECK(print_grouped(1148500123) == "1 148 500 123");
}

TEST_CASE("Lists are wrapped at 120 columns, indented, with commas between") {
    CHECK(print_floats({1, 2.5F}) == "    1.0F, 2.5F\n");
    const std::string text = print_floats(std::vector<float>(1000, 0.333333343F));
    std::istringstream lines(text);
    int commas = 0;
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 120);
        CHECK(line.substr(0, 4) == "    ");
        for (char c : line) commas += c == ',' ? 1 : 0;
    }
    CHECK(commas == 999);
}
