#include "plan/schedule/tuning.h"

#include "description/read.h"
#include "graph/build.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "plan/kernels.h"
#include "plan/print.h"
#include "plan/schedule/candidates.h"
#include "plan/schedule/shape_name.h"
#include "support/error.h"
#include "support/files.h"
#include "target/table.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;

namespace {

const Target& avx512() { return find_target("x86-64-v4"); }

Graph lowered(const std::string& config) {
    return lower(build_graph(read_description(SSDGEN_SOURCE_DIR "/configs/" + config)));
}

std::string text_of(const std::string& layers) { return R"({"target": "x86-64-v4", "layers": {)" + layers + "}}"; }

Tuning parse(const std::string& layers) { return parse_tuning(text_of(layers), "t.json", avx512()); }

std::string message_of(const std::string& text) {
    try {
        parse_tuning(text, "t.json", avx512());
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

const Stage& stage_of(const Plan& plan, const std::string& name) {
    for (const Stage* stage : all_stages(plan))
        if (stage->name == name) return *stage;
    throw InternalError("no stage " + name);
}

const std::vector<ChannelBlock>& blocks_in(const Plan& plan, const std::string& name) {
    return *blocks_of(stage_of(plan, name).kernel);
}

/// Everything that a choice changes.
std::string dump(const Plan& plan) { return print_plan(plan); }

bool same(const ScheduleChoice& a, const ScheduleChoice& b) {
    return a.vectors == b.vectors && a.pixels == b.pixels && a.stream_rows == b.stream_rows;
}

}  // namespace

TEST_CASE("A layer's shape has one name, and the name gives the shape back") {
    for (const char* name : {"pointwise 19x19x512 to 512", "pointwise 75x74x64 to 128 stream",
                             "pointwise 10x10x512 to 24+126", "depthwise 150x150x64 3x3 stride 2 to 75x75x64 stream",
                             "convolution 10x10x256 3x5 stride 2 dilation 2 to 5x5x512",
                             "depthwise 10x12x8 1x7 stride 2x1 dilation 1x3 to 5x12x8",
                             "picture 300x300x3 3x3 stride 2 to 150x150x32 stream"}) {
        CAPTURE(name);
        const auto shape = parse_shape_name(name);
        REQUIRE(shape);
        CHECK(shape_name(*shape) == name);
    }
    const auto shape = parse_shape_name("convolution 10x12x256 3x5 stride 2 dilation 4 to 5x6x24+126 stream");
    REQUIRE(shape);
    CHECK(shape->kind == LayerShape::Kind::convolution);
    CHECK(shape->input == Shape{10, 12, 256});
    CHECK(shape->window.rows.kernel == 3);
    CHECK(shape->window.columns.kernel == 5);
    CHECK(shape->window.rows.stride == 2);
    CHECK(shape->window.columns.dilation == 4);
    CHECK(shape->output_height == 5);
    CHECK(shape->output_width == 6);
    CHECK(shape->output_channels == std::vector<int>{24, 126});
    CHECK(shape->stream);
    const auto uneven = parse_shape_name("depthwise 10x12x8 1x7 stride 2x1 dilation 1x3 to 5x12x8");
    REQUIRE(uneven);
    CHECK(stride_of(uneven->window) == PerAxis{2, 1});
    CHECK(dilation_of(uneven->window) == PerAxis{1, 3});
    for (const char* name : {"", "depthwise 5x5x8 3x3 stride 1x1 to 5x5x8", "pointwise", "pointwise 19x19 to 512",
                             "pointwise 19x19x512 to 512 ", "pool 3x3x8 to 8", "pointwise 19x19x512 to 0",
                             "pointwise 019x19x512 to 512", "pointwise 19x19x512 to 19x19x512",
                             "pointwise 19x19x512 3x3 stride 1 to 19x19x512", "depthwise 19x19x512 to 512",
                             "depthwise 5x5x8 3x3 stride 1 dilation 1 to 5x5x8", "pointwise 1x1x999999 to 8"}) {
        CAPTURE(name);
        CHECK_FALSE(parse_shape_name(name));
    }
}

TEST_CASE("The shapes of a network's layers: what is in a stream, joined heads, the picture") {
    const Plan plan = build_plan(lowered("mobilenet_ssd_voc.json"), avx512());
    const auto name_of = [&](const std::string& layer) {
        return shape_name(*layer_shape(stage_of(plan, layer).kernel));
    };
    CHECK(name_of("conv0") == "picture 300x300x3 3x3 stride 2 to 150x150x32 stream");
    CHECK(name_of("conv2/dw") == "depthwise 150x150x64 3x3 stride 2 to 75x75x64 stream");
    CHECK(name_of("conv1") == "pointwise 150x150x32 to 64 stream");
    CHECK(name_of("conv7") == "pointwise 19x19x512 to 512");
    CHECK(name_of("conv11_mbox") == "pointwise 19x19x512 to 12+63");
    CHECK(name_of("conv14_2") == "convolution 10x10x256 3x3 stride 2 to 5x5x512");
    CHECK_FALSE(layer_shape(Kernel{{}, {}, {}, 0, AveragePoolKernel{}}));
    CHECK_FALSE(layer_shape(Kernel{{}, {}, {}, 0, MaxPoolKernel{}}));
}

TEST_CASE("A tuning file is written in one form and read back the same") {
    const std::string text =
        "{\n  \"target\": \"x86-64-v4\",\n  \"layers\": {\n"
        "    \"depthwise 9x9x8 3x3 stride 1 to 9x9x8\": {\"pixels\":4},\n"
        "    \"pointwise 19x19x512 to 512\": {\"pixels\":9,\"vectors\":3},\n"
        "    \"pointwise 19x19x512 to 512 stream\": {\"pixels\":6,\"stream_rows\":2,\"vectors\":4}\n  }\n}\n";
    const Tuning tuning = parse_tuning(text, "t.json", avx512());
    REQUIRE(tuning.layers.size() == 3);
    CHECK(same(tuning.layers.at("depthwise 9x9x8 3x3 stride 1 to 9x9x8"), {0, 4, 0}));
    CHECK(same(tuning.layers.at("pointwise 19x19x512 to 512"), {3, 9, 0}));
    CHECK(same(tuning.layers.at("pointwise 19x19x512 to 512 stream"), {4, 6, 2}));
    CHECK(tuning_text(tuning, avx512()) == text);
    CHECK(tuning_text({}, avx512()) == "{\n  \"target\": \"x86-64-v4\",\n  \"layers\": {}\n}\n");
    CHECK(parse_tuning(tuning_text({}, avx512()), "t.json", avx512()).layers.empty());
}

TEST_CASE("A tuning file that is wrong") {
    CHECK(message_of("{") == "t.json:1:2: the text ends; allowed: a key in double quotes, or '}'");
    CHECK(message_of("[]") == "t.json: found an empty list; allowed: an object");
    CHECK(message_of(R"({"layers": {}})") == "t.json: /target: missing; allowed: \"x86-64-v4\"");
    CHECK(message_of(R"({"target": "x86-64-v3", "layers": {}})") ==
          "t.json: /target: found \"x86-64-v3\"; allowed: \"x86-64-v4\"");
    CHECK(message_of(R"({"target": 4, "layers": {}})") == "t.json: /target: found 4; allowed: \"x86-64-v4\"");
    CHECK(message_of(R"({"target": "x86-64-v4"})") == "t.json: /layers: missing; allowed: an object");
    CHECK(message_of(R"({"target": "x86-64-v4", "layers": 1})") == "t.json: /layers: found 1; allowed: an object");
    CHECK(message_of(R"({"target": "x86-64-v4", "layers": {}, "date": 1})") ==
          "t.json: /date: unknown key; allowed: \"target\", \"layers\"");
    struct Row {
        const char *layer, *message;
    };
    const Row rows[] = {
        {R"("pointwise": {})",
         "/pointwise: names no layer shape; allowed: one as ssdgen tune writes it, such as \"pointwise 19x19x512 to "
         "512\""},
        {R"("pointwise 9x9x8 to 16": 3)", "/pointwise 9x9x8 to 16: found 3; allowed: an object"},
        {R"("pointwise 9x9x8 to 16": {"vectors": 1})",
         "/pointwise 9x9x8 to 16/pixels: missing; allowed: a whole number from 1 to 16"},
        {R"("pointwise 9x9x8 to 16": {"pixels": 6})",
         "/pointwise 9x9x8 to 16/vectors: missing; allowed: a whole number from 1 to 4"},
        {R"("pointwise 9x9x8 to 16": {"pixels": 6, "vectors": 5})",
         "/pointwise 9x9x8 to 16/vectors: found 5; allowed: a whole number from 1 to 4"},
        {R"("pointwise 9x9x8 to 16": {"pixels": 6.5, "vectors": 4})",
         "/pointwise 9x9x8 to 16/pixels: found 6.5; allowed: a whole number from 1 to 6"},
        // 7 x 4 sums, 4 weights and an input are 33 registers of 32.
        {R"("pointwise 9x9x8 to 16": {"pixels": 7, "vectors": 4})",
         "/pointwise 9x9x8 to 16/pixels: found 7; allowed: a whole number from 1 to 6"},
        // A map of 2 x 2 pixels.
        {R"("pointwise 2x2x8 to 16": {"pixels": 5, "vectors": 4})",
         "/pointwise 2x2x8 to 16/pixels: found 5; allowed: a whole number from 1 to 4"},
        {R"("pointwise 9x9x8 to 16": {"pixels": 6, "vectors": 4, "stream_rows": 1})",
         "/pointwise 9x9x8 to 16/stream_rows: unknown key of a convolution; allowed: \"pixels\", \"vectors\""},
        {R"("pointwise 9x5x8 to 16 stream": {"pixels": 6, "vectors": 4})",
         "/pointwise 9x5x8 to 16 stream/stream_rows: missing; allowed: a whole number from 1 to 9"},
        {R"("pointwise 9x5x8 to 16 stream": {"pixels": 6, "vectors": 4, "stream_rows": 10})",
         "/pointwise 9x5x8 to 16 stream/stream_rows: found 10; allowed: a whole number from 1 to 9"},
        {R"("pointwise 9x5x8 to 16 stream": {"pixels": 6, "vectors": 4, "stream_rows": 1})",
         "/pointwise 9x5x8 to 16 stream/pixels: found 6; allowed: a whole number from 1 to 5"},
        {R"("convolution 9x9x8 3x3 stride 2 to 5x5x8": {"pixels": 6, "vectors": 1})",
         "/convolution 9x9x8 3x3 stride 2 to 5x5x8/pixels: found 6; allowed: a whole number from 1 to 5"},
        {R"("depthwise 9x9x8 3x3 stride 1 to 9x9x8": {"pixels": 4, "vectors": 1})",
         "/depthwise 9x9x8 3x3 stride 1 to 9x9x8/vectors: unknown key of a depthwise layer; allowed: \"pixels\""},
        {R"("depthwise 9x9x8 3x3 stride 1 to 9x9x8": {"pixels": 0})",
         "/depthwise 9x9x8 3x3 stride 1 to 9x9x8/pixels: found 0; allowed: a whole number from 1 to 9"},
        {R"("depthwise 99x99x8 25x25 stride 1 to 99x99x8": {"pixels": 7})",
         "/depthwise 99x99x8 25x25 stride 1 to 99x99x8/pixels: found 7; allowed: a whole number from 1 to 6"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.layer);
        CHECK(message_of(text_of(row.layer)) == std::string("t.json: /layers") + row.message);
    }
}

TEST_CASE("A layer takes the tile that the tuning has for its shape, the others the model's") {
    const Graph graph = lowered("mobilenet_ssd_voc.json");
    const Plan model = build_plan(graph, avx512());
    const Plan tuned = build_plan(graph, avx512(), parse(R"(
        "pointwise 19x19x512 to 512": {"pixels": 9, "vectors": 3},
        "pointwise 19x19x512 to 12+63": {"pixels": 5, "vectors": 4},
        "pointwise 38x38x256 to 256 stream": {"pixels": 5, "vectors": 4, "stream_rows": 2},
        "depthwise 19x19x512 3x3 stride 1 to 19x19x512": {"pixels": 4},
        "picture 300x300x3 3x3 stride 2 to 150x150x32 stream": {"pixels": 13, "vectors": 2},
        "pointwise 7x7x7 to 7": {"pixels": 1, "vectors": 1})"));
    for (const char* name : {"conv7", "conv8", "conv9", "conv10", "conv11"}) {
        CHECK(stage_of(tuned, name).tuned);
        for (const ChannelBlock& block : blocks_in(tuned, name))
            CHECK((block.vectors == 3 ? block.pixels == 9 : block.vectors == 2));
    }
    // 32 vectors in blocks of at most 3: the last one has 2, and the model's pixels.
    const auto& blocks = blocks_in(tuned, "conv7");
    REQUIRE(blocks.size() == 11);
    CHECK(blocks.back().vectors == 2);
    CHECK(blocks.back().pixels == schedule_blocks(avx512(), {32}, 361)[0].pixels);
    CHECK(stage_of(tuned, "conv7/dw").tile == "4x16");
    CHECK(stage_of(tuned, "conv0").tile == "13x32");
    CHECK(stage_of(tuned, "conv5").tile == "5x64");
    CHECK(stage_of(tuned, "conv5").kernel.stream_rows == 2);
    // One vector for the boxes, four for the scores.
    const auto& heads = blocks_in(tuned, "conv11_mbox");
    REQUIRE(heads.size() == 2);
    CHECK(heads[1].pixels == 5);
    CHECK(heads[0].pixels == schedule_blocks(avx512(), {12}, 361)[0].pixels);
    int measured = 0;
    for (const Stage* stage : all_stages(tuned)) {
        measured += stage->tuned;
        if (!stage->tuned) CHECK(stage->kernel == stage_of(model, stage->name).kernel);
    }
    CHECK(measured == 5 + 1 + 1 + 5 + 1);  // conv7/dw to conv11/dw have one shape
    for (const Stage* stage : all_stages(model)) CHECK_FALSE(stage->tuned);
}

TEST_CASE("A tuning without entries, or with the model's own choices, gives the model's plan") {
    const Graph graph = lowered("mobilenet_ssd_voc.json");
    const Plan model = build_plan(graph, avx512());
    CHECK(dump(build_plan(graph, avx512(), Tuning{})) == dump(model));
    CHECK(dump(build_plan(graph, avx512(), parse(R"("pointwise 19x19x512 to 512": {"pixels": 6, "vectors": 4})"))) ==
          dump(model));
    CHECK(dump(build_plan(graph, avx512(), parse(R"("pointwise 19x19x512 to 512": {"pixels": 14, "vectors": 2})"))) !=
          dump(model));
}

TEST_CASE("A tile that the registers cannot hold is a fault of our own once it is past the reader") {
    Tuning tuning;
    tuning.layers["pointwise 19x19x512 to 512"] = {4, 7, 0};
    CHECK_THROWS_WITH_AS(build_plan(lowered("mobilenet_ssd_voc.json"), avx512(), tuning),
                         "internal error: broken invariant: a chosen tile fits the registers", InternalError);
}

TEST_CASE("Every candidate is one that a tuning file may hold, makes a plan, and differs from the model's") {
    for (const Target& target : targets()) {
        CAPTURE(std::string(target.name));
        std::size_t all = 0;
        const Graph graph = lowered("mobilenet_ssd_voc.json");
        const Plan model = build_plan(graph, target);
        for (const Stage* stage : all_stages(model)) {
            const auto shape = layer_shape(stage->kernel);
            CAPTURE(stage->name);
            REQUIRE(shape);
            const auto candidates = schedule_candidates(target, *shape);
            all += candidates.size();
            for (const ScheduleChoice& candidate : candidates) {
                Tuning tuning;
                tuning.layers[shape_name(*shape)] = candidate;
                REQUIRE(tuning_text(parse_tuning(tuning_text(tuning, target), "t.json", target), target) ==
                        tuning_text(tuning, target));
                for (const Node& node : graph.nodes)
                    if (node.name == stage->name)
                        REQUIRE_FALSE(make_kernel(graph, node, target, shape->stream, tuning) == stage->kernel);
            }
        }
        CHECK(all > 4 * all_stages(model).size());  // a map of a few pixels leaves nothing to choose
    }
}

TEST_CASE(
    "Candidates of AVX-512's pointwise: 6x64 and 9x48 near the front, no tile that the model holds for more than a "
    "quarter slower") {
    const auto candidates = tile_candidates(avx512(), {512}, 360);
    const auto place = [&](const ScheduleChoice& wanted) {
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (same(candidates[i], wanted)) return int(i);
        return 1000;
    };
    CHECK(place({3, 9, 0}) < 4);
    CHECK(place({4, 6, 0}) == 1000);  // the model's own
    CHECK(place({4, 5, 0}) < 12);
    CHECK(place({1, 1, 0}) == 1000);  // its sums wait for each other: 4 cycles a step
    CHECK(place({1, 3, 0}) == 1000);  // 4 cycles for 3
    CHECK(place({1, 4, 0}) < 1000);
}

TEST_CASE("The tuning files that are checked in fit their targets and are in their one form") {
    int files = 0;
    for (const Target& target : targets()) {
        const std::string path = std::string(SSDGEN_SOURCE_DIR "/configs/tuning/") + target.name + ".json";
        if (!std::filesystem::exists(path)) {
            // Or those of the target that it computes with real numbers as.
            CHECK(built_in_tuning(target).layers.empty() == target.floats_as.empty());
            continue;
        }
        ++files;
        CAPTURE(path);
        const Tuning tuning = read_tuning(path, target);
        CHECK(tuning_text(tuning, target) == read_file(path));
        CHECK(read_file(path).size() < 64000);  // what a compiler has to take as one literal
        CHECK(tuning_text(built_in_tuning(target), target) == read_file(path));
        CHECK_FALSE(tuning.layers.empty());
    }
    CHECK(files >= 2);
}
