#include "description/schema.h"
#include "documents.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using nlohmann::json;

namespace {

enum class Schema { rejects, cannot_tell };  // a schema knows nothing about names and counts elsewhere in the document

struct Row {
    const char* pointer;  // of the value to replace or add
    const char* value;    // JSON; empty: remove it
    const char* message;
    Schema schema = Schema::rejects;
};

#define LAYER_NAME                                                                                             \
    "the name of a layer, of letters, digits and _ . / : ; - (the first a letter, a digit or _), at most 200 " \
    "characters"
#define C_NAME                                                                                               \
    "a C identifier that starts with a letter, at most 64 characters, which nothing else in C, C++, POSIX, " \
    "CMake or the emitted folder is called"

const Row top_rows[] = {
    {"", "[]", "bad.json: found an empty list; allowed: an object"},
    {"/name", "", "bad.json: /name: missing; allowed: " C_NAME},
    {"/name", "\"two words\"", "bad.json: /name: found \"two words\"; allowed: " C_NAME},
    {"/name", "\"1st\"", "bad.json: /name: found \"1st\"; allowed: " C_NAME},
    {"/name", "\"class\"", "bad.json: /name: found \"class\", which is a keyword of C or C++; allowed: " C_NAME,
     Schema::cannot_tell},
    {"/name", "\"bench\"", "bad.json: /name: found \"bench\", which is a file of the emitted folder; allowed: " C_NAME,
     Schema::cannot_tell},
    {"/name", "\"math\"", "bad.json: /name: found \"math\", which is a header of a system; allowed: " C_NAME,
     Schema::cannot_tell},
    {"/alpha", "0", "bad.json: /alpha: found 0; allowed: a number above 0 and at most 1"},
    {"/alpha", "1.5", "bad.json: /alpha: found 1.5; allowed: a number above 0 and at most 1"},
    {"/alpha", "-0.5", "bad.json: /alpha: found -0.5; allowed: a number above 0 and at most 1"},
    {"/alpha", "\"half\"", "bad.json: /alpha: found \"half\"; allowed: a number above 0 and at most 1"},
    {"/rho", "null", "bad.json: /rho: found null; allowed: a number above 0 and at most 1"},
    {"/rho", "1.0000001", "bad.json: /rho: found 1.0000001; allowed: a number above 0 and at most 1"},
    {"/alhpa", "1",
     "bad.json: /alhpa: unknown key; allowed: \"$schema\", \"format\", \"name\", \"alpha\", \"rho\", "
     "\"width_multiplier\", "
     "\"padding\", "
     "\"activation\", \"batch_norm\", \"input\", \"backbone\", \"extras\", \"classifier\", \"scores\", \"head\""},
    {"/a~1b~0c\n", "1",
     "bad.json: /a~1b~0c\\n: unknown key; allowed: \"$schema\", \"format\", \"name\", \"alpha\", \"rho\", "
     "\"width_multiplier\", "
     "\"padding\", \"activation\", \"batch_norm\", \"input\", \"backbone\", \"extras\", \"classifier\", \"scores\", "
     "\"head\""},
    {"/$schema", "1", "bad.json: /$schema: found 1; allowed: the path of network.schema.json, for editors"},
    {"/format", "2",
     "bad.json: /format: found 2, a newer format; allowed: 1, which this ssdgen reads, or a newer ssdgen"},
    {"/format", "0", "bad.json: /format: found 0; allowed: a whole number from 1 to 1"},
    {"/format", "1.5", "bad.json: /format: found 1.5; allowed: a whole number from 1 to 1"},
    {"/format", "\"1\"", "bad.json: /format: found \"1\"; allowed: a whole number from 1 to 1"},
    {"/width_multiplier", "", "bad.json: /width_multiplier: missing; allowed: an object"},
    {"/width_multiplier/rounding", "\"round\"",
     "bad.json: /width_multiplier/rounding: found \"round\"; allowed: \"floor\", \"floor_min_8\", \"floor_min_16\", "
     "\"make_divisible_8\""},
    {"/width_multiplier/scales", "[\"head\"]",
     "bad.json: /width_multiplier/scales/0: found \"head\"; allowed: \"backbone\", \"extras\", \"classifier\""},
    {"/width_multiplier/scales", "[\"extras\", \"extras\"]",
     "bad.json: /width_multiplier/scales/1: found \"extras\" a second time; allowed: each section once"},
    {"/padding", "", "bad.json: /padding: missing; allowed: \"caffe\", \"same\""},
    {"/activation", "\"relu7\"", "bad.json: /activation: found \"relu7\"; allowed: \"none\", \"relu\", \"relu6\""},
    {"/batch_norm/epsilon", "0", "bad.json: /batch_norm/epsilon: found 0; allowed: a number above 0 and at most 1"},
    {"/batch_norm/epsilon", "1e-60",
     "bad.json: /batch_norm/epsilon: found 1e-60; allowed: a number above 0 and at most 1", Schema::cannot_tell},
    {"/input/height", "0", "bad.json: /input/height: found 0; allowed: a whole number from 1 to 8192"},
    {"/input/width", "300.5", "bad.json: /input/width: found 300.5; allowed: a whole number from 1 to 8192"},
    {"/input/width", "18446744073709551615",
     "bad.json: /input/width: found 18446744073709551615; allowed: a whole number from 1 to 8192"},
    {"/input/channels", "1", "bad.json: /input/channels: found 1; allowed: 3, as the order is \"bgr\""},
    {"/input/mean", "[1, 2]",
     "bad.json: /input/mean: found a list of 2 values; allowed: a list of 3 numbers (one a channel)"},
    {"/input/mean/1", "1e39", "bad.json: /input/mean/1: found 1e+39; allowed: a number that a 32-bit float holds"},
    {"/input/scale/2", "0", "bad.json: /input/scale/2: found 0; allowed: a number above 0"},
    {"/input/scale", "2", "bad.json: /input/scale: found 2; allowed: a list of 3 numbers (one a channel)"},
    {"/input/swap", "true",
     "bad.json: /input/swap: unknown key; allowed: \"height\", \"width\", \"channels\", \"order\", \"mean\", "
     "\"scale\", "
     "\"resize\""},
    {"/classifier", "[{\"name\": \"fc\", \"type\": \"fully_connected\", \"channels\": 5}]",
     "bad.json: /classifier: stands beside a head; allowed: one of \"classifier\" and \"head\""},
    {"/head", "", "bad.json: /extras: stands without a head; allowed: only in a detector"},
};

const Row layer_rows[] = {
    {"/backbone", "[]", "bad.json: /backbone: found an empty list; allowed: a list of 1 or more layers"},
    {"/backbone/0", "3", "bad.json: /backbone/0: found 3; allowed: an object"},
    {"/backbone/0/type", "\"conv\"",
     "bad.json: /backbone/0/type: found \"conv\"; allowed: \"convolution\", \"depthwise\", \"pointwise\", "
     "\"average_pool\", \"max_pool\", "
     "\"fully_connected\", \"add\", \"concat\", \"softmax\""},
    {"/backbone/0/name", "\"\"", "bad.json: /backbone/0/name: found \"\"; allowed: " LAYER_NAME},
    {"/backbone/0/name", "\"../x\"", "bad.json: /backbone/0/name: found \"../x\"; allowed: " LAYER_NAME},
    {"/backbone/0/name", "\"a b\"", "bad.json: /backbone/0/name: found \"a b\"; allowed: " LAYER_NAME},
    {"/backbone/0/channels", "", "bad.json: /backbone/0/channels: missing; allowed: a whole number from 1 to 65536"},
    {"/backbone/0/kernel", "0", "bad.json: /backbone/0/kernel: found 0; allowed: a whole number from 1 to 255"},
    {"/backbone/0/kernel", "[3]",
     "bad.json: /backbone/0/kernel: found a list of 1 value; allowed: a list of 2 numbers (rows, columns)"},
    {"/backbone/0/kernel", "[3, 256]",
     "bad.json: /backbone/0/kernel/1: found 256; allowed: a whole number from 1 to 255"},
    {"/backbone/0/kernel", "\"global\"",
     "bad.json: /backbone/0/kernel: found \"global\"; allowed: a whole number from 1 to 255, or a list of 2 (rows, "
     "columns)"},
    {"/backbone/0/stride", "",
     "bad.json: /backbone/0/stride: missing; allowed: a whole number from 1 to 255, or a list of 2 (rows, columns)"},
    {"/backbone/0/stride", "[0, 1]", "bad.json: /backbone/0/stride/0: found 0; allowed: a whole number from 1 to 255"},
    {"/backbone/2/stride", "[1, 1, 2]",
     "bad.json: /backbone/2/stride: found a list of 3 values; allowed: a list of 2 numbers (rows, columns)"},
    {"/backbone/0/dilation", "[1, \"2\"]",
     "bad.json: /backbone/0/dilation/1: found \"2\"; allowed: a whole number from 1 to 255"},
    {"/backbone/0/dilation", "-1", "bad.json: /backbone/0/dilation: found -1; allowed: a whole number from 1 to 255"},
    {"/backbone/0/pad", "\"1\"",
     "bad.json: /backbone/0/pad: found \"1\"; allowed: a whole number from 0 to 255, or a list of 4 (top, left, "
     "bottom, right)"},
    {"/backbone/0/pad", "[1, 1]",
     "bad.json: /backbone/0/pad: found a list of 2 values; allowed: a list of 4 numbers (top, left, bottom, right)"},
    {"/backbone/0/pad", "[0, 1, 2, 256]",
     "bad.json: /backbone/0/pad/3: found 256; allowed: a whole number from 0 to 255"},
    {"/backbone/0",
     R"({"name": "a", "type": "convolution", "channels": 8, "kernel": 3, "stride": 1, "padding": "same", "pad": 1})",
     "bad.json: /backbone/0/pad: stands beside the padding \"same\"; allowed: only with \"caffe\""},
    {"/backbone/1/channels", "8",
     "bad.json: /backbone/1/channels: unknown key of a layer of type \"depthwise\"; allowed: \"name\", \"type\", "
     "\"input\", "
     "\"kernel\", "
     "\"stride\", \"dilation\", \"padding\", \"pad\", \"activation\""},
    {"/backbone/2/kernel", "1",
     "bad.json: /backbone/2/kernel: unknown key of a layer of type \"pointwise\"; allowed: \"name\", \"type\", "
     "\"input\", "
     "\"channels\", "
     "\"stride\", \"activation\""},
    {"/backbone/2/bias", "true",
     "bad.json: /backbone/2/bias: unknown key of a layer of type \"pointwise\"; allowed: \"name\", \"type\", "
     "\"input\", "
     "\"channels\", "
     "\"stride\", \"activation\""},
    {"/extras/0/kernel", "\"all\"",
     "bad.json: /extras/0/kernel: found \"all\"; allowed: a whole number from 1 to 255, or a list of 2 (rows, "
     "columns), or \"global\""},
    {"/extras/0/kernel", "\"global\"",
     "bad.json: /extras/0/stride: unknown key of a layer of type \"average_pool\" with the kernel \"global\"; allowed: "
     "\"name\", \"type\", \"input\", "
     "\"kernel\""},
    {"/extras/0/activation", "\"relu\"",
     "bad.json: /extras/0/activation: unknown key of a layer of type \"average_pool\"; allowed: \"name\", \"type\", "
     "\"input\", "
     "\"kernel\", \"stride\""},
    {"/extras/0", R"({"name": "pool", "type": "max_pool", "kernel": 2, "stride": 2, "rounding": "up"})",
     "bad.json: /extras/0/rounding: found \"up\"; allowed: \"floor\", \"ceil\""},
    {"/extras/0",
     R"({"name": "pool", "type": "max_pool", "kernel": 2, "stride": 2, "padding": "same", "rounding": "ceil"})",
     "bad.json: /extras/0/rounding: stands beside the padding \"same\"; allowed: only with \"caffe\""},
    {"/extras/0", R"({"name": "pool", "type": "max_pool", "kernel": "global", "pad": 1})",
     "bad.json: /extras/0/pad: unknown key of a layer of type \"max_pool\" with the kernel \"global\"; allowed: "
     "\"name\", \"type\", \"input\", \"kernel\""},
    {"/backbone/1/input", "\"conv1\"",
     "bad.json: /backbone/1/input: found \"conv1\", which names no layer before this one; allowed: the name of an "
     "earlier layer",
     Schema::cannot_tell},
    {"/backbone/0/input", "\"conv0\"",
     "bad.json: /backbone/0/input: found \"conv0\", which names no layer before this one; allowed: the name of an "
     "earlier layer",
     Schema::cannot_tell},
    {"/extras/0/name", "\"conv1\"",
     "bad.json: /extras/0/name: found \"conv1\", which /backbone/2/name bears already; allowed: a name of its own",
     Schema::cannot_tell},
    {"/backbone/0/name", "\"conv1_dw\"",
     "bad.json: /backbone/1/name: found \"conv1/dw\", which makes the identifier conv1_dw as \"conv1_dw\" at "
     "/backbone/0/name does; allowed: names that differ in letters and digits",
     Schema::cannot_tell},
    {"/backbone/0/name", "\"conv1_mbox_loc\"",
     "bad.json: /head/sources/0/layer: found \"conv1_mbox_loc\", which /backbone/0/name bears already; allowed: a name "
     "of its "
     "own",
     Schema::cannot_tell},
    {"/extras/0", "{\"name\": \"pool\", \"type\": \"softmax\"}",
     "bad.json: /extras/0/type: found \"softmax\" in a detector; allowed: only as the last layer of a network without "
     "a head",
     Schema::cannot_tell},
};

const Row head_rows[] = {
    {"/scores", "\"sigmoid\"", "bad.json: /scores: stands beside a head; allowed: /head/scores in a detector"},
    {"/head/boxcode", "1",
     "bad.json: /head/boxcode: unknown key; allowed: \"kernel\", \"padding\", \"classes\", \"background\", \"scores\", "
     "\"box_code\", \"priors\", \"sources\", \"post_processing\""},
    {"/head/kernel", "2", "bad.json: /head/kernel: found 2; allowed: 1, 3, 5 or 7"},
    {"/head/kernel", "9", "bad.json: /head/kernel: found 9; allowed: a whole number from 1 to 7"},
    {"/head/classes", "0", "bad.json: /head/classes: found 0; allowed: a whole number from 1 to 65536"},
    {"/head/background", "", "bad.json: /head/background: missing; allowed: a whole number from -1 to 65536"},
    {"/head/background", "21",
     "bad.json: /head/background: found 21; allowed: a column of the scores, 0 to 20 (classes is 21), or -1 for none",
     Schema::cannot_tell},
    {"/head/classes", "1",
     "bad.json: /head/background: found 0; allowed: -1, as classes is 1: a background alone leaves nothing to detect",
     Schema::cannot_tell},
    {"/head/scores", "\"logistic\"", "bad.json: /head/scores: found \"logistic\"; allowed: \"softmax\", \"sigmoid\""},
    {"/head/box_code/variances", "[0.1, 0.2]",
     "bad.json: /head/box_code/variances: found a list of 2 values; allowed: a list of 4 numbers, in that order"},
    {"/head/box_code/variances/0", "0",
     "bad.json: /head/box_code/variances/0: found 0; allowed: a number above 0 and at most 1000"},
    {"/head/priors/convention", "\"pytorch\"",
     "bad.json: /head/priors/convention: found \"pytorch\"; allowed: \"caffe\", \"tensorflow\", \"table\""},
    {"/head/priors/convention", "\"table\"",
     "bad.json: /head/priors/clip: unknown key of priors of the convention \"table\"; allowed: \"convention\""},
    {"/head/priors/flip", "1", "bad.json: /head/priors/flip: found 1; allowed: true or false"},
    {"/head/priors/offset", "1.5", "bad.json: /head/priors/offset: found 1.5; allowed: a number from 0 to 1"},
    {"/head/priors/follow_rho", "", "bad.json: /head/priors/follow_rho: missing; allowed: \"relative\", \"absolute\""},
    {"/head/sources", "[]", "bad.json: /head/sources: found an empty list; allowed: a list of 1 or more sources"},
    {"/head/sources/0/layer", "\"conv99\"",
     "bad.json: /head/sources/0/layer: found \"conv99\", which names no layer; allowed: the name of a layer of "
     "backbone or extras",
     Schema::cannot_tell},
    {"/head/sources/1/layer", "\"conv1\"",
     "bad.json: /head/sources/1/layer: found \"conv1\", which /head/sources/0/layer names already; allowed: each layer "
     "once",
     Schema::cannot_tell},
    {"/head/sources/0/boxes", "3",
     "bad.json: /head/sources/0/boxes: found 3; allowed: 4, as the priors make for this source", Schema::cannot_tell},
    {"/head/sources/0/min_sizes", "",
     "bad.json: /head/sources/0/min_sizes: missing; allowed: a list of 1 to 64 numbers"},
    {"/head/sources/0/min_sizes/0", "-8",
     "bad.json: /head/sources/0/min_sizes/0: found -8; allowed: a number above 0 and at most 1000000"},
    {"/head/sources/0/max_sizes", "[16, 17]",
     "bad.json: /head/sources/0/max_sizes: found 2 numbers; allowed: 1, one for each of min_sizes, or none",
     Schema::cannot_tell},
    {"/head/sources/0/max_sizes/0", "8",
     "bad.json: /head/sources/0/max_sizes/0: found 8; allowed: a number above its min size, 8", Schema::cannot_tell},
    {"/head/sources/0/step", "0",
     "bad.json: /head/sources/0/step: found 0; allowed: a number above 0 and at most 1000000"},
    {"/head/sources/0/step", "true",
     "bad.json: /head/sources/0/step: found true; allowed: a number above 0 and at most 1000000, or a list of 2 "
     "(height, width)"},
    {"/head/sources/0/step", "[8, 0]",
     "bad.json: /head/sources/0/step/1: found 0; allowed: a number above 0 and at most 1000000"},
    {"/head/sources/0/ratio", "0",
     "bad.json: /head/sources/0/ratio: unknown key of a source under priors of the convention \"caffe\"; allowed: "
     "\"layer\", "
     "\"boxes\", \"min_sizes\", \"max_sizes\", \"aspect_ratios\", \"step\""},
    {"/head/post_processing/dialect", "\"ncnn\"",
     "bad.json: /head/post_processing/dialect: found \"ncnn\"; allowed: \"caffe-ssd\", \"tflite-fast\", "
     "\"tflite-regular\""},
    {"/head/post_processing/max_detections", "10",
     "bad.json: /head/post_processing/max_detections: unknown key of the dialect \"caffe-ssd\"; allowed: \"dialect\", "
     "\"score_threshold\", \"iou_threshold\", \"top_k\", \"keep_top_k\", \"eta\", \"clip_boxes\""},
    {"/head/post_processing/top_k", "0",
     "bad.json: /head/post_processing/top_k: found 0; allowed: a whole number from 1 to 1000000, or -1 for no limit"},
    {"/head/post_processing/keep_top_k", "-1.0",
     "bad.json: /head/post_processing/keep_top_k: found -1.0; allowed: a whole number from 1 to 1000000, or -1 for no "
     "limit"},
    {"/head/post_processing/iou_threshold", "1.1",
     "bad.json: /head/post_processing/iou_threshold: found 1.1; allowed: a number from 0 to 1"},
    {"/head/post_processing/eta", "0",
     "bad.json: /head/post_processing/eta: found 0; allowed: a number above 0 and at most 1"},
    {"/head/post_processing", "{\"dialect\": \"tflite-fast\", \"score_threshold\": 0, \"iou_threshold\": 1}",
     "bad.json: /head/post_processing/max_detections: missing; allowed: a whole number from 1 to 1000000"},
};

const Row classifier_rows[] = {
    {"/scores", "\"softmax\"", "bad.json: /scores: found \"softmax\"; allowed: \"sigmoid\""},
    {"/scores", "\"sigmoid\"",
     "bad.json: /scores: found \"sigmoid\" beside /backbone/3, of type \"softmax\"; allowed: one of the two",
     Schema::cannot_tell},
    {"/backbone/3/input", "\"fc\"",
     "bad.json: /backbone/3/input: unknown key of a layer of type \"softmax\"; allowed: \"name\", \"type\""},
    {"/backbone/0", "{\"name\": \"early\", \"type\": \"softmax\"}",
     "bad.json: /backbone/0/type: found \"softmax\" before the end; allowed: only as the last of several layers",
     Schema::cannot_tell},
    {"/input/order", "\"rgb\"", "bad.json: /input/channels: found 1; allowed: 3, as the order is \"rgb\""},
    {"/input/mean", "[1, 2]",
     "bad.json: /input/mean: found a list of 2 values; allowed: a list of 1 number (one a channel)"},
};

void run(const char* base, const Row& row) {
    json document = json::parse(base);
    const json::json_pointer pointer(row.pointer);
    if (*row.value == '\0')
        document.at(pointer.parent_pointer()).erase(pointer.back());
    else
        document[pointer] = json::parse(row.value);
    CAPTURE(std::string(row.pointer));
    CAPTURE(std::string(row.value));
    CHECK(message_of(document.dump()) == std::string(row.message));
    CHECK(ssdgen::schema_objection(document).empty() == (row.schema == Schema::cannot_tell));
}

}  // namespace

TEST_CASE("a wrong key or value is one message that says where, what was found and what is allowed") {
    CHECK(ssdgen::schema_objection(json::parse(small_detector)) == "");
    CHECK(ssdgen::schema_objection(json::parse(small_classifier)) == "");
    for (const Row& row : top_rows) run(small_detector, row);
    for (const Row& row : layer_rows) run(small_detector, row);
    for (const Row& row : head_rows) run(small_detector, row);
    for (const Row& row : classifier_rows) run(small_classifier, row);
}

TEST_CASE("a key that stands twice is an error that names the key") {
    std::string text = small_detector;
    text.replace(text.find("\"alpha\": 0.5"), 12, "\"name\": \"b\"");
    CHECK(message_of(text) == "bad.json: /name: this key stands twice in its object; allowed: once");
    text = small_detector;
    text.replace(text.find("\"stride\": 1}"), 12, "\"stride\": 1, \"stride\": 1}");
    CHECK(message_of(text) == "bad.json: /backbone/1/stride: this key stands twice in its object; allowed: once");
}

TEST_CASE("boxes that contradict TensorFlow's anchors are an error") {
    json document = json::parse(small_detector);
    json& head = document["head"];
    head["priors"] =
        json::parse(R"({"convention": "tensorflow", "min_scale": 0.2, "max_scale": 0.9, "aspect_ratios": [1, 2],
                                     "interpolated_scale_aspect_ratio": 1, "reduce_boxes_in_lowest_layer": true})");
    head["sources"] = json::parse(R"([{"layer": "conv1", "boxes": 3}, {"layer": "pool", "boxes": 6}])");
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/sources/1/boxes: found 6; allowed: 3, as the priors make for this source");
    head["sources"][1]["boxes"] = 3;
    CHECK(message_of(document.dump()) == "read without an error");
    head["priors"]["interpolated_box"] = "first";
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/priors/interpolated_box: found \"first\"; allowed: \"last\", \"second\"");
    head["priors"]["interpolated_box"] = "second";
    CHECK(message_of(document.dump()) == "read without an error");
    head["priors"]["interpolated_scale_aspect_ratio"] = 0;
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/priors/interpolated_box: found \"second\"; allowed: no such key, as "
          "interpolated_scale_aspect_ratio is 0: "
          "there is no interpolated box");
    head["priors"].erase("interpolated_box");
    head["priors"]["reduce_boxes_in_lowest_layer"] = false;
    head["priors"]["interpolated_scale_aspect_ratio"] = 0;
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/sources/0/boxes: found 3; allowed: 2, as the priors make for this source");
    head["priors"]["aspect_ratios"] = json::array();
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/priors/aspect_ratios: found an empty list and no interpolated box; allowed: priors that "
          "make a box "
          "for every source");
    head["priors"]["max_scale"] = 0.1;
    CHECK(message_of(document.dump()) ==
          "bad.json: /head/priors/max_scale: found 0.1; allowed: a number of at least min_scale, 0.2");
}
