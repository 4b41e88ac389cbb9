// The judge of the Caffe world: OpenCV's dnn runs what export wrote.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "description/read.h"
#include "opencv/judge.h"
#include "reference/test_picture.h"

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Caffe's network with a head of that kernel, prior sizes as OpenCV has them, and many boxes in the competition.
Description judged(int head_kernel) {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    HeadDescription& head = *description.head;
    head.kernel = head_kernel;
    head.priors.size_rounding = PriorSizeRounding::keep;
    head.post_processing.score_threshold = 0.06F;
    head.post_processing.detections_per_class = 400;
    head.post_processing.max_detections = head_kernel == 1 ? 200 : 20 * 400;  // cut, or all that suppression leaves
    return description;
}

/// Pairs of prior and class whose score is above the threshold.
int competing(const Head& head, const RawOutputs& raw) {
    int count = 0;
    for (int row = 0; row < head.priors; ++row) {
        const float* logits = raw.logits.data() + static_cast<std::ptrdiff_t>(row) * head.classes;
        double sum = 0;
        for (int i = 0; i < head.classes; ++i) sum += std::exp(static_cast<double>(logits[i]));
        for (int i = 0; i < head.classes; ++i)
            count += i != head.background &&
                     std::exp(static_cast<double>(logits[i])) / sum > head.post_processing.score_threshold;
    }
    return count;
}

void check_point(double alpha, int side, int head_kernel) {
    CAPTURE(alpha);
    CAPTURE(side);
    CAPTURE(head_kernel);
    const Exported network = export_network(judged(head_kernel), {alpha, side / 300.0}, 1);
    const Shape& input = network.graph.tensors[static_cast<std::size_t>(network.graph.input)].shape;
    REQUIRE(input == Shape{side, side, 3});
    const std::vector<std::uint8_t> picture = test_picture(input);
    const RawOutputs ours = run_reference(network.graph, picture);
    auto theirs = run_opencv(network.files, network.graph, picture, {"mbox_loc", "mbox_conf", "detection_out"});
    const double boxes = share_of_magnitude(theirs.at("mbox_loc"), ours.boxes);
    const double logits = share_of_magnitude(theirs.at("mbox_conf"), ours.logits);
    CHECK(boxes < 1e-4);
    CHECK(logits < 1e-4);

    const std::vector<ssd::Detection> wanted = detections_of(theirs.at("detection_out"));
    const std::vector<ssd::Detection> found = post_process(*network.graph.head, ours);
    const int candidates = competing(*network.graph.head, ours);
    CHECK(candidates >= 200);
    CHECK(found.size() >= 200);
    CHECK(found.size() == wanted.size());
    CHECK(unmatched(found, wanted) == 0);
    std::cout << "alpha " << alpha << ", " << side << " pixels, " << head_kernel << "x" << head_kernel
              << " heads: boxes differ by " << boxes << ", logits by " << logits << " of the largest; " << candidates
              << " candidates, " << found.size() << " detections\n";
}

}  // namespace

TEST_CASE("OpenCV gives the same raw outputs and detections, whatever alpha, size and head") {
    const double alphas[] = {1, 0.75, 0.5, 0.25};
    const int sides[] = {300, 224, 160, 128};
    const bool all = std::getenv("SSDGEN_TEST_ALL") != nullptr;
    for (int a = 0; a < 4; ++a)
        for (int s = 0; s < 4; ++s)
            for (const int head_kernel : {1, 3})
                if (all || a == s) check_point(alphas[a], sides[s], head_kernel);
}
