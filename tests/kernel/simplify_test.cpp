#include "kernel/simplify.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

const Expression n(const char* name) { return Expression::name(name); }

Body simplified(Body body, std::vector<NamedNumber> numbers = {}) {
    KernelTree tree{"kernel", std::move(numbers), {{"kernel", "", {}, std::move(body)}}};
    return simplify(tree).functions[0].body;
}

Call call(const Expression& offset) { return {"f", {{"in", offset}}}; }

std::string offset(const TreeNode& node) { return std::get<Call>(node.value).arguments[0].offset.text(); }

}  // namespace

TEST_CASE("A loop of one trip goes, its variable becomes the number") {
    const Body body = simplified({Loop{"tile", 0, 1, 1, {call(n("tile") * 384 + 5)}}});
    REQUIRE(body.size() == 1);
    CHECK(offset(body[0]) == "5");
    const Body late = simplified({Loop{"tile", 3, n("tiles"), 2, {call(n("tile") * 10)}}}, {{"tiles", 5, ""}});
    REQUIRE(late.size() == 1);
    CHECK(offset(late[0]) == "30");
}

TEST_CASE("A loop of no trip goes altogether; one of several trips or of unknown bounds stays") {
    CHECK(simplified({Loop{"k", 0, 0, 4, {call(n("k"))}}}).empty());
    CHECK(simplified({Loop{"k", 4, 3, 4, {call(n("k"))}}}).empty());
    for (const Body& body :
         {simplified({Loop{"k", 0, 2, 1, {call(n("k"))}}}), simplified({Loop{"k", 0, n("end"), 1, {call(n("k"))}}})}) {
        REQUIRE(body.size() == 1);
        CHECK(offset(std::get<Loop>(body[0].value).body[0]) == "k");
    }
}

TEST_CASE("The variable of an outer loop of one trip is replaced inside everything") {
    const Loop inner{
        "k", n("y"), n("y") + 8, 1, {Load{"a", {"in", n("y") * n("k")}, 4}, Store{{"out", n("y")}, "a", 4}}};
    const Body body = simplified({Loop{"y", 2, 3, 1, {inner}}});
    REQUIRE(body.size() == 1);
    const Loop& loop = std::get<Loop>(body[0].value);
    CHECK(loop.first.text() == "2");
    CHECK(loop.end.text() == "10");
    CHECK(std::get<Load>(loop.body[0].value).address.offset.text() == "2 * k");
    CHECK(std::get<Store>(loop.body[1].value).address.offset.text() == "2");
}

TEST_CASE("A choice of one case is no choice") {
    const Body body = simplified({Cases{"y", {{10, {call(1)}}}}});
    REQUIRE(body.size() == 1);
    CHECK(offset(body[0]) == "1");
    const Body two = simplified({Cases{"y", {{1, {call(1)}}, {10, {call(2)}}}}});
    REQUIRE(two.size() == 1);
    CHECK(std::get<Cases>(two[0].value).cases.size() == 2);
}

TEST_CASE("Two bodies that were loops of one trip keep their names apart") {
    const Body body = simplified({Loop{"i", 0, 1, 1, {Load{"a", {"in", 0}, 4}, Store{{"out", 0}, "a", 4}}},
                                  Loop{"i", 0, 1, 1, {Load{"a", {"in", 4}, 4}, Store{{"out", 4}, "a", 4}}}});
    REQUIRE(body.size() == 2);
    CHECK(std::holds_alternative<Block>(body[0].value));
    CHECK(std::holds_alternative<Block>(body[1].value));
}

TEST_CASE("The only block of a function needs no braces") {
    const Body body = simplified({Comment{"All."}, Block{{call(1), call(2)}}});
    REQUIRE(body.size() == 3);
    CHECK(offset(body[2]) == "2");
}

TEST_CASE("The only block of a function stays where its names meet those outside") {
    const Body body =
        simplified({Loop{"i", 0, 16, 16, {Load{"a", {"in", n("i")}, 16}, Store{{"out", n("i")}, "a", 16}}},
                    Load{"a", {"in", 16}, 3}, Store{{"out", 16}, "a", 3}});
    REQUIRE(body.size() == 3);
    CHECK(std::holds_alternative<Block>(body[0].value));
}

TEST_CASE(
    "A function that only calls another one goes, and its callers call that one with what it would have handed on") {
    KernelTree tree{"kernel", {{"stride", 2, ""}}, {}};
    const auto parameters = [](const char* pointer, const char* number) {
        return std::vector<Parameter>{{ParameterRole::input, pointer}, {ParameterRole::index, number}};
    };
    tree.functions = {
        {"tile", "", parameters("in", "step"), {Load{"a", {"in", n("step")}, 4}}},
        {"row", "", parameters("p", "s"), {Loop{"i", 0, 1, 1, {Call{"tile", {{"p", n("s") + 8}, {"", n("s") * 3}}}}}}},
        {"rows", "", parameters("q", "t"), {Call{"row", {{"q", n("stride")}, {"", n("t") + 1}}}}},
        {"kernel",
         "",
         parameters("input", "y"),
         {Loop{"x", 0, n("y"), 1, {Call{"rows", {{"input", n("x") * 16}, {"", n("x")}}}}}}}};
    const KernelTree simple = simplify(tree);
    REQUIRE(simple.functions.size() == 2);
    CHECK(simple.functions[0].name == "tile");
    const Call call = std::get<Call>(std::get<Loop>(simple.functions[1].body[0].value).body[0].value);
    CHECK(call.function == "tile");
    CHECK(call.arguments[0].base == "input");
    CHECK(call.arguments[0].offset.text() == "stride + 17 * x + 9");
    CHECK(call.arguments[1].base.empty());
    CHECK(call.arguments[1].offset.text() == "3 * x + 3");
}

TEST_CASE("An entry that only calls another function stays, as does a function that does more") {
    KernelTree tree{"kernel", {}, {}};
    tree.functions = {
        {"tile", "", {{ParameterRole::input, "in"}}, {Load{"a", {"in", 0}, 4}}},
        {"row", "", {{ParameterRole::input, "in"}}, {Call{"tile", {{"in", 0}}}, Call{"tile", {{"in", 4}}}}},
        {"kernel", "", {{ParameterRole::input, "in"}}, {Call{"row", {{"in", 0}}}}}};
    CHECK(simplify(tree).functions.size() == 3);
}

TEST_CASE("All numbers of a shape stay, for the reader, used or not; a comment is no use of a name") {
    KernelTree tree{"kernel", {{"stride", 2, ""}}, {}};
    tree.functions = {{"kernel", "", {{ParameterRole::index, "k"}}, {Comment{"Channel ", n("k")}}}};
    const KernelTree simple = simplify(tree);
    CHECK(simple.numbers.size() == 1);
    CHECK(simple.functions[0].parameters[0].name.empty());
}

TEST_CASE("The number of a comment follows the variable of a loop of one trip") {
    const Body body = simplified({Loop{"k", 8, 9, 1, {Comment{"Channel ", n("k") + 1}, call(n("k"))}}});
    const Body& inside = body.size() == 1 ? std::get<Block>(body[0].value).body : body;
    CHECK(std::get<Comment>(inside[0].value).number->text() == "9");
}
