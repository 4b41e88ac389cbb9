// The published networks of ../shared/models: from the .tflite file to detections, against the reference results.
#include "description/read.h"
#include "graph/build.h"
#include "graph/priors.h"
#include "import/import.h"
#include "support/error.h"
#include "tools/network.h"
#include "tools/shell.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

using namespace ssdgen;
using namespace ssdgen::test;
using nlohmann::json;

namespace {

const char* const photographs[] = {"cat_720p", "grace_hopper", "pets", "street"};

std::vector<float> read_floats(const std::string& path) {
    const std::string bytes = read_file(path);
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), values.size() * 4);
    return values;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size() || a.empty()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double distance = std::fabs(double(a[i]) - double(b[i]));
        if (!(distance <= largest)) largest = std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
    }
    return largest;
}

/// A model imported, generated and compiled with the programs that the emitted folder brings.
struct Built {
    TemporaryFolder folder;
    std::string models = models_folder;

    explicit Built(const std::string& model, const char* program) {
        require_command(fmt::format("{} import {}/{}.tflite --out-config c.json --out-weights w.safetensors",
                                    SSDGEN_EXECUTABLE, models, model),
                        folder.path());
        generate("c.json", "net", "");
        compile("net", model + "_" + program);
    }
    void generate(const std::string& config, const std::string& out, const std::string& options) const {
        require_command(fmt::format("{} generate {} --weights w.safetensors --precision f32 --out {} --no-selftest {}",
                                    SSDGEN_EXECUTABLE, config, out, options),
                        folder.path());
    }
    void compile(const std::string& net, const std::string& program) const {
        require_command(fmt::format("CXX={} cmake -S {} -B {}/build && cmake --build {}/build -j2 --target {}",
                                    quoted(compiler()), net, net, net, program),
                        folder.path());
    }
};

// The name of an imported description is the file's, made a C identifier.
const Built& detector() {
    static const Built built("coco_ssd_mobilenet_v1_quant", "detect");
    return built;
}

json run_json(const Built& built, const std::string& command) {
    return json::parse(require_command(command, built.folder.path()).output);
}

bool edges_agree(const json& found, const json& wanted, double tolerance) {
    for (std::size_t edge = 0; edge < 4; ++edge)
        if (!(std::fabs(found["box"][edge].get<double>() - wanted["box"][edge].get<double>()) <= tolerance))
            return false;
    return true;
}

double overlap(const json& a, const json& b) {
    const auto at = [](const json& box, int edge) { return box[std::size_t(edge)].get<double>(); };
    const auto side = [&](int axis) {
        return std::max(0.0, std::min(at(a, axis + 2), at(b, axis + 2)) - std::max(at(a, axis), at(b, axis)));
    };
    const auto area = [&](const json& box) { return (at(box, 2) - at(box, 0)) * (at(box, 3) - at(box, 1)); };
    const double both = side(0) * side(1);
    return both / (area(a) + area(b) - both);
}

/// The rules of shared/models/README.md: the same list; two may swap if their scores are within the tolerance.
void check_detections(const json& found, const json& wanted, double smallest_gap) {
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double score = wanted[i]["score"].get<double>();
        const bool strong = score >= 0.3;
        const auto same = [&](const json& one) {
            return one["anchor"] == wanted[i]["anchor"] && one["class"] == wanted[i]["class"];
        };
        const auto place = std::find_if(found.begin(), found.end(), same);
        CAPTURE(i);
        CAPTURE(wanted[i].dump());
        if (!strong && smallest_gap <= 1e-4) continue;
        REQUIRE(place != found.end());
        CHECK((*place)["label"] == wanted[i]["label"]);
        CHECK(std::fabs((*place)["score"].get<double>() - score) <= 1e-3);
        CHECK(edges_agree(*place, wanted[i], 0.002));
        const auto rank = std::size_t(place - found.begin());
        CHECK(std::fabs(wanted[rank]["score"].get<double>() - score) <= 1e-3);
    }
}

}  // namespace

TEST_CASE("The published detector: raw outputs within 1e-3, the same detections, for all photographs") {
    if (lacks(need::models)) return;
    const Built& built = detector();
    for (const std::string photograph : photographs) {
        CAPTURE(photograph);
        const std::string reference = built.models + "/reference/" + photograph;
        const json found = run_json(built, fmt::format("net/build/coco_ssd_mobilenet_v1_quant_detect --raw-input "
                                                       "{}.300.u8 --json --labels {}/coco_labels.txt --dump-raw raw",
                                                       reference, built.models));
        const double boxes =
            largest_difference(read_floats(built.folder.path("raw/boxes.f32")), read_floats(reference + ".boxes.f32"));
        const double logits = largest_difference(read_floats(built.folder.path("raw/logits.f32")),
                                                 read_floats(reference + ".logits.f32"));
        CHECK(boxes <= 1e-3);
        CHECK(logits <= 1e-3);
        MESSAGE(photograph << ": boxes within " << boxes << ", logits within " << logits);
        const json wanted = json::parse(read_file(reference + ".detections.json"));
        check_detections(found["detections"], wanted["detections"], wanted["smallest_score_gap"].get<double>());
        CHECK(found["milliseconds"].get<double>() > 0);
    }
}

TEST_CASE("From the photograph itself: the strong detections are found, nearly as strong and nearly there") {
    if (lacks(need::models) || lacks(need::stb)) return;
    const Built& built = detector();
    for (const std::string photograph : photographs) {
        CAPTURE(photograph);
        const CommandResult result =
            run_command(fmt::format("net/build/coco_ssd_mobilenet_v1_quant_detect {}/images/{}.jpg --json",
                                    built.models, photograph),
                        built.folder.path());
        REQUIRE(result.status == 0);
        const json found = json::parse(result.output);
        for (const json& wanted :
             json::parse(read_file(built.models + "/reference/" + photograph + ".detections.json"))["detections"]) {
            if (wanted["score"].get<double>() < 0.5) continue;
            CAPTURE(wanted.dump());
            const auto same = [&](const json& one) {
                return one["class"] == wanted["class"] && overlap(one["box"], wanted["box"]) > 0.8 &&
                       std::fabs(one["score"].get<double>() - wanted["score"].get<double>()) < 0.1;
            };
            const json& all = found["detections"];
            CHECK(std::any_of(all.begin(), all.end(), same));
        }
    }
}

TEST_CASE("The description that a person writes and the imported one give the same raw outputs, bit for bit") {
    if (lacks(need::models)) return;
    const Built& built = detector();
    // Its priors are computed, so the imported table is no tensor that it takes.
    const Weights weights = read_safetensors(built.folder.path("w.safetensors"));
    CHECK(weights.tensors.count("priors") == 1);
    require_command(fmt::format("{} generate {}/configs/mobilenet_ssd_coco.json --alpha 0.75 --weights w.safetensors "
                                "--precision f32 --out written --no-selftest",
                                SSDGEN_EXECUTABLE, SSDGEN_SOURCE_DIR),
                    built.folder.path());
    built.compile("written", "mobilenet_ssd_coco_detect");
    for (const std::string photograph : photographs) {
        const std::string input = built.models + "/reference/" + photograph + ".300.u8";
        require_command("net/build/coco_ssd_mobilenet_v1_quant_detect --json --raw-input " + input + " --dump-raw raw",
                        built.folder.path());
        require_command("written/build/mobilenet_ssd_coco_detect --json --raw-input " + input + " --dump-raw raw2",
                        built.folder.path());
        for (const char* file : {"boxes.f32", "logits.f32"})
            CHECK(read_file(built.folder.path(std::string("raw/") + file)) ==
                  read_file(built.folder.path(std::string("raw2/") + file)));
    }
}

TEST_CASE("The priors that TensorFlow's convention computes agree with the file's quantised table within 0.0033") {
    if (lacks(need::models)) return;
    const std::vector<float> table =
        import_tflite(models_folder + "/coco_ssd_mobilenet_v1_quant.tflite", {}).weights.tensors.at("priors").values();
    const Graph graph =
        build_graph(read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_coco.json"), {0.75, std::nullopt});
    REQUIRE(graph.head->priors == 1917);
    REQUIRE(table.size() == 1917 * 4);
    double largest = 0;
    for (int row = 0; row < 1917; ++row)
        for (std::size_t k = 0; k < 4; ++k)
            largest = std::max(
                largest, std::fabs(double(prior_box(*graph.head, row)[k]) - double(table[std::size_t(row) * 4 + k])));
    CHECK(largest <= 0.0033);
    CHECK(largest > 0);
}

namespace {

/// Imports and generates a classifier, runs its self-test, and compares it with the reference results.
void check_classifier(const std::string& model) {
    TemporaryFolder folder;
    const std::string models = models_folder;
    require_command(fmt::format("{0} import {1}/{2}.tflite --out-config c.json --out-weights w.safetensors && "
                                "{0} generate c.json --weights w.safetensors --precision f32 --out net",
                                SSDGEN_EXECUTABLE, models, model),
                    folder.path());
    // A dot of the file's name is no part of a C identifier.
    const std::string name = json::parse(read_file(folder.path("c.json")))["name"];
    require_command(fmt::format("CXX={} cmake -S net -B net/build && cmake --build net/build -j2", quoted(compiler())),
                    folder.path());
    require_command("net/build/" + name + "_selftest", folder.path());
    for (const json& image : json::parse(read_file(models + "/reference/" + model + ".classes.json"))["images"]) {
        const std::string reference = models + "/reference/";
        CAPTURE(image["image"].dump());
        const json found = json::parse(
            require_command(
                fmt::format(
                    "net/build/{}_classify --raw-input {}{} --json --labels {}/imagenet_labels.txt --dump-raw raw",
                    name, reference, image["input"]["file"].get<std::string>(), models),
                folder.path())
                .output);
        CHECK(largest_difference(read_floats(folder.path("raw/logits.f32")),
                                 read_floats(reference + image["logits"].get<std::string>())) <= 1e-3);
        const std::vector<float> scores = read_floats(reference + image["scores"].get<std::string>());
        REQUIRE(found["classes"].size() == 5);
        for (std::size_t rank = 0; rank < 5; ++rank) {
            const json& one = found["classes"][rank];
            CHECK(one["class"] == image["top"][rank]["class"]);
            CHECK(one["label"] == image["top"][rank]["label"]);
            CHECK(std::fabs(one["score"].get<double>() - double(scores[one["class"].get<std::size_t>()])) <= 1e-4);
        }
    }
}

}  // namespace

TEST_CASE("The published classifier: logits within 1e-3, scores within 1e-4, the same best five in the same order") {
    if (lacks(need::models)) return;
    check_classifier("mobilenet_v1_0.25_128_quant");
}

TEST_CASE("The published MobileNet v2, with ten residual sums: the same") {
    if (lacks(need::models)) return;
    check_classifier("mobilenet_v2_1.0_224_quant");
}
