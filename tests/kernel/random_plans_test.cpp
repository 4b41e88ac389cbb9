// Networks made at random, their plans run by a machine: no compiler takes part, so all targets do.
#include "pipeline/make_plan.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/plan_machine.h"
#include "tools/program.h"
#include "tools/random_networks.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Form {
    std::string name;
    PlanOptions options;
    std::vector<PlanRun> runs;
};

std::vector<Form> forms(Element weights_type) {
    const PlanRun alone, two{2, false, true}, three{3, true, false};
    std::vector<Form> all{{"tile", {}, {alone, two, three}},
                          {"tile of single layers", {}, {alone, three}},
                          {"full", {}, {alone}},
                          {"full of single layers", {}, {alone}}};
    for (Form& form : all) form.options.weights_type = weights_type;
    all[1].options.streams = all[3].options.streams = false;
    all[2].options.unroll = all[3].options.unroll = Unroll::full;
    return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Rows that nobody needs are not made: between those of two threads, and at the end of a map in a stream.
bool same_rows(std::vector<float> values, std::vector<float> others) {
    const std::size_t size = std::min(values.size(), others.size());
    values.resize(size);
    others.resize(size);
    for (std::size_t index = 0; index < size; ++index)
        if (std::isnan(values[index])) values[index] = others[index];
    return same_bits(values, others);
}

using Reference = std::map<std::string, std::vector<double>>;

void check_layers(const PlanValues& found, const Reference& wanted) {
    for (const auto& [layer, values] : found.layers) {
        CAPTURE(layer);
        const std::vector<double> right = made_rows(wanted.at(layer), values.size());
        CHECK(difference(values, right) <= 1e-5 * std::max(1.0, magnitude(right)));
    }
}

void check_same(const PlanValues& found, const PlanValues& first) {
    CHECK(found.layers.size() == first.layers.size());
    for (const auto& [layer, values] : found.layers) {
        CAPTURE(layer);
        CHECK(same_rows(values, first.layers.at(layer)));
    }
    CHECK(same_bits(found.boxes, first.boxes));
    CHECK(same_bits(found.logits, first.logits));
}

/// What there is in plans.
void collect(const Plan& plan, std::set<std::string>& seen) {
    for (const Step& step : plan.steps) {
        if (step.unrolled) seen.insert(step.stream ? "unrolled stream" : "unrolled step");
        if (step.stages.size() > 1 && step.inputs.size() > 1) seen.insert("stream of several inputs");
        for (const Stage& stage : step.stages) {
            const Kernel& kernel = stage.kernel;
            const std::string where = step.stages.size() > 1 ? " in a stream" : "";
            if (stage.feeds.size() > 1) seen.insert("several feeds" + where);
            if (kernel.epilogue.adds_input) seen.insert("addend" + where);
            for (const MapView& input : kernel.inputs)
                if (!input.is_dense()) seen.insert("slice as input" + where);
            for (const MapView& output : kernel.outputs)
                if (!output.is_dense()) seen.insert("slice as output" + where);
            if (kernel.epilogue.adds_input && !kernel.inputs.back().is_dense()) seen.insert("slice as addend" + where);
            for (const Feed& feed : stage.feeds)
                if (const auto* rows = std::get_if<RowsFeed>(&feed.from))
                    if (rows->makers.size() > 1) seen.insert("rows of several makers");
        }
    }
}

/// All forms for a target.
void check_target(const Network& network, const Target& target, const std::vector<std::uint8_t>& picture,
                  const Reference& wanted, Element weights_type, std::set<std::string>& seen) {
    std::optional<PlanValues> first;
    for (const Form& form : forms(weights_type)) {
        CAPTURE(form.name);
        const Plan plan = make_plan(lower_for(network.graph, form.options), target, {}, form.options);
        collect(plan, seen);
        const PlanMachine machine(plan);
        for (const PlanRun& how : form.runs) {
            CAPTURE(how.threads);
            PlanValues values = machine.run(picture, how);
            if (!first) {
                check_layers(values, wanted);
                first = std::move(values);
            } else {
                check_same(values, *first);
            }
        }
    }
}

void check_seed(std::uint32_t seed, Element weights_type, std::set<std::string>& seen) {
    CAPTURE(seed);
    Recipe recipe{description_of(random_network(seed)), find_target("portable"), seed};
    recipe.form.weights_type = weights_type;
    const Network network = make_network(recipe);
    const std::vector<std::uint8_t> picture = pictures_for(network)[0];
    const Reference wanted = reference_layers(network, picture);
    for (const Target& target : test::float_targets()) {
        CAPTURE(target.name);
        check_target(network, target, picture, wanted, weights_type, seen);
    }
}

}  // namespace

TEST_CASE(
    "For every target, random networks give the same bits as streams, as single layers and without loops, on one, two "
    "and three threads, and what the reference gives") {
    std::set<std::string> seen;
    for (std::uint32_t seed = 1; seed <= random_network_count(); ++seed) check_seed(seed, Element::f32, seen);
    // Of what can go wrong in a plan there is something in them.
    for (const char* feature :
         {"several feeds", "several feeds in a stream", "addend", "addend in a stream", "slice as input",
          "slice as input in a stream", "slice as output", "slice as output in a stream", "rows of several makers",
          "stream of several inputs", "unrolled step", "unrolled stream"}) {
        CAPTURE(feature);
        CHECK(seen.count(feature) == 1);
    }
}

TEST_CASE("So does a random network whose weights are stored as bf16") {
    std::set<std::string> seen;
    check_seed(3, Element::bf16, seen);
}
