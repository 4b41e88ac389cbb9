#include "support/error.h"
#include "target/order.h"
#include "target/table.h"
#include "tools/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

using namespace ssdgen;

TEST_CASE("Targets are found by name, and native stands for one of them") {
    for (const char* name : {"portable", "x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni"})
        CHECK(find_target(name).name == name);
    for (const Numbers numbers : {Numbers::real, Numbers::whole}) {
        const Target& native = find_target("native", numbers);
        CHECK(&native == &find_target(native.name));
    }
}

TEST_CASE("A target that is unknown or not built yet is a wrong command line") {
    const std::string allowed =
        "; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v3-vnni, x86-64-v4, x86-64-v4-vnni";
    CHECK_THROWS_WITH_AS(find_target("x86"), ("--target: x86" + allowed).c_str(), UsageError);
    CHECK_THROWS_WITH_AS(find_target(""), ("--target: " + allowed).c_str(), UsageError);
    CHECK_THROWS_WITH_AS(find_target("aarch64"), ("--target: aarch64 is not built yet" + allowed).c_str(), UsageError);
}

TEST_CASE("native is the last target whose features the system says this machine has, and it runs all that it holds") {
    if (test::lacks(test::need::processor_flags)) return;
    std::ifstream file("/proc/cpuinfo");
    std::set<std::string> flags;
    for (std::string line; flags.empty() && std::getline(file, line);) {
        std::istringstream words(line);
        std::string word;
        if (line.rfind("flags", 0) == 0)
            while (words >> word) flags.insert(word);
    }
    // Linux calls these otherwise than compilers do.
    const std::map<std::string, std::string> called{{"avxvnni", "avx_vnni"}, {"avx512vnni", "avx512_vnni"}};
    const Target *last = nullptr, *last_of_floats = nullptr;
    for (const Target& target : targets()) {
        const bool all = std::all_of(target.features.begin(), target.features.end(), [&](std::string feature) {
            std::replace(feature.begin(), feature.end(), '.', '_');
            const auto other = called.find(feature);
            return flags.count(other == called.end() ? feature : other->second) != 0;
        });
        CHECK(runs_here(target) == all);
        if (all) last = &target;
        if (all && target.floats_as.empty()) last_of_floats = &target;
    }
    CHECK(&find_target("native") == last_of_floats);
    CHECK(&find_target("native", Numbers::whole) == last);
    for (const Target& target : targets())
        if (holds(*last, target)) CHECK(runs_here(target));
}
