#include "tune/tune.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("The model's choice stays unless another is at least 2 per cent faster") {
    CHECK(choose_fastest({1.0}) == 0);
    CHECK(choose_fastest({1.0, 0.981, 1.2}) == 0);
    CHECK(choose_fastest({1.0, 0.98, 1.2}) == 1);
    CHECK(choose_fastest({1.0, 0.9, 0.8, 0.85}) == 2);
    CHECK(choose_fastest({1.0, 1.1, 2.0}) == 0);
}
