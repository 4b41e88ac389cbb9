#include "emit/print/template.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("A hole takes its value; a price is no hole") {
    CHECK(fill_text("int $name$ = $value$;\n", "a.h", {{"name", "x"}, {"value", "3"}}) == "int x = 3;\n");
    CHECK(fill_text("$name$::f($name$)", "a.h", {{"name", "net"}}) == "net::f(net)");
    CHECK(fill_text("$5 and $ and $A$ and $$\n", "a.h", {}) == "$5 and $ and $A$ and $$\n");
    CHECK(fill_text("", "a.h", {}) == "");
}

TEST_CASE("The lines of a value take the indentation of a hole alone on its line; empty lines take none") {
    CHECK(fill_text("{\n    $body$\n}\n", "a.h", {{"body", "a;\n\n    b;\n"}}) == "{\n    a;\n\n        b;\n}\n");
    CHECK(fill_text("{\n    $body$\n}\n", "a.h", {{"body", "a;"}}) == "{\n    a;\n}\n");
}

TEST_CASE("A line that holds nothing but an empty value vanishes") {
    CHECK(fill_text("a\n  $b$\nc\n", "a.h", {{"b", ""}}) == "a\nc\n");
    CHECK(fill_text("a $b$\nc\n", "a.h", {{"b", ""}}) == "a \nc\n");
}

TEST_CASE("A value is text: holes in it are not filled") {
    CHECK(fill_text("$a$ $b$\n", "a.h", {{"a", "$b$"}, {"b", "2"}}) == "$b$ 2\n");
}

TEST_CASE("A hole without a value and a value without a hole are faults of ours, with file and line") {
    CHECK_THROWS_WITH_AS(
        fill_text("\n\n  $missing$\n", "layers/kernel.cpp", {}),
        "internal error: broken invariant: templates/layers/kernel.cpp:3: the hole $missing$ has a value",
        InternalError);
    CHECK_THROWS_WITH_AS(fill_text("a $b c$d$\n", "layers/kernel.cpp", {{"b", "1"}}),
                         "internal error: broken invariant: templates/layers/kernel.cpp:1: the hole $d$ has a value",
                         InternalError);
    CHECK_THROWS_WITH_AS(
        fill_text("nothing\n", "layers/kernel.cpp", {{"surplus", "1"}}),
        "internal error: broken invariant: templates/layers/kernel.cpp: the value $surplus$ has a hole", InternalError);
    CHECK_THROWS_WITH_AS(fill_template("no_such.cpp", {}),
                         "internal error: broken invariant: there is a template no_such.cpp", InternalError);
}
