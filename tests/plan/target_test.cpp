#include "plan/target.h"

#include <doctest/doctest.h>

#include <string>

#include "support/error.h"

using namespace ssdgen;

TEST_CASE("Targets are found by name, and native stands for one of them") {
    for (const char* name : {"portable", "x86-64-v2", "x86-64-v3", "x86-64-v4"})
        CHECK(std::string(find_target(name).name) == name);
    const Target& native = find_target("native");
    CHECK(&native == &find_target(native.name));
}

TEST_CASE("A target that is unknown or not built yet is a wrong command line") {
    CHECK_THROWS_WITH_AS(find_target("x86"),
                         "--target: x86; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v4", UsageError);
    CHECK_THROWS_WITH_AS(find_target(""), "--target: ; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v4",
                         UsageError);
    CHECK_THROWS_WITH_AS(
        find_target("aarch64"),
        "--target: aarch64 is not built yet; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v4", UsageError);
}
