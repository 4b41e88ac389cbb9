// What kernels are called, over all networks that there are.
#include "plan/names.h"
#include "description/read.h"
#include "graph/build.h"
#include "pipeline/make_plan.h"
#include "plan/kernels.h"
#include "support/files.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/random_networks.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Names do not depend on weights, and a plan needs none.
Graph graph_of(const std::string& description) { return build_graph(parse_description(description, "test.json")); }

/// The names of a plan's kernels, each with its kernel.
using Named = std::map<std::string, const Kernel*>;

Named named(const Plan& plan) {
    Named names;
    for (const Stage* stage : all_stages(plan)) names[stage->kernel_name] = &stage->kernel;
    return names;
}

/// Without what says that a kernel is unrolled whole, as it may be in one step and not in another.
std::string plain(const std::string& name) {
    const std::string whole = unrolled_name("");
    const std::size_t length = name.size() - std::min(name.size(), whole.size());
    return name.substr(length) == whole ? name.substr(0, length) : name;
}

/// A name is that of one kernel, a kernel has one name, and no name of a function is longer than allowed.
void check_names(const Plan& plan) {
    const Named names = named(plan);
    for (const Stage* stage : all_stages(plan)) {
        CAPTURE(stage->kernel_name);
        const std::string own = plain(stage->kernel_name);
        CHECK(std::all_of(names.begin(), names.end(), [&](const auto& one) {
            return (*one.second == stage->kernel) == (plain(one.first) == own);
        }));
        CHECK(kernel_name(stage->kernel, plan.target).size() <= kernel_name_length);
        CHECK(stage->kernel_name.size() <= entry_name_length);
        CHECK(unrolled_rows_name(stage->kernel_name, stage->kernel, stage->kernel.output().height).size() <=
              entry_name_length);
    }
}

std::vector<PlanOptions> forms() {
    PlanOptions tile, layers, full, compact;
    layers.streams = false;
    full.unroll = Unroll::full;
    compact.unroll = Unroll::compact;
    return {tile, layers, full, compact};
}

void check_all_plans(const Graph& graph) {
    for (const PlanOptions& form : forms())
        for (const Target& target : test::float_targets()) {
            CAPTURE(target.name);
            check_names(make_plan(lower_for(graph, form), target, {}, form));
        }
}

bool ends_in_hash(const std::string& name) {
    return name.size() > 9 && name[name.size() - 9] == '_' &&
           name.find_first_not_of("0123456789abcdef", name.size() - 8) == std::string::npos;
}

}  // namespace

TEST_CASE("In every network of the zoo, kernels have short names, each its own") {
    for (const Zoo& zoo : zoo()) {
        CAPTURE(zoo.name);
        Zoo named = zoo;
        named.name += "_zoo";  // some of the names are not allowed
        check_all_plans(graph_of(description_of(named)));
    }
}

TEST_CASE("So they have in random networks") {
    for (std::uint32_t seed = 1; seed <= 2 * random_network_count(); ++seed) {
        CAPTURE(seed);
        check_all_plans(graph_of(description_of(random_network(seed))));
    }
}

TEST_CASE("So they have in the networks of configs/, where each says all that there is to say") {
    int networks = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SSDGEN_SOURCE_DIR "/configs")) {
        const std::string path = entry.path().string();
        if (entry.path().extension() != ".json") continue;
        CAPTURE(path);
        const std::string text = read_file(path);
        if (text.find("\"backbone\": [") == std::string::npos) continue;  // describes no network
        ++networks;
        const Graph graph = graph_of(text);
        for (const Target& target : test::float_targets()) {
            const Plan plan = make_plan(lower_for(graph, {}), target, {}, {});
            check_names(plan);
            for (const auto& [name, kernel] : named(plan)) CHECK_MESSAGE(!ends_in_hash(name), name);
        }
    }
    CHECK(networks >= 4);
}

TEST_CASE("A name that is too long keeps its first parts, and a hash of all of it tells it from others") {
    const std::string fits = "pointwise_75x75x64_to128_relu_tile6x64_" + std::string(14, '1');
    REQUIRE(fits.size() == kernel_name_length);
    CHECK(shortened_name(fits) == fits);
    const std::string a = shortened_name("pointwise_75x75x64_to128_relu_tile6x64_in96_out256_row"),
                      b = shortened_name("pointwise_75x75x64_to128_relu_tile6x64_in96_out257_row");
    CHECK(a.substr(0, 44) == "pointwise_75x75x64_to128_relu_tile6x64_in96_");
    CHECK(a.size() == 52);
    CHECK(a.size() <= kernel_name_length);
    CHECK(ends_in_hash(a));
    CHECK(a != b);
}

TEST_CASE("A window's name says its pads where they are not those that keep a map's size") {
    const auto named = [](int kernel, int dilation, Pads pads) {
        return window_name({{kernel, 1, dilation, pads[0], pads[2]}, {kernel, 1, dilation, pads[1], pads[3]}});
    };
    CHECK(named(3, 1, {1, 1, 1, 1}) == "_3x3");
    CHECK(named(5, 1, {2, 2, 2, 2}) == "_5x5");
    CHECK(named(2, 1, {0, 0, 1, 1}) == "_2x2");
    CHECK(named(3, 6, {6, 6, 6, 6}) == "_3x3d6");
    CHECK(named(1, 1, {0, 0, 0, 0}) == "_1x1");
    CHECK(named(3, 1, {0, 0, 0, 0}) == "_3x3p0");
    CHECK(named(3, 1, {0, 0, 1, 1}) == "_3x3p0_1");
    CHECK(named(3, 1, {0, 2, 1, 0}) == "_3x3p0_2_1_0");
    CHECK(named(3, 6, {1, 1, 1, 1}) == "_3x3d6p1");
    CHECK(window_name({{5, 2, 1, 2, 2}, {3, 1, 1, 1, 1}}) == "_5x3s2x1");
}
