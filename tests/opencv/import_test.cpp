// Networks in the styles in which they are published: what import makes of them is what OpenCV computes with them.

#include "import/caffe/import.h"
#include "description/read.h"
#include "opencv/judge.h"
#include "reference/test_picture.h"
#include "tools/caffe_networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Both {
    Graph graph;
    CaffeFiles files;
    std::vector<std::uint8_t> picture;
};

Both imported(const caffe::NetParameter& net) {
    Both both;
    both.files = {prototxt_of(net), caffemodel_of(net)};
    Imported network = import_caffemodel_bytes(both.files.caffemodel, "net.caffemodel", both.files.prototxt,
                                               "net.prototxt", {{127.5F}, {0.007843F}, std::nullopt, ""});
    if (network.description.head) network.description.head->priors.size_rounding = PriorSizeRounding::keep;
    both.graph = build_graph(network.description);
    bind_weights(both.graph, network.description, network.weights);
    both.picture = test_picture(both.graph.tensors[static_cast<std::size_t>(both.graph.input)].shape);
    return both;
}

void check_classifier(const CaffeStyle& style) {
    const Both both = imported(caffe_classifier(style));
    auto theirs = run_opencv(both.files, both.graph, both.picture, {"fc7"});
    CHECK(share_of_magnitude(theirs.at("fc7"), run_reference(both.graph, both.picture).logits) < 1e-5);
}

void check_detector(const CaffeStyle& style) {
    const Both both = imported(caffe_detector(style));
    const RawOutputs ours = run_reference(both.graph, both.picture);
    auto theirs = run_opencv(both.files, both.graph, both.picture, {"mbox_loc", "mbox_conf", "detection_out"});
    CHECK(share_of_magnitude(theirs.at("mbox_loc"), ours.boxes) < 1e-5);
    CHECK(share_of_magnitude(theirs.at("mbox_conf"), ours.logits) < 1e-5);
    if (style.zero_factor) return;  // a variance of 0 makes numbers so large that every score is 0 or 1
    const auto wanted = detections_of(theirs.at("detection_out"));
    CHECK(wanted.size() > 10);
    CHECK(unmatched(post_process(*both.graph.head, ours), wanted) == 0);
}

}  // namespace

TEST_CASE("batch norms, merged or not, in place or not, with a factor of 0 as well") {
    for (const bool batch_norm : {false, true})
        for (const bool in_place : {false, true})
            for (const bool zero_factor : {false, true}) {
                CAPTURE(batch_norm);
                CAPTURE(in_place);
                CAPTURE(zero_factor);
                CaffeStyle style;
                style.batch_norm = batch_norm;
                style.in_place = in_place;
                style.zero_factor = zero_factor;
                check_classifier(style);
                check_detector(style);
            }
}

TEST_CASE("odd sizes, the names of other publishers, fc7 as InnerProduct, ReLU6, 3x3 heads") {
    CaffeStyle style;
    style.height = 45;
    style.width = 38;
    style.head_kernel = 3;
    style.inner_product = true;
    style.sep_names = true;
    check_classifier(style);
    style.sep_names = false;
    style.activation = "ReLU6";
    check_classifier(style);
    check_detector(style);
}

TEST_CASE("a classifier that was exported, with ReLU6 and a fully connected layer") {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_v1_imagenet.json");
    for (LayerDescription& layer : description.backbone) layer.padding = PaddingRule::caffe;
    const Exported network = export_network(description, {0.25, 128 / 224.0}, 3);
    const auto picture = test_picture({128, 128, 3});
    auto theirs = run_opencv(network.files, network.graph, picture, {"fc", "prob"});
    CHECK(share_of_magnitude(theirs.at("fc"), run_reference(network.graph, picture).logits) < 1e-5);
    CHECK(theirs.at("prob").size() == 1001);
}
