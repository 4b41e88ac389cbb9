#include "sweep/points.h"

#include "description/read.h"
#include "graph/build.h"
#include "report/facts.h"
#include "support/error.h"
#include "sweep/chain.h"
#include "sweep/tables.h"
#include "target/table.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

struct Sweep {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    SweepOptions options;
    std::vector<SweepPoint> points;
    explicit Sweep(std::vector<double> alphas = {}, std::vector<double> rhos = {}) {
        options.config = "net.json";
        options.alphas = std::move(alphas);
        options.rhos = std::move(rhos);
        options.targets = {"x86-64-v3"};
    }
    std::vector<PointFigures> figures() {
        points = sweep_points(options, description);
        std::vector<PointFigures> list;
        for (const PointPlan& plan : plan_points(options, description, points)) list.push_back(plan.figures);
        return list;
    }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Of a network with one kernel.
Manifest small_folder() {
    Manifest files;
    files.add("net.cpp", Role::network);
    files.add("net_c.cpp", Role::c_source);
    files.add("layers/conv0.cpp", Role::kernel);
    files.add("net_weights.S", Role::weights_source);
    files.add("net_weights.bin", Role::weights);
    files.add("peak.cpp", Role::peak);
    files.add("bench.cpp", Role::benchmark);
    files.add("detect.cpp", Role::application);
    files.add("pictures.cpp", Role::application);
    return files;
}

}  // namespace

TEST_CASE("A sweep of weights of 16 bits plans with them, and generates so") {
    Sweep sweep({0.25});
    const PointFigures floats = sweep.figures().at(0);
    sweep.options.weights_type = Element::bf16;
    const PointFigures stored = sweep.figures().at(0);
    CHECK(double(*stored.weights_bytes) < 0.53 * double(*floats.weights_bytes));
    CHECK(stored.arena_bytes == floats.arena_bytes);
    const auto ninja = [&] {
        return sweep_ninja(sweep.options, {"ssdgen", "net", "c++"}, {{sweep.points[0], small_folder(), "", false}});
    };
    CHECK(contains(ninja(), "--weights-type bf16"));
    sweep.options.weights_type = Element::f32;
    CHECK_FALSE(contains(ninja(), "--weights-type"));
}

TEST_CASE("A sweep takes every alpha with every rho, target and form, each once") {
    Sweep sweep({0.5, 1}, {0.75, 1});
    sweep.options.targets = {find_target("native").name, "native"};
    sweep.options.unrolls = {"compact", "tile"};
    const auto points = sweep_points(sweep.options, sweep.description);
    REQUIRE(points.size() == 8);
    CHECK(points[1].id() == std::string("alpha_0.5_rho_1_") + find_target("native").name + "_compact");
    CHECK(sweep_points(Sweep().options, sweep.description)[0].id() == "alpha_1_rho_1_x86-64-v3_tile");
    sweep.options.unrolls = {"none"};
    CHECK_THROWS_WITH_AS(sweep_points(sweep.options, sweep.description),
                         "--unroll: found none; allowed: compact, tile, full", UsageError);
}

TEST_CASE("Static figures are those of inspect and of the plan, beside the textbook's law") {
    Sweep sweep({0.5}, {0.64});
    const PointFigures figures = sweep.figures()[0];
    const Facts facts = gather_facts(build_graph(sweep.description, {0.5, 0.64}));
    const Facts full = gather_facts(build_graph(sweep.description, {1.0, 1.0}));
    CHECK(figures.macs == facts.totals.macs);
    CHECK(figures.params == facts.totals.parameters);
    CHECK(figures.priors == facts.totals.priors);
    CHECK(figures.activation_bytes == facts.totals.activation_bytes);
    CHECK(figures.macs_share.value() == doctest::Approx(double(facts.totals.macs) / double(full.totals.macs)));
    CHECK(figures.textbook_share.value() == doctest::Approx(0.25 * 0.64 * 0.64));
    CHECK(figures.input == "192x192");
    CHECK(figures.arena_bytes.value() >= figures.peak_live_bytes.value());
    CHECK(figures.weights_bytes.value() >= 4 * figures.params.value());
    // MobileNets, 3.1: 8 to 9 times fewer multiply-adds in the separable layers; the others have none to save.
    CHECK(figures.separable_share.value() > 0.11);
    CHECK(figures.separable_share.value() < 0.2);
}

TEST_CASE("At alpha 1 and rho 1 the shares are 1") {
    Sweep sweep({1}, {1});
    const PointFigures figures = sweep.figures()[0];
    CHECK(figures.macs_share == 1.0);
    CHECK(figures.textbook_share == 1.0);
}

TEST_CASE("A point that is no network says why; the others have their figures") {
    Sweep sweep({1}, {0.001, 1});
    const auto figures = sweep.figures();
    CHECK(contains(figures[0].failed.value(), "rho"));
    CHECK_FALSE(figures[0].macs);
    CHECK(figures[1].arena_bytes);
    const std::string text = sweep_text(used_columns(sweep_columns({1}), figures), figures);
    CHECK(contains(text, "failed: alpha 1, rho 0.001, x86-64-v3, tile: "));
}

TEST_CASE("A point whose file of weights is missing says which, and has its static figures") {
    Sweep sweep({0.5, 1}, {0.64});
    sweep.options.weights = "no/w{alpha_percent}_{height}.safetensors";
    const auto figures = sweep.figures();
    CHECK(figures[0].failed ==
          "no/w050_192.safetensors: cannot be read: No such file or directory; allowed: a readable file");
    CHECK(figures[0].arena_bytes);
    sweep.options.weights = "w.json";
    CHECK_THROWS_WITH_AS(sweep.figures(),
                         "w.json: is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel",
                         UsageError);
}

TEST_CASE("A point whose weights do not fit it fails as `generate` does; the others have their file") {
    Sweep sweep({0.5, 1}, {1});
    sweep.description = read_description(SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc.json");
    sweep.options.weights = SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc_050_192.safetensors";
    const std::vector<SweepPoint> points = sweep_points(sweep.options, sweep.description);
    const std::vector<PointPlan> plans = plan_points(sweep.options, sweep.description, points);
    CHECK_FALSE(plans[0].figures.failed);
    CHECK(plans[0].weights == sweep.options.weights);
    CHECK(contains(plans[1].figures.failed.value(), sweep.options.weights + ": "));
    CHECK(contains(plans[1].figures.failed.value(), "conv0"));
    CHECK(plans[1].figures.arena_bytes);
}

TEST_CASE("build.ninja: the chain of a point; measuring waits for all compiling; the launcher is not for the weights") {
    Sweep sweep({0.5, 1}, {1});
    sweep.options.compiler_launcher = "ccache";
    sweep.options.runner = "ssh board";
    sweep.options.threads = {1, 2};
    std::vector<NinjaPoint> points;
    for (const SweepPoint& point : sweep_points(sweep.options, sweep.description))
        points.push_back({point, small_folder()});
    const std::string text = sweep_ninja(sweep.options, {"/bin/ssdgen", "net", "my c++"}, points);
    const std::string id = "alpha_0.5_rho_1_x86-64-v3_tile", folder = "points/" + id;
    CHECK(contains(text, "pool measuring\n  depth = 1\n"));
    CHECK(contains(text, "build " + folder + "/generated.json " + folder + "/source/net.cpp " + folder +
                             "/source/net_c.cpp " + folder + "/source/layers/conv0.cpp "));
    CHECK(contains(text, ": run net.json /bin/ssdgen\n"));
    CHECK(contains(text, "build " + folder + "/build/layers/conv0.o " + folder + "/build/layers/conv0.json: run " +
                             folder + "/source/layers/conv0.cpp " + folder +
                             "/headers compiler\n  line = /bin/ssdgen sweep-step attempt -- " + folder +
                             "/build/layers/conv0.json " + folder + "/build/layers/conv0.o ccache 'my c++' -O3 "));
    CHECK(contains(text, "net_weights.o 'my c++' -I" + folder + "/source -c " + folder + "/source/net_weights.S"));
    CHECK_FALSE(contains(text, "ccache 'my c++' -I"));
    CHECK(contains(text, "build compiled: phony " + folder + "/build/archive-library.json " + folder +
                             "/build/link-bench.json points/alpha_1_"));
    CHECK(contains(text, "build " + folder + "/measured_2.json: run " + folder +
                             "/build/link-bench.json machine || compiled\n  line = /bin/ssdgen sweep-step attempt -- " +
                             folder + "/measured_2.json '' ssh board " + folder +
                             "/build/net_bench --threads 2 --runs 50 --json\n"));
    CHECK(contains(text, "measured_1.json " + folder + "/measured_2.json " + folder + "/generated.json " + folder +
                             "/build/archive-library.json " + folder + "/point.json "));
    CHECK(contains(text, "build sweep.json sweep.csv sweep.html: run " + folder +
                             "/row.json points/alpha_1_rho_1_x86-64-v3_tile/row.json settings.json /bin/ssdgen\n"));
}

TEST_CASE("build.ninja of an evaluation: beside the compiling, before the measuring, one at a time only for a runner") {
    Sweep sweep({0.5, 1}, {1});
    sweep.options.evaluate = "/held out";
    sweep.options.truth = "/truth";
    std::vector<NinjaPoint> points;
    for (const SweepPoint& point : sweep_points(sweep.options, sweep.description))
        points.push_back({point, small_folder(), "/w.safetensors"});
    points[1].failed = true;
    const std::string
        folder = "points/alpha_0.5_rho_1_x86-64-v3_tile",
        step = "build " + folder + "/evaluated.json: run " + folder +
               "/build/link-detect.json evaluation.state /truth\n  line = /bin/ssdgen sweep-step attempt -- " + folder +
               "/evaluated.json ''  ";
    const std::string text = sweep_ninja(sweep.options, {"/bin/ssdgen", "net", "c++"}, points);
    CHECK(contains(text, ": run net.json /bin/ssdgen /w.safetensors\n"));
    CHECK(contains(text, step + folder +
                             "/build/net_detect '/held out' --truth /truth --json\n  description = evaluate "
                             "alpha_0.5_rho_1_x86-64-v3_tile\n\n"));
    CHECK(contains(text, "build compiled: phony " + folder + "/build/archive-library.json " + folder +
                             "/build/link-bench.json " + folder + "/evaluated.json\n"));
    // What has failed already is a row alone.
    CHECK(contains(text,
                   "build points/alpha_1_rho_1_x86-64-v3_tile/row.json: run "
                   "points/alpha_1_rho_1_x86-64-v3_tile/point.json /bin/ssdgen\n"));
    CHECK_FALSE(contains(text, "generate alpha_1_"));
    sweep.options.runner = "board";
    sweep.options.labels = "/labels";
    const std::string with_runner = sweep_ninja(sweep.options, {"/bin/ssdgen", "net", "c++"}, points);
    CHECK(contains(with_runner,
                   " board " + folder +
                       "/build/net_detect '/held out' --truth /truth --json --labels /labels\n  description = evaluate "
                       "alpha_0.5_rho_1_x86-64-v3_tile\n  pool = measuring\n"));
}

TEST_CASE("A path with a blank, a dollar or a colon comes through build.ninja") {
    Sweep sweep({1}, {1});
    sweep.options.config = "/a b/$c:d.json";
    const std::string text = sweep_ninja(sweep.options, {"/bin/ssdgen", "net", "c++"},
                                         {{sweep_points(sweep.options, sweep.description)[0], {}}});
    CHECK(contains(text, ": run /a$ b/$$c$:d.json /bin/ssdgen\n"));
    CHECK(contains(text, "generate '/a b/$$c:d.json' --out "));
}
