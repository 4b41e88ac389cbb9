#include "support/listing.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("Up to eight things are named, the others counted") {
    CHECK(some_of({"a"}) == "a");
    CHECK(some_of({"a", "b", "c", "d", "e", "f", "g", "h"}) == "a, b, c, d, e, f, g, h");
    CHECK(some_of({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) == "a, b, c, d, e, f, g, h and 2 more");
}

TEST_CASE("The nearest name takes the fewest edits, at most a third of its length") {
    CHECK(nearest_name("conv1/dw.weight", {"conv1.weight", "conv1_dw.weight", "conv2/dw.bias"}) == "conv1_dw.weight");
    CHECK(nearest_name("conv0.bias", {"block0.bias", "conv.bias"}) == "conv.bias");
    CHECK(nearest_name("abcdef", {"abxyef"}) == "abxyef");
    CHECK(nearest_name("abcdef", {"axxxef"}) == "");
    CHECK(nearest_name("conv0.bias", {}) == "");
}

TEST_CASE("Several problems are one message of a line each") {
    CHECK_THROWS_WITH_AS(fail_together("w", "does not fit", {"a: found 1"}), "w: a: found 1", InputError);
    CHECK_THROWS_WITH_AS(fail_together("w", "does not fit", {"a: found {}", "b"}),
                         "w: does not fit:\n  a: found {}\n  b", InputError);
    CHECK_THROWS_WITH_AS(fail_together("w", "x", std::vector<std::string>(42, "a")),
                         ("w: x:" +
                          [] {
                              std::string lines;
                              for (int i = 0; i < 40; ++i) lines += "\n  a";
                              return lines;
                          }() +
                          "\n  and 2 more")
                             .c_str(),
                         InputError);
}
