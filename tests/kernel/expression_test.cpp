#include "kernel/expression.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

const Expression a = Expression::name("a");
const Expression b = Expression::name("b");

}  // namespace

TEST_CASE("An expression prints as C++, without what says nothing") {
    CHECK(Expression(0).text() == "0");
    CHECK(Expression().text() == "0");
    CHECK(Expression(-7).text() == "-7");
    CHECK((a * 1 + 0).text() == "a");
    CHECK((a * b * 2 + 5).text() == "2 * a * b + 5");
    CHECK((b * a).text() == "a * b");
    CHECK((a - 3).text() == "a - 3");
    CHECK((Expression(3) - a).text() == "-a + 3");
    CHECK((a - b * 2).text() == "a - 2 * b");
    CHECK((a - a).text() == "0");
    CHECK(((a + 1) * (b - 1)).text() == "-a + a * b + b - 1");
}

TEST_CASE("An expression is evaluated with a value for every name") {
    const Expression sum = (a + 1) * (b - 2) + 10;
    CHECK(sum.evaluate({{"a", 3}, {"b", 7}}) == 30);
    CHECK(sum.evaluate({{"a", -1}, {"b", 7}}) == 10);
    CHECK(sum.is_known({{"a", 1}, {"b", 1}}));
    CHECK_FALSE(sum.is_known({{"a", 1}}));
    CHECK_THROWS_WITH_AS(sum.evaluate({{"a", 1}}), "internal error: broken invariant: the value of b is known",
                         InternalError);
    CHECK(Expression(3).is_number());
    CHECK(Expression(0).is_number());
    CHECK_FALSE(a.is_number());
    CHECK_FALSE((a + 1).is_number());
}

TEST_CASE("A name is replaced by an expression, wherever it stands") {
    CHECK((a * a * 2 + a * b + 1).substitute("a", b + 1) == b * b * 3 + b * 5 + 3);
    CHECK((a * 4 + b).substitute("a", 0) == b);
    CHECK((a * 4 + b).substitute("c", 5) == a * 4 + b);
}

TEST_CASE("An expression can be added to itself") {
    Expression sum = a + 1;
    sum += sum;
    CHECK(sum == a * 2 + 2);
}
