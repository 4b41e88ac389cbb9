#include "kernel/traits.h"

#include "kernel/simplify.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ssdgen;

namespace {

using Names = std::vector<std::string>;

const Expression n(const char* name) { return Expression::name(name); }

/// What the traits say of a node.
struct Facts {
    Names bodies;  // texts of the comments that they begin with
    Names addresses, expressions, definitions;
    std::set<std::string> uses;
    Cost cost;
};

Facts facts_of(const TreeNode& node) {
    Facts facts;
    for_each_body(node, [&](const Body& body) { facts.bodies.push_back(std::get<Comment>(body[0].value).text); });
    for_each_address(node, [&](const Address& address) { facts.addresses.push_back(address.base); });
    for_each_expression(node, [&](const Expression& one) { facts.expressions.push_back(one.text()); });
    for_each_definition(node, [&](const std::string& name) { facts.definitions.push_back(name); });
    for_each_use(node, [&](const std::string& name) { facts.uses.insert(name); });
    facts.cost = cost_of(node);
    return facts;
}

void check_facts(const TreeNode& node, const Facts& wanted) {
    const Facts found = facts_of(node);
    CHECK(found.bodies == wanted.bodies);
    CHECK(found.addresses == wanted.addresses);
    CHECK(found.expressions == wanted.expressions);
    CHECK(found.definitions == wanted.definitions);
    CHECK(found.uses == wanted.uses);
    CHECK(found.cost == wanted.cost);
}

const Address at_i{"p", n("i")};

}  // namespace

TEST_CASE("Every kind of node says its bodies, addresses, expressions, names and cost") {
    const Body one{Comment{"one"}}, two{Comment{"two"}};
    check_facts(Comment{"text"}, {{}, {}, {}, {}, {}, Cost::nothing});
    check_facts(Blank{}, {{}, {}, {}, {}, {}, Cost::nothing});
    check_facts(Loop{"k", n("a"), n("b"), 1, one}, {{"one"}, {}, {"a", "b"}, {}, {"a", "b"}, Cost::nothing});
    // The last case has no bound.
    check_facts(Cases{"y", {{n("a"), one}, {n("b"), two}}}, {{"one", "two"}, {}, {"a"}, {}, {"a", "y"}, Cost::nothing});
    check_facts(Pointer{"q", at_i}, {{}, {"p"}, {"i"}, {"q"}, {"p", "i"}, Cost::nothing});
    check_facts(Advance{"p", n("i")}, {{}, {}, {"i"}, {}, {"p", "i"}, Cost::nothing});
    check_facts(Renew{"p"}, {{}, {}, {}, {}, {"p"}, Cost::nothing});
    check_facts(Load{"v", at_i, 4}, {{}, {"p"}, {"i"}, {"v"}, {"p", "i"}, Cost::load});
    check_facts(Prefetch{at_i}, {{}, {"p"}, {"i"}, {}, {"p", "i"}, Cost::other});
    check_facts(Broadcast{"v", at_i}, {{}, {"p"}, {"i"}, {"v"}, {"p", "i"}, Cost::load});
    check_facts(Constant{"v", {1}}, {{}, {}, {}, {"v"}, {}, Cost::other});
    check_facts(Copy{"v", "w"}, {{}, {}, {}, {"v"}, {"w"}, Cost::other});
    check_facts(MultiplyAdd{"s", "a", "b"}, {{}, {}, {}, {}, {"s", "a", "b"}, Cost::multiply_add});
    check_facts(Arithmetic{Operator::add, "t", "a", "b"}, {{}, {}, {}, {}, {"a", "b"}, Cost::other});
    check_facts(Store{at_i, "v", 4}, {{}, {"p"}, {"i"}, {}, {"p", "i", "v"}, Cost::store});
    check_facts(Block{one}, {{"one"}, {}, {}, {}, {}, Cost::nothing});
    // An argument without a base is a number.
    check_facts(Call{"f", {at_i, {"", n("y")}}}, {{}, {"p", ""}, {"i", "y"}, {}, {"p", "i", "y"}, Cost::nothing});
}

TEST_CASE("Nodes are visited with all that is inside of them, outer ones first, and can be changed") {
    Body body{Loop{"k", 0, n("x"), 1, {Cases{"y", {{n("x"), {Prefetch{{"p", n("x")}}}}, {0, {Load{"v", at_i, 4}}}}}}},
              Block{{Store{{"p", n("x")}, "v", 4}}}};
    std::vector<std::size_t> kinds;
    for_each_node(std::as_const(body), [&](const TreeNode& node) { kinds.push_back(node.value.index()); });
    const std::vector<TreeNode> order{Loop{}, Cases{}, Prefetch{}, Load{"", {}, 1}, Block{}, Store{{}, "", 1}};
    REQUIRE(kinds.size() == order.size());
    for (std::size_t index = 0; index < order.size(); ++index) CHECK(kinds[index] == order[index].value.index());

    for_each_node(body, [](TreeNode& node) {
        for_each_expression(node, [](Expression& expression) { expression = expression.substitute("x", 7); });
        for_each_address(node, [](Address& address) { address.base += "_moved"; });
        for_each_body(node, [](Body& inner) { inner.push_back(Blank{}); });
    });
    const Body& trip = std::get<Loop>(body[0].value).body;
    const Case& first = std::get<Cases>(trip[0].value).cases[0];
    CHECK(std::get<Loop>(body[0].value).end == Expression(7));
    CHECK(first.below == Expression(7));
    CHECK(std::get<Prefetch>(first.body[0].value).address.offset == Expression(7));
    CHECK(std::get<Prefetch>(first.body[0].value).address.base == "p_moved");
    CHECK(std::holds_alternative<Blank>(first.body[1].value));
    CHECK(std::get<Store>(std::get<Block>(body[1].value).body[0].value).address.offset == Expression(7));
}

TEST_CASE("A parameter that only a prefetch needs keeps its name") {
    Function function{"f", "", {{ParameterRole::weights, "w"}, {ParameterRole::input, "in"}}, {Prefetch{{"w", 8}}}};
    unname_unused_parameters(function);
    CHECK(function.parameters[0].name == "w");
    CHECK(function.parameters[1].name == "");
}
