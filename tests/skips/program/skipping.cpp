// A test program to look at: what its cases do is known.
#include "tools/skip.h"

#include <doctest/doctest.h>

using namespace ssdgen::test;

namespace {

constexpr Need common{"a common tool (Debian: common)", "false", false};
constexpr Need rare{"a rare tool", "exit 3", true};
constexpr Need shell{"a shell", "test 1 = 1", false};

}  // namespace

TEST_CASE("works") {
    if (lacks(shell)) return;
    CHECK(true);
}

TEST_CASE("fails") { CHECK(false); }

TEST_CASE("idles") {}

TEST_CASE("lacks the common tool") {
    if (lacks(common)) return;
    CHECK(true);
}

TEST_CASE("lacks the rare tool in part") {
    for (int i = 0; i < 2; ++i)
        if (!lacks(rare)) CHECK(false);
    CHECK(true);
}
