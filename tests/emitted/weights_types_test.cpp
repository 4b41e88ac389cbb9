// Networks whose weights are stored with 16 bits: they compute with exactly the values that these are rounded to.
#include "plan/names.h"
#include "support/words.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Networks of several layers, with every kind of kernel among them.
bool is_wanted(const Zoo& zoo) { return zoo.layers.size() > 3 && zoo.name != "large"; }

Network make(const Zoo& zoo, const Target& target, Element type, Unroll unroll) {
    Zoo named = zoo;
    named.name += fmt::format("_{}_{}_{}", target_suffix(target), spell(type), spell(unroll));
    Recipe recipe{description_of(named), target, 5};
    recipe.form.weights_type = type;
    recipe.form.unroll = unroll;
    return make_network(recipe);
}

/// A network in the form that most are emitted in, and in another.
struct Pair {
    Network tile, compact;
};

struct Fixture {
    std::vector<Pair> pairs;
    std::unique_ptr<Program> program;

    Fixture() {
        // The types take turns, so that each network and each target has both.
        std::size_t turn = 0;
        for (const Zoo& one : zoo()) {
            if (!is_wanted(one)) continue;
            ++turn;
            for (const Target& target : runnable_targets()) {
                const Element type = turn++ % 2 ? Element::f16 : Element::bf16;
                pairs.push_back({make(one, target, type, Unroll::tile), make(one, target, type, Unroll::compact)});
            }
        }
        std::vector<const Network*> all;
        for (const Pair& pair : pairs) all.insert(all.end(), {&pair.tile, &pair.compact});
        program = std::make_unique<Program>(all, "-O1");
    }
};

const Fixture& fixture() {
    static std::unique_ptr<const Fixture> all;
    static bool tried = false;
    if (!std::exchange(tried, true)) all = std::make_unique<const Fixture>();
    REQUIRE(all != nullptr);
    return *all;
}

/// Where the last weight of a stage that is no padding stands.
std::int64_t last_weight(const Stage& stage, const Target& target) {
    const std::vector<ChannelBlock>* blocks = blocks_of(stage.kernel);
    if (!blocks) return stage.weights + stage.kernel.input().channels * 4;
    return stage.weights + blocks->back().weights +
           std::int64_t(blocks->back().vectors) * vector_unit(target, Element::f32).lanes * 4;
}

}  // namespace

TEST_CASE("Every value agrees with the reference's of the rounded weights, on every target and for 1 to 3 threads") {
    double worst = 0;
    for (const Pair& pair : fixture().pairs) {
        const Network& network = pair.tile;
        CAPTURE(network.name());
        const auto pictures = pictures_for(network);
        const std::vector<Run> runs = fixture().program->run(network, pictures);
        const std::vector<Run> compact = fixture().program->run(pair.compact, pictures);
        for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
            for (const auto& [layer, wanted] : reference_layers(network, pictures[picture])) {
                if (!runs[picture].layers.count(layer)) continue;
                CAPTURE(layer);
                const double error = difference(runs[picture].layers.at(layer), wanted);
                CHECK(error <= 1e-5 * magnitude(wanted));
                if (magnitude(wanted) > 0) worst = std::max(worst, error / magnitude(wanted));
                CHECK(difference(compact[picture].layers.at(layer), runs[picture].layers.at(layer)) == 0);
            }
            for (const RawOutputs& outputs : runs[picture].threads) {
                CHECK(difference(outputs.boxes, runs[picture].threads[0].boxes) == 0);
                CHECK(difference(outputs.logits, runs[picture].threads[0].logits) == 0);
            }
        }
    }
    MESSAGE("largest difference: " << worst << " of the layer's magnitude");
}

TEST_CASE("Their self-tests pass, and find one changed bit in any layer's weights") {
    for (const Pair& pair : fixture().pairs)
        for (const Network* network : {&pair.tile, &pair.compact}) {
            const CommandResult result = fixture().program->selftest(*network);
            CAPTURE(result.output);
            CHECK(result.status == 0);
        }
    const Network& network = fixture().pairs.back().tile;
    const std::string file = fixture().program->folder(network) + "/" + network.name() + "_weights.bin";
    const std::string bytes = read_file(file);
    CHECK(std::int64_t(bytes.size()) == network.plan.weights_size);
    for (const Stage* stage : all_stages(network.plan)) {
        if (stage->weights_size == 0) continue;
        std::string changed = bytes;
        changed[std::size_t(last_weight(*stage, network.plan.target))] ^= 1;
        write_if_changed(file, changed);
        const CommandResult result = fixture().program->rebuilt_selftest(network);
        CAPTURE(result.output);
        CHECK(result.status == 1);
        CHECK(result.output.find("layer " + stage->layers.back().name + " is the first to differ") !=
              std::string::npos);
    }
    write_if_changed(file, bytes);
    CHECK(fixture().program->rebuilt_selftest(network).status == 0);
}

TEST_CASE("Weights of 16 bits take about half the flash, and kernels say in their names what they read") {
    const Zoo large = [] {
        for (const Zoo& one : zoo())
            if (one.name == "large") return one;
        return Zoo{};
    }();
    for (const Target& target : runnable_targets()) {
        const Plan floats = make(large, target, Element::f32, Unroll::tile).plan;
        for (const Element type : {Element::f16, Element::bf16}) {
            const Plan plan = make(large, target, type, Unroll::tile).plan;
            CHECK(double(plan.weights_size) < 0.53 * double(floats.weights_size));
            CHECK(plan.weights.size() == std::size_t(plan.weights_size));
            CHECK(plan.arena_size == floats.arena_size);
            const auto stages = all_stages(plan), others = all_stages(floats);
            REQUIRE(stages.size() == others.size());
            for (std::size_t index = 0; index < stages.size(); ++index) {
                CHECK(stages[index]->tile == others[index]->tile);
                const std::string said = others[index]->kernel_name + fmt::format("_{}", spell(type));
                CHECK((said.size() > kernel_name_length || stages[index]->kernel_name == said));
            }
        }
    }
}
