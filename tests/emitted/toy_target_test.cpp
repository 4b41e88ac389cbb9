// A new target is one record and one header of vectors: with those alone, made up here, networks are planned, lowered,
// emitted, compiled and right.
#include "emit/print/template.h"
#include "pipeline/network_files.h"
#include "support/files.h"
#include "target/order.h"
#include "target/table.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

// Plain C++, for any number of lanes.
const char* const toy_vectors = R"(
#ifndef SSD_VECTORS_OF_$space$
#define SSD_VECTORS_OF_$space$

#include <cstdint>

namespace ssd::kernels::$space$ {

struct Vector {
    float lane[$lanes$];
};

[[maybe_unused]] static inline const float* renewed(const float* pointer) noexcept { return pointer; }
[[maybe_unused]] static inline Vector keep(Vector v) noexcept { return v; }

template <int used, class Number>
[[maybe_unused]] static inline Vector take(const Number* from) noexcept {
    Vector v{};
    for (int i = 0; i < used; ++i) v.lane[i] = static_cast<float>(from[i]);
    return v;
}
template <int used>
[[maybe_unused]] static inline Vector load_lanes(const float* from) noexcept { return take<used>(from); }
template <int used>
[[maybe_unused]] static inline Vector load_bytes_lanes(const std::uint8_t* from) noexcept { return take<used>(from); }
[[maybe_unused]] static inline Vector load(const float* from) noexcept { return take<$lanes$>(from); }
[[maybe_unused]] static inline Vector load_bytes(const std::uint8_t* from) noexcept { return take<$lanes$>(from); }

template <int used>
[[maybe_unused]] static inline void store_lanes(float* to, Vector v) noexcept {
    for (int i = 0; i < used; ++i) to[i] = v.lane[i];
}
[[maybe_unused]] static inline void store(float* to, Vector v) noexcept { store_lanes<$lanes$>(to, v); }

[[maybe_unused]] static inline Vector constant(float value) noexcept {
    Vector v{};
    for (float& lane : v.lane) lane = value;
    return v;
}
[[maybe_unused]] static inline Vector broadcast(const float* from) noexcept { return constant(*from); }

template <class Function>
[[maybe_unused]] static inline Vector each(Vector a, Vector b, Function f) noexcept {
    for (int i = 0; i < $lanes$; ++i) a.lane[i] = f(a.lane[i], b.lane[i]);
    return a;
}
[[maybe_unused]] static inline Vector add(Vector a, Vector b) noexcept { return each(a, b, [](float x, float y) { return x + y; }); }
[[maybe_unused]] static inline Vector subtract(Vector a, Vector b) noexcept { return each(a, b, [](float x, float y) { return x - y; }); }
[[maybe_unused]] static inline Vector multiply(Vector a, Vector b) noexcept { return each(a, b, [](float x, float y) { return x * y; }); }
[[maybe_unused]] static inline Vector maximum(Vector a, Vector b) noexcept { return each(a, b, [](float x, float y) { return x > y ? x : y; }); }
[[maybe_unused]] static inline Vector minimum(Vector a, Vector b) noexcept { return each(a, b, [](float x, float y) { return x < y ? x : y; }); }
[[maybe_unused]] static inline Vector multiply_add(Vector a, Vector b, Vector sum) noexcept { return add(multiply(a, b), sum); }

}  // namespace ssd::kernels::$space$

#endif
)";

Target toy(const std::string& name, const std::vector<std::string>& features, int lanes, int registers) {
    Target target;
    target.name = name;
    target.features = features;
    target.units = {{Element::f32, lanes, registers, 1, 1, 5, false}};
    target.caches = {2 << 10, 16 << 10, 8, 64, true};
    target.toolchain.vectors =
        fill_text(toy_vectors, "toy", {{"space", target_suffix(target)}, {"lanes", std::to_string(lanes)}});
    for (const std::string& feature : features)
        target.toolchain.probe.condition +=
            (target.toolchain.probe.condition.empty() ? "" : " && ") + fmt::format("machine_has(\"{}\")", feature);
    target.toolchain.probe.setup = features.empty() ? "" : "ask_machine();";
    return target;
}

/// Every kind of kernel, with channels that fill no whole vectors.
Zoo small_detector() {
    Zoo zoo{"toys"};
    zoo.layers = {convolution("c0", 10, 3, 2), depthwise("d1", 3, 1),     pointwise("p2", 17),
                  depthwise("d3", 3, 2),       pointwise("p4", 23),       pool("pool", "2", 2),
                  convolution("c5", 8, 3, 1),  convolution("c6", 7, 1, 2)};
    zoo.sources = {"p4", "c6"};
    return zoo;
}

Network make(Zoo zoo, const Target& target, const std::string& ending = "", const PlanOptions& form = {}) {
    zoo.name += "_" + target_suffix(target) + ending;
    return make_network({description_of(zoo), target, 7, {}, {}, form});
}

void check_layers(const Program& program, const Network& network) {
    const auto pictures = pictures_for(network);
    const std::vector<Run> runs = program.run(network, pictures);
    for (std::size_t picture = 0; picture < pictures.size(); ++picture)
        for (const auto& [layer, wanted] : reference_layers(network, pictures[picture])) {
            const auto found = runs[picture].layers.find(layer);
            if (found == runs[picture].layers.end()) continue;  // inside of one that is observed
            CAPTURE(layer);
            CHECK(difference(found->second, wanted) <= 1e-5 * magnitude(wanted));
        }
    CHECK(runs[0].layers.size() >= 9);
}

}  // namespace

TEST_CASE("With a record and a header of its own, a target's networks agree with the reference in every layer") {
    // Three lanes, for nothing may count on powers of two; one lane, for a processor without vectors.
    const Target three = toy("toy-3", {}, 3, 11), one = toy("toy-1", {}, 1, 32);
    std::vector<Network> networks{make(small_detector(), three), make(small_detector(), one),
                                  make(small_detector(), three, "_compact", {Unroll::compact}),
                                  make(small_detector(), three, "_full", {Unroll::full, 32 << 10})};
    CHECK(std::any_of(networks[3].plan.steps.begin(), networks[3].plan.steps.end(),
                      [](const Step& step) { return step.unrolled; }));
    std::vector<const Network*> all;
    for (const Network& network : networks) all.push_back(&network);
    const Program program(all);
    for (const Network& network : networks) {
        CAPTURE(network.name());
        check_layers(program, network);
        const CommandResult result = program.selftest(network);
        CAPTURE(result.output);
        CHECK(result.status == 0);
        const std::string vectors = read_file(program.folder(network) + "/layers/vectors.h");
        CHECK(vectors == network.plan.target.toolchain.vectors);
    }
    CHECK(networks[0].plan.steps[0].last().tile != networks[1].plan.steps[0].last().tile);
}

TEST_CASE("Of several toys a program takes the last that the machine has all features of, as their order says") {
    // Two branches from one trunk; the machine has what the environment says.
    const Target general = find_target("portable"), trunk = toy("toy-trunk", {"TOY_A"}, 2, 16),
                 left = toy("toy-left", {"TOY_A", "TOY_L"}, 3, 12), right = toy("toy-right", {"TOY_A", "TOY_R"}, 5, 9);
    const std::vector<Target> sorted = order_of_choice({left, right, general, trunk});
    std::vector<Plan> plans;
    Zoo zoo{"toys"};
    zoo.layers = {convolution("c0", 10, 3, 2), pointwise("p1", 17)};
    zoo.sources = {"p1"};
    for (const Target& target : sorted) plans.push_back(make_network({description_of(zoo), target, 7}).plan);

    const TemporaryFolder folder;
    network_files(plans, footprints(plans), {}, {}, {WeightsForm::array, true}).write(folder.path());
    write_if_changed(folder.path("machine.h"), R"(
#pragma once
#include <cstdlib>
inline int times_asked = 0;
inline void ask_machine() noexcept { ++times_asked; }
inline bool machine_has(const char* feature) noexcept { return times_asked > 0 && std::getenv(feature) != nullptr; }
)");
    write_if_changed(folder.path("main.cc"), R"(
#include "toys.h"
#include <cstdio>
static toys::Workspace workspace;
static std::uint8_t picture[toys::input_height * toys::input_width * toys::input_channels];
static float boxes[toys::priors * 4], logits[toys::priors * toys::classes];
int main() {
    const char* const names[] = {"portable", "trunk", "left", "right"};
    using toys::Target;
    static_assert(Target::portable < Target::toy_trunk && Target::toy_trunk < Target::toy_left && Target::toy_left < Target::toy_right);
    std::fprintf(stderr, "%s", names[static_cast<int>(toys::target())]);
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * i % 251);
    toys::forward(picture, boxes, logits, workspace);
    for (float value : boxes) std::printf("%a\n", static_cast<double>(value));
    for (float value : logits) std::printf("%a\n", static_cast<double>(value));
}
)");
    require_command(compiler() +
                        " -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off -include "
                        "machine.h main.cc toys.cpp -o program",
                    folder.path());
    const auto run = [&](const std::string& features) {
        const CommandResult result = run_command(features + " ./program", folder.path());
        CHECK(result.status == 0);
        return result;
    };
    const CommandResult plain = run("");
    CHECK(plain.errors == "portable");
    CHECK(plain.output.size() > 1000);
    const std::pair<const char*, const char*> cases[] = {
        {"TOY_A=1", "trunk"},        {"TOY_L=1", "portable"},      {"TOY_L=1 TOY_R=1", "portable"},
        {"TOY_A=1 TOY_L=1", "left"}, {"TOY_A=1 TOY_R=1", "right"}, {"TOY_A=1 TOY_L=1 TOY_R=1", "right"}};
    for (const auto& [features, chosen] : cases) {
        CAPTURE(features);
        const CommandResult result = run(features);
        CHECK(result.errors == chosen);
        // None fuses a multiplication with an addition, and every sum is made in the same order.
        CHECK(result.output == plain.output);
    }
}
