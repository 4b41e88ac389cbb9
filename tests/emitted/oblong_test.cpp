// Windows that differ between rows and columns: the forms that the rest of the zoo is not emitted in.
#include "support/words.h"
#include "tools/long_run.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// The layer in a stream, where its output never is a map of its own.
constexpr const char* streamed = "dw_in_pair";

struct Form {
    Unroll unroll;
    bool without_stream;
};

Network make(const Target& target, const Form& form) {
    Zoo zoo = oblong(form.without_stream);
    zoo.name += fmt::format("_{}_{}", spell(form.unroll), target_suffix(target));
    Recipe recipe{description_of(zoo), target, 5};
    recipe.form.unroll = form.unroll;
    recipe.form.code_budget = 150000;  // for the smaller layers, so that compiling takes seconds
    Network network = make_network(recipe);
    network.selftest = false;
    return network;
}

bool is_streamed(const Network& network) {
    const auto& steps = network.plan.steps;
    return std::any_of(steps.begin(), steps.end(),
                       [](const Step& step) { return step.stream && step.stages[0].name == streamed; });
}

bool has_unrolled_step(const Network& network) {
    const auto& steps = network.plan.steps;
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.unrolled; });
}

/// Unrolled whole on one target only: that takes the compiler longest.
std::vector<Unroll> unrolls(const Target& target) {
    if (target.name == runnable_targets().back().name) return {Unroll::tile, Unroll::compact, Unroll::full};
    return {Unroll::tile, Unroll::compact};
}

/// The forms of a target, linked into one program.
struct Forms {
    std::vector<Network> networks;
    std::unique_ptr<Program> program;

    explicit Forms(const Target& target) {
        for (const Unroll unroll : unrolls(target))
            for (const bool without_stream : {false, true}) networks.push_back(make(target, {unroll, without_stream}));
        std::vector<const Network*> all;
        for (const Network& network : networks) all.push_back(&network);
        program = std::make_unique<Program>(all, "-O1");
    }
};

void check_same(const Run& found, const Run& wanted) {
    for (const RawOutputs& outputs : found.threads) {
        CHECK(outputs.boxes == found.threads[0].boxes);
        CHECK(outputs.logits == found.threads[0].logits);
    }
    for (const auto& [layer, values] : wanted.layers) {
        if (layer.find("_mbox_") != std::string::npos) continue;  // the predictors have other weights
        CAPTURE(layer);
        CHECK(found.layers.at(layer) == values);
    }
}

void check_reference(const Run& found, const std::map<std::string, std::vector<double>>& wanted) {
    for (const auto& [layer, values] : found.layers) {
        CAPTURE(layer);
        CHECK(difference(values, wanted.at(layer)) <= 1e-5 * magnitude(wanted.at(layer)));
    }
}

}  // namespace

TEST_CASE(
    "Windows that differ between rows and columns give the same bits in every form, streamed or not, on 1 to 3 "
    "threads") {
    // Kernels with such windows are compared on all targets in agreement_test.cpp.
    std::vector<Target> targets = runnable_targets();
    if (!is_long_run()) targets.erase(targets.begin(), targets.end() - 1);
    for (const Target& target : targets) {
        const Forms forms(target);
        const auto pictures = pictures_for(forms.networks[0]);
        const std::vector<Run> wanted = forms.program->run(forms.networks[0], pictures);
        for (const Network& network : forms.networks) {
            CAPTURE(network.name());
            CHECK(is_streamed(network) == (network.name().find("in_steps") == std::string::npos));
            CHECK(has_unrolled_step(network) == (network.name().find("_full_") != std::string::npos));
            const std::vector<Run> found = forms.program->run(network, pictures);
            for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
                check_same(found[picture], wanted[picture]);
                check_reference(found[picture], reference_layers(network, pictures[picture]));
            }
        }
    }
}
