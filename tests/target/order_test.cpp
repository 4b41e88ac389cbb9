#include "target/order.h"

#include "support/error.h"
#include "target/table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;

namespace {

Target toy(const std::string& name, const std::vector<std::string>& features, Family family = Family::x86) {
    Target target;
    target.name = name;
    target.family = family;
    target.features = features;
    target.toolchain.probe.condition = "has_" + name;
    return target;
}

std::string names(const std::vector<Target>& targets) {
    std::string text;
    for (const Target& target : targets) text += (text.empty() ? "" : " ") + target.name;
    return text;
}

// A trunk with two branches, as x86-64-v3, its AVX-VNNI and AVX-512 are.
const Target general = toy("general", {}, Family::any), trunk = toy("trunk", {"a"}), left = toy("left", {"a", "l"}),
             right = toy("right", {"r", "a"}), top = toy("top", {"a", "r", "t"});

// Of a family to come, whose features happen to be called the same.
const Target foreign = toy("foreign", {"a", "r", "l"}, static_cast<Family>(1000));

}  // namespace

TEST_CASE("A target holds itself and those of its family whose features are among its own, and what is for all") {
    for (const Target& target : {general, trunk, left, right, top}) {
        CHECK(holds(target, target));
        CHECK(holds(target, general));
        CHECK(holds(general, target) == (target.name == "general"));
    }
    CHECK(holds(top, right));
    CHECK(holds(top, trunk));
    CHECK_FALSE(holds(right, top));
    CHECK_FALSE(holds(left, right));
    CHECK_FALSE(holds(right, left));
    CHECK_FALSE(holds(foreign, trunk));
    CHECK(holds(foreign, general));
}

TEST_CASE("However targets are given, each comes behind those that it holds; where that leaves a choice, as given") {
    std::vector<Target> given{general, trunk, left, right, top};
    std::vector<std::size_t> places{0, 1, 2, 3, 4};
    do {
        std::vector<Target> shuffled;
        for (const std::size_t place : places) shuffled.push_back(given[place]);
        const std::vector<Target> sorted = most_general_first(shuffled);
        CAPTURE(names(shuffled));
        CAPTURE(names(sorted));
        REQUIRE(sorted.size() == given.size());
        for (std::size_t first = 0; first < sorted.size(); ++first)
            for (std::size_t second = first + 1; second < sorted.size(); ++second)
                CHECK_FALSE(holds(sorted[first], sorted[second]));
    } while (std::next_permutation(places.begin(), places.end()));
    CHECK(names(most_general_first({general, trunk, left, right, top})) == "general trunk left right top");
    CHECK(names(most_general_first({top, right, left, trunk, general})) == "general trunk right top left");
    CHECK(names(most_general_first({right, left})) == "right left");
    CHECK(names(most_general_first({left, right})) == "left right");
    CHECK(names(most_general_first({})) == "");
}

TEST_CASE("A program tries targets the most general first; which of two branches it takes, the order given decides") {
    CHECK(names(order_of_choice({left, top, general, right})) == "general left right top");
    CHECK(names(order_of_choice({right, trunk, left})) == "trunk right left");
}

TEST_CASE("Targets among which no program could choose are refused") {
    Target silent = toy("silent", {}, Family::any);
    silent.toolchain.probe.condition = "";
    CHECK(names(order_of_choice({trunk, silent})) == "silent trunk");
    Target mute = trunk;
    mute.name = "mute";
    mute.toolchain.probe.condition = "";
    CHECK_THROWS_WITH_AS(order_of_choice({mute, silent}),
                         "--target: found mute beside silent; allowed: one that no processor has to be asked for",
                         UsageError);
    CHECK_THROWS_WITH_AS(order_of_choice({silent, foreign, trunk}),
                         "--target: found trunk beside foreign; allowed: targets of one family of processors",
                         UsageError);
    CHECK(names(order_of_choice({foreign, silent})) == "silent foreign");
}

TEST_CASE("The x86-64 levels hold each other in their order, and all of them what is for every processor") {
    const std::vector<Target>& all = targets();
    CHECK(names(all) == "portable x86-64-v2 x86-64-v3 x86-64-v3-vnni x86-64-v4 x86-64-v4-vnni");
    for (std::size_t first = 0; first < all.size(); ++first)
        for (std::size_t second = 0; second < all.size(); ++second) {
            const bool lacks_avx_vnni = all[second].name == "x86-64-v3-vnni" && first > second;
            CHECK(holds(all[first], all[second]) == (first >= second && !lacks_avx_vnni));
        }
}
