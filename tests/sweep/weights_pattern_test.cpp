#include "sweep/weights_pattern.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("A pattern's placeholders are a network's own figures") {
    const PatternValues half{0.5, 0.64, 192, 256};
    CHECK(weights_file("a/net_{alpha_percent}_{height}.safetensors", half) == "a/net_050_192.safetensors");
    CHECK(weights_file("{alpha}-{rho}-{width}x{height}", half) == "0.5-0.64-256x192");
    CHECK(weights_file("{alpha_percent},{alpha},{rho}", {1, 1, 300, 300}) == "100,1,1");
    CHECK(weights_file("{alpha_percent}", {0.35, 1, 300, 300}) == "035");  // 0.35 is a little less as a double
    CHECK(weights_file("plain", half) == "plain");
    CHECK(weights_file("{{alpha}} {{{alpha}}}", half) == "{alpha} {0.5}");
    CHECK(is_pattern("{rho}"));
    CHECK_FALSE(is_pattern("{{rho}}"));
}

TEST_CASE("Another placeholder, or one that is not closed, is an error that lists those that are allowed") {
    const std::string allowed =
        "; allowed: {alpha}, {alpha_percent}, {rho}, {height} and {width}; {{ and }} for braces";
    CHECK_THROWS_WITH_AS(is_pattern("net_{beta}.safetensors"), ("--weights: found {beta}" + allowed).c_str(),
                         UsageError);
    CHECK_THROWS_WITH_AS(is_pattern("net_{}"), ("--weights: found {}" + allowed).c_str(), UsageError);
    CHECK_THROWS_WITH_AS(is_pattern("net_{alpha"), ("--weights: found {alpha, which is not closed" + allowed).c_str(),
                         UsageError);
}
