// Networks made at random: every form of their code gives the same bits, and what the reference gives.
#include "tools/random_networks.h"
#include "tools/long_run.h"
#include "tools/program.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Form {
    const char* name;
    PlanOptions options;
};

std::vector<Form> forms() {
    std::vector<Form> all{{"tile", {}}, {"compact", {}}, {"single", {}}, {"full", {}}};
    all[1].options.unroll = Unroll::compact;
    all[2].options.streams = false;
    all[3].options.unroll = Unroll::full;
    all[3].options.code_budget = 60000;  // more takes long to compile
    return all;
}

// tests/kernel/random_plans_test.cpp has more of them, on all targets; compiling them takes its time.
std::uint32_t compiled_count() { return is_long_run() ? random_network_count() : 8; }

/// One network in all forms for one target; in a usual run but for one of the last two.
std::vector<Network> make_forms(std::uint32_t seed, const Target& target) {
    std::vector<Form> chosen = forms();
    if (!is_long_run()) chosen.erase(chosen.end() - 1 - std::ptrdiff_t(seed / 2 % 2));
    std::vector<Network> networks;
    for (const Form& form : chosen) {
        Zoo zoo = random_network(seed);
        zoo.name += fmt::format("_{}_{}", target_suffix(target), form.name);
        Recipe recipe{description_of(zoo), target, seed};
        recipe.form = form.options;
        networks.push_back(make_network(recipe));
        networks.back().selftest = false;
    }
    return networks;
}

/// Whether all maps of both are the same bits, as far as both make them; the form may leave out none.
void check_same(const Run& run, const Run& first) {
    CHECK(run.layers.size() == first.layers.size());
    for (const auto& [layer, values] : run.layers) {
        CAPTURE(layer);
        const std::vector<float>& others = first.layers.at(layer);
        CHECK(std::equal(values.begin(), values.begin() + std::ptrdiff_t(std::min(values.size(), others.size())),
                         others.begin()));
    }
    for (const Run* one : {&run, &first})
        for (const RawOutputs& outputs : one->threads) {
            CHECK(outputs.boxes == first.threads[0].boxes);
            CHECK(outputs.logits == first.threads[0].logits);
        }
}

void check_networks(const std::vector<std::vector<Network>>& all) {
    std::vector<const Network*> networks;
    for (const std::vector<Network>& of_seed : all)
        for (const Network& network : of_seed) networks.push_back(&network);
    const Program program(networks, "-O1");
    for (const std::vector<Network>& of_seed : all) {
        const std::vector<std::uint8_t> picture = pictures_for(of_seed[0])[0];
        const std::map<std::string, std::vector<double>> wanted = reference_layers(of_seed[0], picture);
        const Run first = program.run(of_seed[0], {picture})[0];
        for (const Network& network : of_seed) {
            CAPTURE(network.name());
            const Run run = program.run(network, {picture})[0];
            for (const auto& [layer, values] : run.layers) {
                CAPTURE(layer);
                const std::vector<double> right = made_rows(wanted.at(layer), values.size());
                CHECK(difference(values, right) <= 1e-5 * std::max(1.0, magnitude(right)));
            }
            check_same(run, first);
        }
    }
}

}  // namespace

TEST_CASE(
    "Random networks give the same bits as streams, as single layers, compact and without loops, on one, two and three "
    "threads, and what the reference gives") {
    const std::vector<Target> targets = runnable_targets();
    std::vector<std::vector<Network>> batch;
    for (std::uint32_t seed = 1; seed <= compiled_count(); ++seed) {
        for (std::size_t target = 0; target < targets.size(); ++target)
            if (target == seed % targets.size()) batch.push_back(make_forms(seed, targets[target]));
        if (seed % 10 && seed < compiled_count()) continue;
        check_networks(batch);
        batch.clear();
    }
}
