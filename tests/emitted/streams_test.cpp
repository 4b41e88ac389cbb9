// The streams that are emitted do what the plan of memory was checked with: stream_order().
#include "description/read.h"
#include "plan/kernels.h"
#include "plan/stream.h"
#include "tools/network.h"
#include "tools/shell.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

// Prints every run of rows as it is made: stage, first row, rows. Parts are run one after the other.
const char* const driver = R"(
#include "NETWORK_observer.h"
#include <cstdio>
static NETWORK::ThreadedWorkspace<3> workspace;
static std::uint8_t picture[NETWORK::input_height * NETWORK::input_width * NETWORK::input_channels];
static float boxes[NETWORK::priors * 4], logits[NETWORK::priors * NETWORK::classes];

static void say(void*, int layer, int first, int rows, const float*) noexcept {
    std::printf("%d %d %d\n", NETWORK::layers[layer].stage, first, rows);
}

static void one_by_one(void*, ssd::Executor::Task task, const void* context, int parts) {
    for (int part = 0; part < parts; ++part) task(context, part, parts);
}

int main(int count, char**) {
    NETWORK::Observer observer;
    observer.rows = say;
    const ssd::Executor executor = count > 1 ? ssd::Executor{3, one_by_one, nullptr} : ssd::serial;
    return NETWORK::forward_observed(picture, boxes, logits, workspace, executor, observer);
}
)";

std::string with_name(std::string text, const std::string& name) {
    for (std::size_t at; (at = text.find("NETWORK")) != std::string::npos;) text.replace(at, 7, name);
    return text;
}

/// What the driver prints of stages that belong to a stream, if the model of streams is right.
std::string expected(const Plan& plan, int threads) {
    std::string lines;
    int first_stage = 0;
    for (const Step& step : plan.steps) {
        if (step.stream) {
            const int height = step.last().kernel.output().height, parts = std::min(height, threads);
            const auto border = [&](int part) { return (height * part + parts - 1) / parts; };
            for (int part = 0; part < parts; ++part)
                for (const StreamOperation& operation : stream_order(step, border(part), border(part + 1)))
                    if (operation.stage >= 0)
                        lines +=
                            fmt::format("{} {} {}\n", first_stage + operation.stage, operation.first, operation.rows);
        }
        first_stage += int(step.stages.size());
    }
    return lines;
}

/// The lines of an output that are about stages of streams.
std::string of_streams(const Plan& plan, const std::string& output) {
    std::vector<bool> streamed;
    for (const Step& step : plan.steps) streamed.insert(streamed.end(), step.stages.size(), step.stream);
    std::string lines;
    std::istringstream all(output);
    for (std::string line; std::getline(all, line);)
        if (streamed.at(std::stoul(line))) lines += line + "\n";
    return lines;
}

std::string config(const char* name) { return read_file(fmt::format(SSDGEN_SOURCE_DIR "/configs/{}.json", name)); }

/// A stream of a picture with two max pools in it, whose windows the map's borders cut. Its maps shrink, so that all of
/// it in one stream takes the least memory.
std::string maxima() {
    Zoo zoo{"maxima"};
    zoo.picture = R"("height": 41, "width": 38, "channels": 3, "order": "bgr", "mean": [104, 117, 123],
                     "scale": [0.017, 0.02, 0.015])";
    zoo.layers = {convolution("c0", 16, 3, 1), max_pool("m1", "3", 2, R"("pad": 0, "rounding": "ceil")"),
                  pointwise("p2", 16), max_pool("m3", "2", 2, R"("pad": [1, 0, 0, 1], "rounding": "ceil")"),
                  pointwise("p4", 8)};
    zoo.sources = {"p4"};
    return description_of(zoo);
}

}  // namespace

TEST_CASE("An emitted stream makes rows in the order that its rings were checked with, on one thread and on three") {
    const struct {
        std::string description;
        Multipliers multipliers;
        std::size_t most_stages;  // of one stream
    } networks[] = {{config("specimen"), {}, 2}, {config("mobilenet_ssd_voc"), {0.25, 0.5}, 5}, {maxima(), {}, 5}};
    for (const auto& one : networks) {
        const Network network = make_network({one.description, runnable_targets().back(), 1, one.multipliers});
        CAPTURE(network.name());
        std::size_t most = 0;
        for (const Step& step : network.plan.steps)
            if (step.stream) most = std::max(most, step.stages.size());
        CHECK(most >= one.most_stages);

        const TemporaryFolder folder;
        const std::string& name = network.name();
        emit(network).write(folder.path());
        write_if_changed(folder.path("driver.cc"), with_name(driver, name));
        require_command(fmt::format("{} -std=c++17 -O0 -I. driver.cc {}_observer.cpp layers/*.cpp "
                                    "{}_weights.S -o driver",
                                    compiler(), name, name),
                        folder.path());
        CHECK(of_streams(network.plan, require_command("./driver", folder.path()).output) == expected(network.plan, 1));
        CHECK(of_streams(network.plan, require_command("./driver 3", folder.path()).output) ==
              expected(network.plan, 3));
    }
}
