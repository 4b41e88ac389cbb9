#include "support/warnings.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("A warning says where, what and why, and is given once however often it comes up") {
    take_warnings();
    warn("net.json: /input/scale", "found {}; it matters", 127.5);
    warn("net.json: /input/scale", "found {}; it matters", 127.5);
    warn("net.json", "another");
    CHECK(take_warnings() ==
          std::vector<std::string>{"net.json: /input/scale: found 127.5; it matters", "net.json: another"});
    CHECK(take_warnings().empty());
}

TEST_CASE("Warnings stop nothing unless they count as errors") {
    take_warnings();
    warn("net.json", "odd");
    CHECK_NOTHROW(refuse_warnings());
    show_warnings(true);
    CHECK_THROWS_WITH_AS(refuse_warnings(),
                         "found 1 warning; allowed with --warnings-as-errors: none; nothing is written", InputError);
    take_warnings();
    CHECK_NOTHROW(refuse_warnings());
    show_warnings(false);
}
