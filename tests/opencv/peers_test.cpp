// The networks that the comparison with other engines is run on: our importer and the emitted code against OpenCV's
// dnn, ONNX Runtime and numpy, each on its own form of the file.

#include "description/read.h"
#include "opencv/judge.h"
#include "support/files.h"
#include "tools/generated_program.h"
#include "tools/long_run.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string peers_folder = SSDGEN_SOURCE_DIR "/../shared/peers";
const std::string onnx_runtime_folder = SSDGEN_NPM_FOLDER;  // `./run test` installs it there
constexpr float mean = 127.5F, scale = 0.007843F;           // of make_models.py's input

/// A python3 that can make the networks: need::onnx says whether there is one.
std::string python() {
    const char* chosen = std::getenv("PYTHON");
    for (const std::string one : {chosen != nullptr ? chosen : "python3", "python3"})
        if (run_command(quoted(one) + " -c 'import numpy, onnx'").status == 0) return one;
    return "/usr/bin/python3";
}

constexpr Need onnx_runtime{"node with ONNX Runtime (npm: onnxruntime-node, in the build folder's npm)",
                            "node -e 'require(process.argv[1])' '" SSDGEN_NPM_FOLDER "/node_modules/onnxruntime-node'",
                            true};

struct Point {
    double alpha;
    int size;
    std::string weights() const { return fmt::format("a{:03.0f}", 100 * alpha); }
    std::string name() const { return fmt::format("ssd_{}_s{}", weights(), size); }
};

/// [height][width][3] bytes whose normalised values are the planes [3][height][width].
std::vector<std::uint8_t> picture_of(const std::vector<float>& planes) {
    std::vector<std::uint8_t> picture(planes.size());
    const std::size_t pixels = planes.size() / 3;
    double apart = 0;
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t i = 0; i < pixels; ++i) {
            const double value = planes[c * pixels + i];
            const double byte = std::clamp(std::round(value / scale + mean), 0.0, 255.0);
            apart = std::max(apart, std::abs((byte - mean) * scale - value));
            picture[i * 3 + c] = static_cast<std::uint8_t>(byte);
        }
    REQUIRE(apart < 1e-6);
    return picture;
}

std::vector<float> softmax(std::vector<float> logits, std::size_t classes) {
    for (auto row = logits.begin(); row != logits.end(); row += static_cast<std::ptrdiff_t>(classes)) {
        const auto end = row + static_cast<std::ptrdiff_t>(classes);
        const double largest = *std::max_element(row, end);
        double sum = 0;
        for (auto logit = row; logit != end; ++logit) sum += std::exp(*logit - largest);
        for (auto logit = row; logit != end; ++logit) *logit = static_cast<float>(std::exp(*logit - largest) / sum);
    }
    return logits;
}

/// What a judge or we made of a network: boxes [priors][4], scores [priors][21].
struct Outputs {
    std::vector<float> boxes, scores;
};

Outputs read_outputs(const std::string& prefix) {
    return {read_floats(prefix + ".mbox_loc.f32"), read_floats(prefix + ".mbox_conf.f32")};
}

struct Peers {
    TemporaryFolder folder;
    bool onnx_runtime = !lacks(::onnx_runtime);
    std::string path(const Point& point, const std::string& ending) const { return folder.path(point.name() + ending); }

    Peers(const std::string& python, const std::vector<Point>& points) {
        std::string command =
            fmt::format("{} {} {} {}", quoted(python), quoted(SSDGEN_SOURCE_DIR "/tests/opencv/make_peers.py"),
                        quoted(peers_folder), quoted(folder.path()));
        for (const Point& point : points) command += fmt::format(" {}:{}", point.alpha, point.size);
        require_command(command);
    }

    GeneratedNetwork imported(const Point& point) const {
        const std::string config = path(point, ".json"), weights = path(point, ".safetensors");
        require_command(
            fmt::format("{} import {}.caffemodel --prototxt {}.prototxt --mean {} --scale {} --channel-order bgr "
                        "--out-config {} --out-weights {}",
                        quoted(SSDGEN_EXECUTABLE), quoted(folder.path(point.weights())), quoted(path(point, "")), mean,
                        scale, quoted(config), quoted(weights)));
        GeneratedNetwork network{read_description(config), "--weights " + quoted(weights)};
        network.description.name = point.name();
        return network;
    }

    Outputs opencv(const Point& point, const std::vector<float>& input) const {
        const CaffeFiles files{read_file(path(point, ".prototxt")),
                               read_file(folder.path(point.weights()) + ".caffemodel")};
        auto blobs = run_opencv(files, {point.size, point.size, 3}, input, {"mbox_loc", "mbox_conf_flatten"});
        return {blobs.at("mbox_loc"), blobs.at("mbox_conf_flatten")};
    }

    Outputs onnx(const Point& point) const {
        require_command(fmt::format("node {}/ort_bench.js {} {} {} 1x3x{}x{} 1 1 0 {}", quoted(peers_folder),
                                    quoted(onnx_runtime_folder), quoted(path(point, ".onnx")),
                                    quoted(path(point, ".f32")), point.size, point.size,
                                    quoted(path(point, ".onnx_runtime"))));
        return read_outputs(path(point, ".onnx_runtime"));
    }
};

void check_agreement(const std::string& judge, const Point& point, const Outputs& ours, const Outputs& theirs) {
    CAPTURE(judge);
    CAPTURE(point.name());
    const double boxes = share_of_magnitude(ours.boxes, theirs.boxes);
    const double scores = share_of_magnitude(ours.scores, theirs.scores);
    CHECK(boxes < 1e-4);
    CHECK(scores < 1e-4);
    std::cout << fmt::format("{} and {}: boxes differ by {:.1e}, scores by {:.1e} of the largest\n", point.name(),
                             judge, boxes, scores);
}

void check_points(const std::string& python, const std::vector<Point>& points) {
    const Peers peers(python, points);
    std::vector<GeneratedNetwork> networks;
    for (const Point& point : points) networks.push_back(peers.imported(point));
    const GeneratedProgram program(networks);
    for (const Point& point : points) {
        const std::vector<float> input = read_floats(peers.path(point, ".f32"));
        const GeneratedOutputs raw = program.run(point.name(), picture_of(input));
        const Outputs ours{raw.boxes, softmax(raw.logits, 21)};
        check_agreement("OpenCV", point, ours, peers.opencv(point, input));
        check_agreement("numpy", point, ours, read_outputs(peers.path(point, ".numpy")));
        if (peers.onnx_runtime) check_agreement("ONNX Runtime", point, ours, peers.onnx(point));
    }
}

}  // namespace

TEST_CASE("The networks of the speed comparison, imported and emitted: OpenCV, ONNX Runtime and numpy give the same") {
    if (lacks(need::peers) || lacks(need::onnx)) return;
    const std::string chosen = python();
    if (!is_long_run()) {
        check_points(chosen, {{1, 128}, {0.5, 160}, {0.25, 128}});
        return;
    }
    for (const double alpha : {1.0, 0.75, 0.5, 0.25})  // in four programs, so that they need little space
        check_points(chosen, {{alpha, 300}, {alpha, 224}, {alpha, 192}, {alpha, 160}, {alpha, 128}});
}
