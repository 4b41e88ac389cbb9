#include "description/unusual.h"

#include "description/read.h"
#include "support/warnings.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;

namespace {

Description voc() {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    description.file = "net.json";
    return description;
}

std::vector<std::string> warnings_of(const Description& description) {
    take_warnings();
    warn_unusual_input(description.input, "net.json: /input/mean", "net.json: /input/scale");
    warn_unusual(description);
    return take_warnings();
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the project's own descriptions are nothing to warn of") {
    take_warnings();
    for (const char* folder : {"/configs", "/configs/demo"})
        for (const auto& entry : std::filesystem::directory_iterator(std::string(SSDGEN_SOURCE_DIR) + folder)) {
            const std::string name = entry.path().filename().string();
            if (entry.path().extension() != ".json" || name == "network.schema.json" || name == "calibration.json")
                continue;
            CAPTURE(name);
            read_description(entry.path().string());
            CHECK(take_warnings() == Lines{});
        }
}

TEST_CASE("the zero point of a quantised picture is a usual mean, whole and small as it is") {
    Description d = voc();
    for (const float mean : {-1.0F, 0.0F, 1.0F, 256.0F}) {
        d.input.mean = {mean, mean, mean};
        d.input.scale = {0.0039F, 0.0039F, 0.0039F};
        CHECK(warnings_of(d) == Lines{});
        CHECK(is_usual_input(d.input));
    }
    d.input.mean = {0.5F, 0.5F, 0.5F};
    CHECK_FALSE(is_usual_input(d.input));
}

TEST_CASE("an input whose numbers are not those of bytes") {
    Description d = voc();
    d.input.mean = {123.7F, 116.3F, 103.5F};
    for (const float usual : {1.0F, 1 / 255.0F, 0.017F, 0.00199F, 2.3F}) {
        d.input.scale = {usual, usual, usual};
        CHECK(warnings_of(d) == Lines{});
    }
    d.input.scale = {58.4F, 57.1F, 57.4F};
    REQUIRE(warnings_of(d).size() == 3);
    CHECK(warnings_of(d)[0] ==
          "net.json: /input/scale: found 58.4, which makes 14892 of the byte 255; input = (byte - mean) * scale: is "
          "1/58.4 meant?");
    d.input.scale = {0.0019F, 0.017F, 0.017F};
    CHECK(
        warnings_of(d) ==
        Lines{
            "net.json: /input/scale: found 0.0019, which makes 0.4845 of the byte 255; input = (byte - mean) * scale, "
            "with bytes of 0 to 255: is 0.4845 meant?"});
    d.input.mean = {0.5F, 0.5F, 0.5F};
    d.input.scale = {0.017F, 0.017F, 0.017F};
    CHECK(warnings_of(d) == Lines{"net.json: /input/mean: found [0.5, 0.5, 0.5], a mean of pictures in 0 to 1; the "
                                  "bytes are 0 to 255: is [127.5, 127.5, "
                                  "127.5] meant?"});
    d.input.mean = {0, 0, 0};
    CHECK(warnings_of(d) == Lines{});
    d.input.mean = {0, 300, 0};
    CHECK(warnings_of(d) == Lines{"net.json: /input/mean: found 300; it is subtracted from bytes of 0 to 255"});
}

TEST_CASE("a head whose numbers have another meaning") {
    Description d = voc();
    HeadDescription& head = *d.head;
    head.box_code.variances = {1, 1, 1, 1};  // encoded in the target
    CHECK(warnings_of(d) == Lines{});
    head.box_code.variances = {10, 10, 5, 5};
    CHECK(
        warnings_of(d) ==
        Lines{"net.json: /head/box_code/variances: found [10, 10, 5, 5]; variances are factors, 1 over what TensorFlow "
              "states: is [0.1, 0.1, 0.2, 0.2] meant?"});
    d = voc();
    d.head->post_processing.score_threshold = 0.45F;
    d.head->post_processing.iou_threshold = 0.01F;
    CHECK(
        warnings_of(d) ==
        Lines{"net.json: /head/post_processing/iou_threshold: found 0.01 beside a score_threshold of 0.45; boxes that "
              "hardly touch suppress each other: are the two exchanged?"});
    d = voc();
    d.head->classes = 1;
    d.head->background = -1;
    CHECK(warnings_of(d) ==
          Lines{"net.json: /head/scores: found \"softmax\" of one class, which is always 1; is \"sigmoid\" meant, or a "
                "background missing in classes?"});
}

TEST_CASE("prior sizes and steps that are no pixels of the picture") {
    Description d = voc();
    for (SourceDescription& source : d.head->sources)
        for (auto* sizes : {&source.min_sizes, &source.max_sizes})
            for (double& size : *sizes) size /= 300;
    CHECK(warnings_of(d) == Lines{"net.json: /head/sources: found prior sizes of at most 1; they are in pixels, not "
                                  "parts of the picture: is 300 "
                                  "meant?"});
    d = voc();
    d.head->sources[5].min_sizes[0] = 301;
    d.head->sources[2].step = 301;
    CHECK(warnings_of(d) == Lines{"net.json: /head/sources/2/step: found 301 in a picture of 300x300; it is the "
                                  "distance of the map's cells in pixels at rho 1",
                                  "net.json: /head/sources/5/min_sizes/0: found 301, larger than the picture of "
                                  "300x300; sizes are in its pixels at rho 1"});
    d = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_coco.json");
    d.file = "net.json";
    d.head->priors.min_scale = 2;
    d.head->priors.max_scale = 9.5;
    CHECK(
        warnings_of(d) ==
        Lines{"net.json: /head/priors/min_scale: found 2; scales are parts of the picture, so that every box is larger "
              "than it"});
}

TEST_CASE("an epsilon that is the decay of the batch norm") {
    Description d = voc();
    d.batch_norm_epsilon = 0.9997F;
    CHECK(warnings_of(d) == Lines{"net.json: /batch_norm/epsilon: found 0.9997; it is added to the variance, and usual "
                                  "are 1e-05 and 0.001: is "
                                  "this the decay?"});
}
