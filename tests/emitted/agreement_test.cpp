// Every emitted kernel against the naive reference, all values of all layers; tiles, threads and targets among
// themselves.
#include "support/error.h"
#include "target/table.h"
#include "tools/long_run.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <utility>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Another choice of tiles, of the division of the work and of the row lengths for the same instructions.
Target other_tiles(Target target) {
    for (VectorUnit& unit : target.units) {
        unit.registers = unit.registers * 2 / 3;
        unit.multiply_adds = 3 - unit.multiply_adds;
    }
    target.caches.l2_bytes /= 16;
    return target;
}

bool single_layer(const Zoo& zoo) { return zoo.layers.size() == 1; }

/// The smallest networks add nothing to that.
bool compares_tiles(const Zoo& zoo) { return zoo.layers.size() > 3 || zoo.name == "uneven" || zoo.name == "pixels"; }

/// A zoo network for each target, with its second choice of tiles.
struct Specimen {
    std::vector<Network> targets, tiles;
    std::vector<std::vector<Run>> target_runs, tile_runs;  // [network][picture]
    std::vector<std::vector<std::uint8_t>> pictures;
};

/// Batch norm for every convolution of the backbone.
void add_batch_norm(Weights& weights) {
    for (const auto& [name, tensor] : std::map<std::string, WeightTensor>(weights.tensors)) {
        const std::size_t ending = name.find(".bias");
        if (ending == std::string::npos || name.find("_mbox_") != std::string::npos || name[0] == 'f') continue;
        const auto vector = [&, &bias = tensor](const char* part, float scale, float shift) {
            WeightTensor made = bias;
            for (float& value : made.floats()) value = shift + scale * value;
            weights.tensors[name.substr(0, ending) + ".batch_norm." + part] = made;
        };
        vector("mean", 0.7F, 0.0F);
        vector("variance", 2.0F, 1.0F);
        vector("gamma", 3.0F, 1.1F);
        vector("beta", -1.0F, 0.1F);
    }
}

Network make(const Zoo& zoo, const Target& target, const char* ending) {
    Zoo named = zoo;
    named.name += "_" + target_suffix(target) + ending;
    Recipe recipe{description_of(named), target, 5};
    if (zoo.name == "windows" || zoo.name == "pooled") recipe.edit = add_batch_norm;
    return make_network(recipe);
}

/// Two of the targets, others for the next network; all of them in a long run. Without a compiler every kernel of the
/// zoo is run for every target by tests/kernel/interpreted_test.cpp.
std::vector<Target> targets_for(std::size_t network) {
    const std::vector<Target> all = runnable_targets();
    if (is_long_run() || all.size() < 3) return all;
    return {all[network % all.size()], all[(network + 1) % all.size()]};
}

/// All of the zoo, compiled into one program.
struct Menagerie {
    std::vector<Specimen> specimens;
    std::unique_ptr<Program> program;

    Menagerie() {
        std::vector<const Network*> all;
        for (const Zoo& one : zoo()) {
            Specimen specimen;
            for (const Target& target : targets_for(specimens.size())) {
                specimen.targets.push_back(make(one, target, ""));
                specimen.targets.back().selftest = !single_layer(one) || target.name == find_target("native").name;
                if (!compares_tiles(one)) continue;
                specimen.tiles.push_back(make(one, other_tiles(target), "_other"));
                specimen.tiles.back().selftest = false;
            }
            specimens.push_back(std::move(specimen));
        }
        for (const Specimen& specimen : specimens)
            for (const auto* networks : {&specimen.targets, &specimen.tiles})
                for (const Network& network : *networks) all.push_back(&network);
        program = std::make_unique<Program>(all);
        for (Specimen& specimen : specimens) {
            specimen.pictures = pictures_for(specimen.targets[0]);
            for (const Network& network : specimen.targets)
                specimen.target_runs.push_back(program->run(network, specimen.pictures));
            for (const Network& network : specimen.tiles)
                specimen.tile_runs.push_back(program->run(network, specimen.pictures));
        }
    }
};

/// Made once, whether that works or not.
const Menagerie& menagerie() {
    static std::unique_ptr<const Menagerie> all;
    static bool tried = false;
    if (!std::exchange(tried, true)) all = std::make_unique<const Menagerie>();
    REQUIRE(all != nullptr);
    return *all;
}

double magnitude_of(const std::vector<float>& values) { return magnitude({values.begin(), values.end()}); }

}  // namespace

TEST_CASE("Every value of every layer agrees with the reference interpreter, on every target") {
    double worst = 0;
    for (const Specimen& specimen : menagerie().specimens)
        for (std::size_t picture = 0; picture < specimen.pictures.size(); ++picture) {
            const auto reference = reference_layers(specimen.targets[0], specimen.pictures[picture]);
            for (std::size_t target = 0; target < specimen.targets.size(); ++target)
                for (const Stage* stage : all_stages(specimen.targets[target].plan))
                    for (const ObservedLayer& layer : stage->layers) {
                        CAPTURE(specimen.targets[target].name());
                        CAPTURE(layer.name);
                        CAPTURE(stage->kernel_name);
                        const std::vector<float>& found = specimen.target_runs[target][picture].layers.at(layer.name);
                        const std::vector<double> wanted = made_rows(reference.at(layer.name), found.size());
                        const double error = difference(found, wanted);
                        const double largest = magnitude(wanted);
                        CHECK(error <= 1e-5 * largest);
                        if (largest > 0) worst = std::max(worst, error / largest);
                    }
        }
    MESSAGE("largest difference: " << worst << " of the layer's magnitude");
}

TEST_CASE("The raw outputs are the predictors' layers in order, and the same for 1, 2 and 3 threads, bit for bit") {
    for (const Specimen& specimen : menagerie().specimens)
        for (std::size_t target = 0; target < specimen.targets.size(); ++target)
            for (const Run& run : specimen.target_runs[target]) {
                const Network& network = specimen.targets[target];
                CAPTURE(network.name());
                std::vector<float> boxes, logits;
                if (network.graph.head) {
                    for (const HeadSource& source : network.graph.head->sources) {
                        const auto& own_boxes = run.layers.at(source.layer + "_mbox_loc");
                        const auto& own_logits = run.layers.at(source.layer + "_mbox_conf");
                        boxes.insert(boxes.end(), own_boxes.begin(), own_boxes.end());
                        logits.insert(logits.end(), own_logits.begin(), own_logits.end());
                    }
                } else {
                    logits = run.layers.at(network.plan.steps.back().last().layers[0].name);
                }
                for (const RawOutputs& outputs : run.threads) {
                    CHECK(difference(outputs.boxes, boxes) == 0);
                    CHECK(difference(outputs.logits, logits) == 0);
                }
            }
}

TEST_CASE("Two choices of tiles of one target agree bit for bit") {
    bool differ = false;
    for (const Specimen& specimen : menagerie().specimens)
        for (std::size_t target = 0; target < specimen.tiles.size(); ++target) {
            CAPTURE(specimen.targets[target].name());
            const auto stages = all_stages(specimen.targets[target].plan);
            const auto others = all_stages(specimen.tiles[target].plan);
            for (std::size_t stage = 0; stage < stages.size(); ++stage)
                differ = differ || stages[stage]->tile != others[stage]->tile;
            for (std::size_t picture = 0; picture < specimen.pictures.size(); ++picture)
                for (const auto& [layer, values] : specimen.target_runs[target][picture].layers) {
                    CAPTURE(layer);
                    CHECK(difference(specimen.tile_runs[target][picture].layers.at(layer), values) == 0);
                }
        }
    CHECK(differ);  // otherwise this compares nothing
}

TEST_CASE("All targets agree within 1e-5 of the output's largest magnitude") {
    for (const Specimen& specimen : menagerie().specimens)
        for (std::size_t picture = 0; picture < specimen.pictures.size(); ++picture) {
            const RawOutputs& first = specimen.target_runs[0][picture].threads[0];
            for (std::size_t target = 1; target < specimen.targets.size(); ++target) {
                CAPTURE(specimen.targets[target].name());
                const RawOutputs& other = specimen.target_runs[target][picture].threads[0];
                CHECK(difference(other.boxes, first.boxes) <= 1e-5 * magnitude_of(first.boxes));
                CHECK(difference(other.logits, first.logits) <= 1e-5 * magnitude_of(first.logits));
            }
        }
}

TEST_CASE("NAME_selftest passes on every target") {
    for (const Specimen& specimen : menagerie().specimens)
        for (const Network& network : specimen.targets) {
            if (!network.selftest) continue;
            const CommandResult result = menagerie().program->selftest(network);
            CAPTURE(result.output);
            int layers = 0;
            for (const Stage* stage : all_stages(network.plan)) layers += int(stage->layers.size());
            CHECK(result.status == 0);
            CHECK(result.output.rfind(fmt::format("{}: {} layers agree with the reference\n", network.name(), layers),
                                      0) == 0);
        }
}
