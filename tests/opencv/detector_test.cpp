// The judge of the Caffe world: OpenCV's dnn runs what export wrote; the emitted code has to give the same.

#include "description/read.h"
#include "opencv/judge.h"
#include "reference/test_picture.h"
#include "tools/generated_program.h"
#include "tools/long_run.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <iostream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

constexpr int seed = 1;  // of the weights that are exported, and of those that are emitted

struct Point {
    double alpha;
    int side, head_kernel;
    double rho() const { return side / 300.0; }
};

/// Caffe's network with a head of that kernel, prior sizes as OpenCV has them, and many boxes in the competition.
Description judged(const Point& point) {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    description.name = fmt::format("alpha_{:.0f}_side_{}_kernel_{}", 100 * point.alpha, point.side, point.head_kernel);
    HeadDescription& head = *description.head;
    head.kernel = point.head_kernel;
    head.priors.size_rounding = PriorSizeRounding::keep;
    head.post_processing.score_threshold = 0.06F;
    head.post_processing.detections_per_class = 400;
    head.post_processing.max_detections = head.kernel == 1 ? 200 : 20 * 400;  // cut, or all that suppression leaves
    return description;
}

GeneratedNetwork generated(const Point& point) {
    return {judged(point), fmt::format("--alpha {} --rho {} --random-weights {}", point.alpha, point.rho(), seed)};
}

/// Pairs of prior and class whose score is above the threshold.
int competing(const Head& head, const std::vector<float>& all_logits) {
    int count = 0;
    for (int row = 0; row < head.priors; ++row) {
        const float* logits = all_logits.data() + static_cast<std::ptrdiff_t>(row) * head.classes;
        double sum = 0;
        for (int i = 0; i < head.classes; ++i) sum += std::exp(static_cast<double>(logits[i]));
        for (int i = 0; i < head.classes; ++i)
            count += i != head.background &&
                     std::exp(static_cast<double>(logits[i])) / sum > head.post_processing.score_threshold;
    }
    return count;
}

void check_point(const Point& point, const GeneratedProgram& program) {
    const Exported network = export_network(judged(point), {point.alpha, point.rho()}, seed);
    CAPTURE(network.description.name);
    const Shape& input = network.graph.tensors[static_cast<std::size_t>(network.graph.input)].shape;
    REQUIRE(input == Shape{point.side, point.side, 3});
    const std::vector<std::uint8_t> picture = test_picture(input);
    auto theirs = run_opencv(network.files, network.graph, picture, {"mbox_loc", "mbox_conf", "detection_out"});

    const GeneratedOutputs ours = program.run(network.description.name, picture);
    const double boxes = share_of_magnitude(ours.boxes, theirs.at("mbox_loc"));
    const double logits = share_of_magnitude(ours.logits, theirs.at("mbox_conf"));
    CHECK(boxes < 1e-4);
    CHECK(logits < 1e-4);

    // If these fail with the ones above, the emitted code is not to blame.
    const RawOutputs reference = run_reference(network.graph, picture);
    CHECK(share_of_magnitude(reference.boxes, theirs.at("mbox_loc")) < 1e-4);
    CHECK(share_of_magnitude(reference.logits, theirs.at("mbox_conf")) < 1e-4);

    const std::vector<ssd::Detection> wanted = detections_of(theirs.at("detection_out"));
    const std::vector<ssd::Detection> found = detections_of(ours.rows);
    const int candidates = competing(*network.graph.head, theirs.at("mbox_conf"));
    CHECK(candidates >= 200);
    CHECK(found.size() >= 200);
    CHECK(found.size() == wanted.size());
    CHECK(unmatched(found, wanted) == 0);
    std::cout << fmt::format(
        "alpha {}, {} pixels, {}x{} heads: boxes differ by {:.1e}, logits by {:.1e} of the largest; "
        "{} candidates, {} detections\n",
        point.alpha, point.side, point.head_kernel, point.head_kernel, boxes, logits, candidates, found.size());
}

void check_points(const std::vector<Point>& points) {
    std::vector<GeneratedNetwork> networks;
    for (const Point& point : points) networks.push_back(generated(point));
    const GeneratedProgram program(networks);
    for (const Point& point : points) check_point(point, program);
}

}  // namespace

TEST_CASE("The emitted code gives OpenCV's raw outputs and detections, whatever alpha, size and head") {
    const double alphas[] = {1, 0.75, 0.5, 0.25};
    const int sides[] = {300, 224, 160, 128};
    if (is_long_run()) {
        for (const double alpha : alphas) {  // in four programs, so that they need little space
            std::vector<Point> points;
            for (const int side : sides)
                for (const int head_kernel : {1, 3}) points.push_back({alpha, side, head_kernel});
            check_points(points);
        }
        return;
    }
    // Every alpha and every size with either head, in eight pairs of alpha and size.
    std::vector<Point> points;
    for (int i = 0; i < 4; ++i) {
        points.push_back({alphas[i], sides[i], 1});
        points.push_back({alphas[i], sides[3 - i], 3});
    }
    check_points(points);
}
