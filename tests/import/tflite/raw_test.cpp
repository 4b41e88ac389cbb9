// Detectors that end in boxes and scores, without TFLite_Detection_PostProcess; tests/cases has the messages.
#include "description/read.h"
#include "description/write.h"
#include "import/import.h"
#include "tools/message.h"
#include "tools/synthetic_model.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A file that goes with the object.
class File {
  public:
    File(const std::string& name, const std::string& bytes) : path_(folder_.path(name)) {
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    const std::string& path() const { return path_; }

  private:
    TemporaryFolder folder_;
    std::string path_;
};

/// For two sources of three boxes each.
const char* const caffe_head = R"({
    "background": 0, "scores": "sigmoid", "box_code": {"order": "yxhw", "variances": [0.1, 0.1, 0.2, 0.2]},
    "priors": {"convention": "caffe", "flip": true, "clip": false, "offset": 0.5, "size_rounding": "truncate",
               "follow_rho": "relative"},
    "sources": [{"min_sizes": [8], "aspect_ratios": [2]}, {"min_sizes": [12], "aspect_ratios": [2], "step": 9}],
    "post_processing": {"dialect": "tflite-fast", "score_threshold": 0.25, "iou_threshold": 0.5, "max_detections": 20,
                        "max_classes_per_detection": 1}})";

ImportOptions named(const std::string& head) {
    ImportOptions options{{128}, {1.0F / 128}, std::nullopt};
    options.boxes = "boxes";
    options.scores = "scores";
    options.head = head;
    return options;
}

}  // namespace

TEST_CASE("with and without its post-processing a detector has the same layers and weights") {
    const File head("head.json", caffe_head);
    SyntheticModel model;
    const Imported whole =
        import_tflite_bytes(synthetic_detector(model), "net.tflite", {{128}, {1.0F / 128}, std::nullopt});
    model.raw = true;
    const Imported raw = import_tflite_bytes(synthetic_detector(model), "net.tflite", named(head.path()));
    for (const auto& [name, tensor] : raw.weights.tensors)
        CHECK(whole.weights.tensors.at(name).values() == tensor.values());
    CHECK(raw.weights.tensors.size() + 1 == whole.weights.tensors.size());
    CHECK(whole.weights.tensors.count("priors") == 1);
    REQUIRE(raw.description.head);
    CHECK(raw.description.head->classes == 11);
    REQUIRE(raw.description.head->sources.size() == 2);
    CHECK(raw.description.head->sources[1].layer == "conv3_2");
    CHECK(raw.description.head->sources[1].boxes == 3);
    CHECK(raw.description.head->sources[1].step == 9);
    // But for the priors, the sizes of the sources among them, all is said alike.
    Description same = raw.description;
    same.head->priors = whole.description.head->priors;
    same.head->sources = whole.description.head->sources;
    CHECK(write_description(same) == write_description(whole.description));
}

TEST_CASE("which of two outputs are the boxes the description tells that the weights are for") {
    const File head("head.json", caffe_head);
    SyntheticModel model;
    model.raw = true;
    const File file("net.tflite", synthetic_detector(model));
    const Imported imported = import_tflite(file.path(), named(head.path()));
    const Weights weights = read_weights(file.path(), imported.description);
    REQUIRE(weights.tensors.size() == imported.weights.tensors.size());
    for (const auto& [name, tensor] : imported.weights.tensors)
        CHECK(weights.tensors.at(name).values() == tensor.values());

    // With four classes either could be: the options have to tell.
    model.classes = 3;
    const File four("four.tflite", synthetic_detector(model));
    const Imported ambiguous = import_tflite(four.path(), named(head.path()));
    const std::string shapes = "'boxes' of shape [1,240,4], 'scores' of shape [1,240,4]";
    CHECK(message_of([&] { read_weights(four.path(), ambiguous.description); }) ==
          four.path() + ": has the outputs " + shapes + ", each of which could be the boxes and the scores of " +
              ambiguous.description.file +
              "; allowed: two that fit its 2 sources of 4 and 4 numbers a box, or import --into with --boxes and "
              "--scores");
    ImportOptions names;
    names.boxes = "boxes";
    names.scores = "scores";
    const Weights told = import_weights(four.path(), ambiguous.description, names);
    for (const auto& [name, tensor] : ambiguous.weights.tensors)
        CHECK(told.tensors.at(name).values() == tensor.values());
}

TEST_CASE("named tensors do not stand beside TFLite_Detection_PostProcess, which states the head itself") {
    const File head("head.json", caffe_head);
    CHECK(message_of([&] { import_tflite_bytes(synthetic_detector({}), "net.tflite", named(head.path())); }) ==
          "net.tflite: states its head itself, in TFLite_Detection_PostProcess; allowed: no --boxes, --scores, --head");
}

TEST_CASE("operators behind the named tensors are not read") {
    const File head("head.json", R"({
        "background": -1, "scores": "softmax", "box_code": {"order": "xywh", "variances": [0.1, 0.1, 0.2, 0.2]},
        "priors": {"convention": "caffe", "flip": false, "clip": false, "offset": 0.5, "size_rounding": "keep",
                   "follow_rho": "relative"},
        "sources": [{"min_sizes": [2]}],
        "post_processing": {"dialect": "tflite-fast", "score_threshold": 0.25, "iou_threshold": 0.5,
                            "max_detections": 20, "max_classes_per_detection": 1}})");
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 4, 4, 3}, float32);
    const int y = file.tensor("y", {1, 4, 4, 2}, float32);
    file.convolution({x, file.floats("w", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6})}, y, {});
    const int boxes = file.tensor("boxes", {1, 4, 4, 4}, float32);  // the map of one predictor, not reshaped
    file.convolution({y, file.floats("v", {4, 1, 1, 2}, std::vector<float>(8, 1))}, boxes, {});
    const int scores = file.tensor("scores", {1, 4, 4, 5}, float32);
    file.convolution({y, file.floats("u", {5, 1, 1, 2}, std::vector<float>(10, 2))}, scores, {});
    const int chosen = file.tensor("chosen", {16}, int32);
    file.plain(Code::NON_MAX_SUPPRESSION_V5, {boxes, scores}, {chosen});
    const std::string bytes = file.finish({x}, {chosen});
    const Imported imported = import_tflite_bytes(bytes, "net.tflite", named(head.path()));
    CHECK(imported.description.head->classes == 5);
    CHECK(imported.weights.tensors.at("y_mbox_conf.weight").values() == std::vector<float>(10, 2));
}
