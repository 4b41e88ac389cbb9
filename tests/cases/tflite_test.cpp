// TensorFlow Lite files as they have come out of converters since 2018.
#include "cases.h"
#include "import/import.h"
#include "support/files.h"
#include "tools/tflite_builder.h"
#include "weights/safetensors.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <vector>

using namespace ssdgen::test;
using nlohmann::json;

namespace {

const std::string normalised = " --mean 127.5 --scale 0.007843";

std::string import_words(const std::string& name, const std::string& options = "") {
    return "import " + name + ".tflite" + options + " --out-config " + name + ".json --out-weights " + name +
           ".safetensors";
}

json read_json(const Case& folder, const std::string& file) {
    return json::parse(ssdgen::read_file(folder.path(file)));
}

/// What import writes generate takes.
void check_generated(const Case& folder, const std::string& name) {
    folder.check_done("generate " + name + ".json --weights " + name + ".safetensors --target portable --out out_" +
                      name + " --warnings-as-errors");
    CHECK(folder.has("out_" + name + "/plan.json"));
}

void write_json(const Case& folder, const std::string& file, const json& head) {
    ssdgen::write_together({{folder.path(file), head.dump(2) + "\n"}});
}

json tensorflow_head() {
    return json::parse(R"({
        "background": 0, "scores": "sigmoid", "box_code": {"order": "yxhw", "variances": [0.1, 0.1, 0.2, 0.2]},
        "priors": {"convention": "tensorflow", "min_scale": 0.2, "max_scale": 0.95, "aspect_ratios": [1, 2, 0.5],
                   "interpolated_scale_aspect_ratio": 1, "reduce_boxes_in_lowest_layer": true},
        "post_processing": {"dialect": "tflite-fast", "score_threshold": 0.3, "iou_threshold": 0.6, "max_detections": 10,
                            "max_classes_per_detection": 1}})");
}

json caffe_head() {
    json head = tensorflow_head();
    head["priors"] = json::parse(R"({"convention": "caffe", "flip": true, "clip": false, "offset": 0.5,
                                     "size_rounding": "truncate", "follow_rho": "relative"})");
    head["sources"] = json::parse(R"([{"min_sizes": [4], "aspect_ratios": [2]}])");
    return head;
}

const std::string named = " --boxes box_encodings --scores class_predictions --head ";

std::vector<float> floats_of(const std::string& path) {
    const std::string bytes = ssdgen::read_file(path);
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), values.size() * 4);
    return values;
}

}  // namespace

TEST_CASE(
    "A bias whose scales claim dimension 3, bytes that the file casts, a multiplier on one channel: imported and "
    "generated") {
    const Case folder{"bias_dim3.tflite", "cast_u8.tflite", "dw_multiplier_gray.tflite"};
    folder.check_done(import_words("bias_dim3"));
    check_generated(folder, "bias_dim3");
    const ssdgen::Weights weights = ssdgen::read_weights(folder.path("bias_dim3.safetensors"), {});
    CHECK(weights.tensors.at("d1.bias").shape == std::vector<int>{4});
    // It ends in a map, whose values are the logits.
    CHECK(read_json(folder, "out_bias_dim3/plan.json")["classes"] == 8 * 8 * 4);
    require_command("CXX=" + quoted(compiler()) +
                        " cmake -S out_bias_dim3 -B build && cmake --build build -j2 --target bias_dim3_selftest && "
                        "build/bias_dim3_selftest",
                    folder.path(""));

    folder.check_done(import_words("cast_u8"));
    CHECK(read_json(folder, "cast_u8.json")["input"]["mean"] == json({0, 0, 0}));
    CHECK(read_json(folder, "cast_u8.json")["input"]["scale"] == json({1, 1, 1}));
    check_generated(folder, "cast_u8");
    folder.check_refused(import_words("cast_u8", normalised), 1,
                         "cast_u8.tflite: states its input normalisation itself; allowed: no --mean, --scale or --std");

    folder.check_done(import_words("dw_multiplier_gray", normalised));
    CHECK(read_json(folder, "dw_multiplier_gray.json")["backbone"][0]["type"] == "convolution");
    check_generated(folder, "dw_multiplier_gray");
}

TEST_CASE("A classifier that ends in LOGISTIC: its code gives sigmoids, and Caffe's files a Sigmoid") {
    const Case folder{"binary_sigmoid.tflite"};
    folder.check_done(import_words("binary_sigmoid", normalised));
    CHECK(read_json(folder, "binary_sigmoid.json")["scores"] == "sigmoid");
    check_generated(folder, "binary_sigmoid");
    folder.run("printf '%768s' '' > picture.u8");
    require_command(
        "CXX=" + quoted(compiler()) +
            " cmake -S out_binary_sigmoid -B build && cmake --build build -j2 --target binary_sigmoid_classify",
        folder.path(""));
    const CommandResult result =
        require_command("build/binary_sigmoid_classify --raw-input picture.u8 --json --dump-raw raw", folder.path(""));
    const json classes = json::parse(result.output)["classes"];
    REQUIRE(classes.size() == 1);
    const double logit = double(floats_of(folder.path("raw/logits.f32")).at(0));
    CHECK(classes[0]["score"].get<double>() == doctest::Approx(1 / (1 + std::exp(-logit))).epsilon(1e-6));

    json even = read_json(folder, "binary_sigmoid.json");  // Caffe pads the same on opposite sides
    even["backbone"][0]["padding"] = "caffe";
    write_json(folder, "even.json", even);
    folder.check_done(
        "export even.json --weights binary_sigmoid.safetensors --prototxt b.prototxt --caffemodel b.caffemodel");
    folder.check_done("import b.caffemodel --prototxt b.prototxt" + normalised +
                      " --channel-order rgb --out-config again.json --out-weights again.safetensors");
    CHECK(read_json(folder, "again.json")["scores"] == "sigmoid");
}

TEST_CASE("Two maps added: imported and generated, and the self-test agrees with the reference") {
    const Case folder{"residual.tflite"};
    folder.check_done(import_words("residual", normalised));
    const json sum = read_json(folder, "residual.json")["backbone"][4];
    CHECK(sum["type"] == "add");
    CHECK(sum["inputs"] == json({"p1", "p2"}));
    check_generated(folder, "residual");
    require_command("CXX=" + quoted(compiler()) +
                        " cmake -S out_residual -B build && cmake --build build -j2 --target residual_selftest && "
                        "build/residual_selftest",
                    folder.path(""));
}

TEST_CASE("Two outputs that are no detector are named for what they are") {
    const Case folder{"two_outputs.tflite"};
    folder.check_refused(
        import_words("two_outputs", normalised), 1,
        "two_outputs.tflite: has 2 outputs, 's' of shape [1,3], 'p1' of shape [1,8,8,8]; allowed: one of "
        "a classifier, those of TFLite_Detection_PostProcess, or a detector's raw ones named by --boxes "
        "and --scores");
}

TEST_CASE("A detector without post-processing: what its file does not say is asked for by name") {
    const Case folder{"raw_detector.tflite"};
    folder.check_refused(
        import_words("raw_detector", normalised), 1,
        "raw_detector.tflite: ends in the raw outputs 'box_encodings' of shape [1,192,4], "
        "'class_predictions' of shape [1,192,3] of a detector, without TFLite_Detection_PostProcess, "
        "which states priors and thresholds; allowed: such a detector with --boxes NAME, --scores NAME "
        "and --head H.json");
    folder.check_refused(import_words("raw_detector", normalised + " --scores class_predictions"), 2,
                         "--scores: found without --boxes, --head; allowed: --boxes, --scores and --head together");
    const auto refused = [&](const json& head, const std::string& message) {
        write_json(folder, "h.json", head);
        folder.check_refused(import_words("raw_detector", normalised + named + "h.json"), 1, "h.json: " + message);
    };
    const std::string five = R"("background", "scores", "box_code", "priors", "post_processing")";
    refused(json::object(), "missing " + five + "; allowed: a head with " + five);
    for (const char* key : {"background", "scores", "box_code", "priors", "post_processing"}) {
        json head = tensorflow_head();
        head.erase(key);
        refused(head, "missing \"" + std::string(key) + "\"; allowed: a head with " + five);
    }
    json head = caffe_head();
    head.erase("sources");
    refused(head, "missing \"sources\"; allowed: a head with " + five + ", \"sources\"");
    head = tensorflow_head();
    head["anchors"] = 1;
    refused(head,
            "/anchors: unknown key; allowed: \"kernel\", \"padding\", \"classes\", \"background\", \"scores\", "
            "\"box_code\", \"priors\", \"sources\", \"post_processing\"");
    head = tensorflow_head();
    head["priors"] = {{"convention", "table"}};
    refused(head,
            "/priors/convention: found \"table\"; allowed: \"caffe\", \"tensorflow\" (a table comes with "
            "TFLite_Detection_PostProcess alone)");
    head = caffe_head();
    head["sources"][0].erase("min_sizes");
    refused(head, "/sources/0/min_sizes: missing; allowed: a list of 1 to 64 numbers");
}

TEST_CASE("A stated head does not contradict the file") {
    const Case folder{"raw_detector.tflite"};
    const auto refused = [&](const char* pointer, const json& value, const std::string& message) {
        json head = caffe_head();
        head[json::json_pointer(pointer)] = value;
        write_json(folder, "h.json", head);
        folder.check_refused(import_words("raw_detector", normalised + named + "h.json"), 1, "h.json: " + message);
    };
    refused("/scores", "softmax",
            "/scores: found \"softmax\"; allowed: \"sigmoid\", which raw_detector.tflite makes of 'class_predictions'");
    refused("/background", 3,
            "/background: found 3; allowed: a column of the 3 of 'class_predictions' in raw_detector.tflite, or -1 for "
            "none");
    refused("/classes", 2, "/classes: found 2; allowed: 3, as raw_detector.tflite has it");
    refused("/kernel", 3, "/kernel: found 3; allowed: 1, as raw_detector.tflite has it");
    refused("/sources/0/layer", "p1",
            "/sources/0/layer: found \"p1\"; allowed: \"conv1\", as raw_detector.tflite has it");
    refused("/sources/0/boxes", 4, "/sources/0/boxes: found 4; allowed: 3, as raw_detector.tflite has it");
    refused("/sources/1", {{"min_sizes", {8}}},
            "/sources: found 2; allowed: 1, one for each predictor of 'box_encodings' in raw_detector.tflite");
    refused(
        "/sources/0/aspect_ratios", {2, 3},
        "/priors: makes 5 boxes a cell on 'conv1'; allowed: 3, as many as the predictor has in raw_detector.tflite");
    write_json(folder, "h.json", tensorflow_head());
    folder.check_refused(
        import_words("raw_detector", normalised + " --boxes boxes --scores class_predictions --head h.json"), 1,
        "raw_detector.tflite: has no tensor 'boxes'; allowed for --boxes: the name of a tensor that the network makes "
        "('box_encodings', 'class_predictions' of its outputs)");
    folder.check_refused(
        import_words("raw_detector", normalised + " --boxes class_predictions --scores box_encodings --head h.json"), 1,
        "raw_detector.tflite: its tensor 'class_predictions' went through LOGISTIC or SOFTMAX; allowed for --boxes: "
        "box "
        "encodings");
}

TEST_CASE(
    "A detector without post-processing and its head become a description; before LOGISTIC and after it the same") {
    const Case folder{"raw_detector.tflite"};
    write_json(folder, "tensorflow.json", tensorflow_head());
    write_json(folder, "caffe.json", caffe_head());
    folder.check_done(import_words("raw_detector", normalised + named + "tensorflow.json"));
    const json head = read_json(folder, "raw_detector.json")["head"];
    CHECK(head["sources"] == json::parse(R"([{"layer": "conv1", "boxes": 3}])"));
    CHECK(head["classes"] == 3);
    const json stated = tensorflow_head();
    for (const auto& [key, value] : stated.items()) CHECK(head[key] == value);
    check_generated(folder, "raw_detector");

    folder.check_done(
        "import raw_detector.tflite" + normalised +
        " --boxes loc --scores cls --head tensorflow.json --out-config b.json --out-weights b.safetensors");
    CHECK(ssdgen::read_file(folder.path("b.json")) == ssdgen::read_file(folder.path("raw_detector.json")));
    CHECK(ssdgen::read_file(folder.path("b.safetensors")) ==
          ssdgen::read_file(folder.path("raw_detector.safetensors")));

    folder.check_done("import raw_detector.tflite" + normalised + named +
                      "caffe.json --out-config c.json --out-weights c.safetensors");
    CHECK(read_json(folder, "c.json")["head"]["sources"] ==
          json::parse(R"([{"layer": "conv1", "boxes": 3, "min_sizes": [4], "aspect_ratios": [2]}])"));
    // The whole head of a description that was made from the file is a stated head too.
    write_json(folder, "whole.json", read_json(folder, "c.json")["head"]);
    folder.check_done("import raw_detector.tflite" + normalised + named +
                      "whole.json --out-config d.json --out-weights d.safetensors");
    CHECK(ssdgen::read_file(folder.path("d.json")) == ssdgen::read_file(folder.path("c.json")));
}

TEST_CASE("A model file as weights for a description that exists") {
    const Case folder{"raw_detector.tflite", "two_outputs.tflite", "cast_u8.tflite", "tiny_ssd.prototxt",
                      "tiny_ssd.caffemodel"};
    write_json(folder, "h.json", tensorflow_head());
    folder.check_done(import_words("raw_detector", normalised + named + "h.json"));
    const std::string weights = ssdgen::read_file(folder.path("raw_detector.safetensors"));
    const std::string description = ssdgen::read_file(folder.path("raw_detector.json"));
    CHECK(folder.ssdgen("import raw_detector.tflite --into raw_detector.json --out-weights w.safetensors").output ==
          "wrote w.safetensors: weights of raw_detector\nnext: ssdgen generate raw_detector.json --weights "
          "w.safetensors\n");
    CHECK(ssdgen::read_file(folder.path("w.safetensors")) == weights);
    folder.check_done(
        "import raw_detector.tflite --into raw_detector.json --boxes loc --scores cls --out-weights v.safetensors");
    CHECK(ssdgen::read_file(folder.path("v.safetensors")) == weights);
    CHECK(ssdgen::read_file(folder.path("raw_detector.json")) == description);
    folder.check_done("generate raw_detector.json --weights raw_detector.tflite --target portable --out out");

    folder.check_done("import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt" + normalised +
                      " --out-config t.json --out-weights t.safetensors");
    folder.check_done("import tiny_ssd.caffemodel --into t.json --out-weights u.safetensors");
    CHECK(ssdgen::read_file(folder.path("u.safetensors")) == ssdgen::read_file(folder.path("t.safetensors")));

    folder.check_refused("import cast_u8.tflite --into raw_detector.json --out-weights x.safetensors", 1,
                         "cast_u8.tflite: does not fit raw_detector in 6 tensors:\n"
                         "  conv1_mbox_loc.weight: found none; allowed: [12,8,1,1]\n"
                         "  conv1_mbox_loc.bias: found none; allowed: [12]\n"
                         "  conv1_mbox_conf.weight: found none; allowed: [9,8,1,1]\n"
                         "  conv1_mbox_conf.bias: found none; allowed: [9]\n"
                         "  fc.bias: found [3]; allowed: no such tensor, no layer of raw_detector takes it\n"
                         "  fc.weight: found [3,8]; allowed: no such tensor, no layer of raw_detector takes it");
    json wider = json::parse(description);
    wider["backbone"][2]["channels"] = 16;
    write_json(folder, "wider.json", wider);
    folder.check_refused("import raw_detector.tflite --into wider.json --out-weights x.safetensors", 1,
                         "raw_detector.tflite: does not fit raw_detector in 4 tensors:\n"
                         "  conv1.weight: found [8,4,1,1]; allowed: [16,4,1,1]\n"
                         "  conv1.bias: found [8]; allowed: [16]\n"
                         "  conv1_mbox_loc.weight: found [12,8,1,1]; allowed: [12,16,1,1]\n"
                         "  conv1_mbox_conf.weight: found [9,8,1,1]; allowed: [9,16,1,1]");
    folder.check_refused(
        "import two_outputs.tflite --into raw_detector.json --out-weights x.safetensors", 1,
        "two_outputs.tflite: has the outputs 's' of shape [1,3], 'p1' of shape [1,8,8,8], none of which "
        "could be the boxes and the scores of raw_detector.json; allowed: two that fit its 1 sources of "
        "4 and 3 numbers a box, or import --into with --boxes and --scores");
    folder.check_refused(
        "import raw_detector.tflite --into raw_detector.json --mean 1 --head h.json --out-weights x.safetensors", 2,
        "--into: found with --mean, --head; allowed: without, the description says that");
    folder.check_refused("import raw_detector.tflite --into raw_detector.json --out-weights raw_detector.json", 2,
                         "--out-weights: found raw_detector.json; allowed: a name that ends in .safetensors");
    folder.check_refused("import raw_detector.tflite --out-weights x.safetensors", 2,
                         "import: needs --out-config FILE, or --into DESCRIPTION to take the weights alone");
    folder.check_refused("import raw_detector.tflite --into a.json --out-config b.json --out-weights x.safetensors", 2,
                         "--out-config excludes --into");
}

TEST_CASE("Several subgraphs: the one that --subgraph names") {
    const Case folder{};
    TfliteBuilder one, other;
    for (TfliteBuilder* file : {&one, &other}) {
        const int x = file->tensor("x", {1, 2, 2, 1}, float32);
        const int y = file->tensor("y", {1, 1, 1, 1}, float32);
        file->convolution({x, file->floats("w", {1, 2, 2, 1}, std::vector<float>(4, file == &one ? 1.0F : 2.0F))}, y,
                          {1, false});
    }
    const auto write = [&](const char* name, const TfliteBuilder& second) {
        ssdgen::write_together(
            {{folder.path(name), TfliteBuilder::finish({{"main", &one, {0}, {1}}, {"body", &second, {0}, {1}}})}});
    };
    write("two.tflite", other);
    write("equal.tflite", one);
    folder.check_refused(import_words("two", normalised), 1,
                         "two.tflite: holds 2 subgraphs that differ: 0 'main', 1 'body'; allowed: one, or import with "
                         "--subgraph N");
    folder.check_done(import_words("two", normalised + " --subgraph 1"));
    const ssdgen::Weights weights = ssdgen::read_weights(folder.path("two.safetensors"), {});
    CHECK(weights.tensors.at("y.weight").values() == std::vector<float>(4, 2.0F));
    folder.check_done(import_words("equal", normalised));
    check_generated(folder, "equal");
    folder.check_refused(
        "import two.caffemodel --prototxt p --subgraph 1 --out-config a.json --out-weights b.safetensors", 2,
        "two.caffemodel: takes no --subgraph; allowed: with a .tflite");
}

TEST_CASE("TensorFlow Lite Micro's person detector and MLPerf Tiny's wake words give the values of their references") {
    if (lacks(need::models)) return;
    const std::string& models = models_folder;
    for (const std::string name : {"person_detect", "vww_96_int8"}) {
        CAPTURE(name);
        const Case folder{};
        folder.check_done("import " + models + "/" + name + ".tflite --out-config n.json --out-weights n.safetensors");
        folder.check_done("generate n.json --weights n.safetensors --precision f32 --unroll compact --out net");
        require_command("CXX=" + quoted(compiler()) + " cmake -S net -B build && cmake --build build -j2 --target " +
                            name + "_selftest " + name + "_classify",
                        folder.path(""));
        require_command("build/" + name + "_selftest", folder.path(""));
        const json reference = json::parse(ssdgen::read_file(models + "/reference/" + name + ".classes.json"));
        for (const json& image : reference["images"]) {
            const std::string bytes = image["input"]["file"];
            CAPTURE(bytes);
            const json found =
                json::parse(require_command("build/" + name + "_classify --json --dump-raw raw --labels " + models +
                                                "/person_labels.txt --raw-input " + models + "/reference/" + bytes,
                                            folder.path(""))
                                .output)["classes"];
            const std::vector<float> logits = floats_of(folder.path("raw/logits.f32"));
            const std::vector<float> wanted = floats_of(models + "/reference/" + std::string(image["logits"]));
            REQUIRE(logits.size() == wanted.size());
            for (std::size_t i = 0; i < logits.size(); ++i)
                CHECK(std::fabs(double(logits[i]) - double(wanted[i])) <= 1e-3);
            REQUIRE(found.size() == image["top"].size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(found[i]["class"] == image["top"][i]["class"]);
                CHECK(found[i]["label"] == image["top"][i]["label"]);
                CHECK(std::fabs(found[i]["score"].get<double>() - image["top"][i]["score"].get<double>()) <= 1e-4);
            }
        }
    }
}
