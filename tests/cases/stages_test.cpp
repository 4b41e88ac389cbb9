// What one command takes, the next one takes.
#include "cases.h"
#include "description/read.h"
#include "pipeline/make_plan.h"
#include "support/error.h"
#include "support/files.h"

#include <caffe.pb.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Json = nlohmann::json;

/// The weights of the case's network with one value changed.
void spoil_weights(const Case& folder, const std::string& layer, float value) {
    caffe::NetParameter net;
    REQUIRE(net.ParseFromString(read_file(folder.path("tiny_ssd.caffemodel"))));
    for (auto& one : *net.mutable_layer())
        if (one.name() == layer) one.mutable_blobs(0)->set_data(3, value);
    std::string bytes;
    REQUIRE(net.SerializeToString(&bytes));
    std::ofstream(folder.path("tiny_ssd.caffemodel"), std::ios::binary) << bytes;
}

const std::string import_tiny =
    "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
    "--out-weights t.safetensors";

}  // namespace

TEST_CASE("What generate would refuse, import refuses, before it writes") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    spoil_weights(folder, "conv1", std::numeric_limits<float>::infinity());
    folder.check_refused(import_tiny, 1,
                         "tiny_ssd.caffemodel: conv1.weight: found inf at position 3; allowed: finite values");
}

TEST_CASE(
    "What is imported is read back and taken as far as generate takes it: the description's limits, the graph's, the "
    "weights'") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    ImportOptions options;
    options.prototxt = folder.path("tiny_ssd.prototxt");
    options.mean = {127.5F};
    options.scale = {0.007843F};
    const Imported right = import_model(folder.path("tiny_ssd.caffemodel"), options);
    check_imported(right, "m.caffemodel", "t.json");
    Imported wrong = right;
    wrong.description.backbone[0].kernel = 300;
    CHECK_THROWS_WITH_AS(
        check_imported(wrong, "m.caffemodel", "t.json"),
        "m.caffemodel, as t.json has it: /backbone/0/kernel: found 300; allowed: a whole number from 1 to 255",
        InputError);
    wrong = right;
    wrong.description.backbone[0].kernel = 255;
    wrong.description.backbone[0].pad = Pads{0, 0, 0, 0};
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel, as t.json has it: /backbone/0: conv0: found a map of 96x96, 96x96 with its "
                         "padding; allowed: at least 255 for the window",
                         InputError);
    wrong = right;
    wrong.description.backbone[0].name = "class/1";
    wrong.description.backbone[1].name = "class.1";
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel, as t.json has it: /backbone/1/name: found \"class.1\", which makes the "
                         "identifier class_1 as \"class/1\" at "
                         "/backbone/0/name does; allowed: names that differ in letters and digits",
                         InputError);
    wrong = right;
    wrong.weights.tensors.erase("conv0.bias");
    CHECK_THROWS_WITH_AS(check_imported(wrong, "m.caffemodel", "t.json"),
                         "m.caffemodel: conv0.bias: found none; allowed: [8]", InputError);
}

TEST_CASE("A sweep without measuring refuses the points that generate refuses, with its words") {
    const Case folder{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    folder.check_done(import_tiny);
    folder.check_done("generate t.json --weights t.safetensors --target portable --out net");
    const std::string of_another = quoted(SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc_050_192.safetensors");
    const CommandResult generated =
        folder.ssdgen("generate t.json --weights " + of_another + " --target portable --out other");
    CHECK(generated.status == 1);
    const CommandResult swept =
        folder.ssdgen("sweep t.json --static --weights " + of_another + " --target portable --out swept");
    CHECK(swept.status == 0);
    const Json points = Json::parse(read_file(folder.path("swept/sweep.json")))["points"];
    REQUIRE(points.size() == 1);
    CHECK(generated.errors == "ssdgen: " + std::string(points[0]["failed"]) + "\n");
    // A name that cannot be, and a file that is none.
    Json config = Json::parse(read_file(folder.path("t.json")));
    config["name"] = "log";
    write_if_changed(folder.path("log.json"), config.dump());
    folder.check_refused(
        "sweep log.json --static --target portable --out swept2", 1,
        "log.json: /name: found \"log\", which is declared by the headers of C or POSIX; allowed: " + name_rule);
    folder.check_refused("sweep t.json --static --weights t.json --target portable --out swept2", 2,
                         "t.json: is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
}
