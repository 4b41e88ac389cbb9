// What import writes and reads, and what a model says against the description that it is to fill.
#include "cases.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

using namespace ssdgen::test;
using nlohmann::json;

namespace {

const std::string import_tiny = "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 1/127.5 ";

}  // namespace

TEST_CASE("Nothing that is read is written over") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_refused(import_tiny + "--out-config tiny_ssd.prototxt --out-weights t.safetensors", 2,
                       "--out-config and --prototxt: both name tiny_ssd.prototxt; allowed: two files");
    tiny.check_refused(
        import_tiny + "--out-config " + tiny.path("tiny_ssd.caffemodel") + " --out-weights t.safetensors", 2,
        "--out-config and MODEL: both name " + tiny.path("tiny_ssd.caffemodel") + "; allowed: two files");
    tiny.check_refused(import_tiny + "--out-config x/../t.safetensors --out-weights t.safetensors", 2,
                       "--out-config and --out-weights: both name x/../t.safetensors; allowed: two files");
    tiny.check_done(import_tiny + "--out-config t.json --out-weights t.safetensors");
    std::filesystem::create_symlink("t.json", tiny.path("link.safetensors"));
    tiny.check_refused("import tiny_ssd.caffemodel --into t.json --out-weights link.safetensors", 2,
                       "--out-weights and --into: both name link.safetensors; allowed: two files");
    const std::string export_tiny = "export t.json --weights tiny_ssd.caffemodel ";
    tiny.check_refused(export_tiny + "--prototxt p.prototxt --caffemodel ./tiny_ssd.caffemodel", 2,
                       "--caffemodel and --weights: both name ./tiny_ssd.caffemodel; allowed: two files");
    tiny.check_refused(export_tiny + "--prototxt t.json --caffemodel m.caffemodel", 2,
                       "--prototxt and CONFIG: both name t.json; allowed: two files");
}

TEST_CASE("The weights that import writes are called so that generate takes them") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_refused(import_tiny + "--out-config t.json --out-weights t.bin", 2,
                       "--out-weights: found t.bin; allowed: a name that ends in .safetensors");
}

TEST_CASE("A --std that leaves the usual range is warned of, with what is likely meant") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    const std::string import =
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --out-config t.json --out-weights t.safetensors ";
    tiny.check_done(
        import + "--mean 127.5 --std 0.007843",
        {"--std: found 0.007843, by which the byte 255 becomes 32513.1; it divides: is --scale 0.007843 meant?"});
    tiny.check_done(
        import + "--mean 123.675,116.28,103.53 --std 0.229,0.224,0.225",
        {"--std: found 0.229,0.224,0.225, by which the byte 255 becomes 1113.54; the mean is one of bytes: is --std "
         "58.395,57.12,57.375 meant?"});
    tiny.check_done(import + "--mean 123.675,116.28,103.53 --std 58.395,57.12,57.375");
}

TEST_CASE("Warnings stop what is printed as well") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_done(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 127.5 --out-config t.json "
        "--out-weights t.safetensors",
        {"--scale: found 127.5, which makes 32512.5 of the byte 255; input = (byte - mean) * scale: is 1/127.5 "
         "meant?"});
    for (const char* stage : {"description", "graph", "lowered", "plan", "kernels"}) {
        CAPTURE(stage);
        const CommandResult result =
            tiny.ssdgen(std::string("--warnings-as-errors generate t.json --random-weights 1 --dump ") + stage);
        CHECK(result.status == 1);
        CHECK(result.output == "");
    }
}

TEST_CASE("A model that says otherwise than the description it is to fill is warned of, place by place") {
    const Case folder{"binary_sigmoid.tflite", "cast_u8.tflite", "raw_detector.tflite"};
    folder.check_done(
        "import binary_sigmoid.tflite --mean 127.5 --scale 1/127.5 --out-config b.json --out-weights b.safetensors");
    folder.check_done("generate b.json --weights binary_sigmoid.tflite --target portable --out b --warnings-as-errors");
    json other = json::parse(ssdgen::read_file(folder.path("b.json")));
    const std::size_t first = 0;
    other["backbone"][first]["activation"] = "none";
    other["backbone"][first]["stride"] = other["backbone"][first]["stride"] == 1 ? 2 : 1;
    ssdgen::write_if_changed(folder.path("other.json"), other.dump(2));
    const CommandResult result = folder.ssdgen(
        "import binary_sigmoid.tflite --into other.json --out-weights w.safetensors --warnings-as-errors");
    CHECK(result.status == 1);
    CHECK(result.errors.find("ssdgen: warning: other.json: /backbone/0/stride: found 1; binary_sigmoid.tflite, whose "
                             "weights these are, has 2\n") != std::string::npos);
    CHECK(result.errors.find("ssdgen: warning: other.json: /backbone/0/activation: found \"none\"; "
                             "binary_sigmoid.tflite, whose weights these are, has "
                             "\"relu6\"\n") != std::string::npos);
    CHECK_FALSE(folder.has("w.safetensors"));

    folder.check_done("import cast_u8.tflite --out-config c.json --out-weights c.safetensors");
    folder.check_done("import cast_u8.tflite --into c.json --out-weights d.safetensors --warnings-as-errors");
    json scaled = json::parse(ssdgen::read_file(folder.path("c.json")));
    scaled["input"]["mean"] = {127.5, 127.5, 127.5};
    ssdgen::write_if_changed(folder.path("scaled.json"), scaled.dump(2));
    const CommandResult odd = folder.ssdgen("import cast_u8.tflite --into scaled.json --out-weights e.safetensors");
    CHECK(odd.status == 0);
    CHECK(odd.errors ==
          "ssdgen: warning: scaled.json: /input: found mean [127.5, 127.5, 127.5] and scale [1, 1, 1]; cast_u8.tflite, "
          "whose weights "
          "these are, has [0, 0, 0] and [1, 1, 1]\n");

    folder.check_refused("import raw_detector.tflite --into b.json --out-weights f.safetensors", 1,
                         "raw_detector.tflite: ends in the raw outputs 'box_encodings' of shape [1,192,4], "
                         "'class_predictions' of shape [1,192,3] of a "
                         "detector, and b.json describes a classifier; allowed: a description with a head");
}
