// Claims: an emitted 8-bit network gives the raw outputs of the published models, byte for byte, in the arithmetic that
// is asked for, on every target and with any number of threads; its self-test compares every layer to the last number.
#include "import/import.h"
#include "passes/lower.h"
#include "passes/make_factors.h"
#include "pipeline/make_plan.h"
#include "support/error.h"
#include "support/files.h"
#include "target/table.h"
#include "tools/long_run.h"
#include "tools/shell.h"
#include "tools/synthetic_model.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;
using nlohmann::json;

namespace {

const std::string reference = models_folder + "/reference/";

/// A list of raw outputs as the reference has it.
struct Stored {
    std::string file, list;  // "boxes" or "logits"
    bool is_signed = false;
    float scale = 1;
    int zero_point = 0;

    std::vector<float> values() const {
        std::vector<float> values;
        for (const char byte : read_file(reference + file)) {
            const int number = is_signed ? static_cast<signed char>(byte) : static_cast<unsigned char>(byte);
            values.push_back(static_cast<float>(number - zero_point) * scale);
        }
        return values;
    }
};

struct Picture {
    std::string input;
    std::vector<Stored> outputs;
};

struct Model {
    std::string name;
    bool detector = false;
    std::vector<Picture> pictures(const std::string& rule) const;
};

Stored stored(const json& of, const std::string& list, const std::string& rule) {
    std::string file = of["file"].get<std::string>();
    if (rule != "double") file.insert(file.rfind(".q8"), "." + rule);
    return {file, list, of["dtype"] == "int8", of["scale"].get<float>(), of["zero_point"].get<int>()};
}

std::vector<Picture> Model::pictures(const std::string& rule) const {
    std::vector<Picture> all;
    if (detector) {
        for (const std::string name : {"cat_720p", "grace_hopper", "pets", "street"}) {
            const json one = json::parse(read_file(reference + name + ".q8.detections.json"));
            all.push_back(
                {name + ".300.u8", {stored(one["boxes"], "boxes", rule), stored(one["logits"], "logits", rule)}});
        }
        return all;
    }
    for (const json& one : json::parse(read_file(reference + name + ".q8.json"))["images"])
        all.push_back({one["input"]["file"].get<std::string>(), {stored(one["logits"], "logits", rule)}});
    return all;
}

std::vector<float> read_floats(const std::string& path) {
    const std::string bytes = read_file(path);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

class ImportedModel {
  public:
    explicit ImportedModel(const Model& model) : model_(model) {
        require_command(fmt::format("{} import {}/{}.tflite --out-config c.json --out-weights w.safetensors",
                                    SSDGEN_EXECUTABLE, models_folder, model.name),
                        folder_.path());
        name_ = json::parse(read_file(folder_.path("c.json")))["name"].get<std::string>();
    }

    /// Generates, builds and runs; options: of `generate`.
    void check(const std::string& target, const std::string& rule, const std::string& options,
               const std::string& cxx = compiler()) const {
        CAPTURE(model_.name);
        CAPTURE(target);
        CAPTURE(rule);
        CAPTURE(options);
        require_command(fmt::format("rm -rf net && {} generate c.json --weights w.safetensors --target {} "
                                    "--requantization {} --out net {}",
                                    SSDGEN_EXECUTABLE, target, rule, options),
                        folder_.path());
        require_command(fmt::format("CXX={} cmake -S net -B net/build -DCMAKE_CXX_FLAGS='-Wall -Wextra -Wpedantic "
                                    "-Wconversion -Werror' && cmake --build net/build -j2",
                                    quoted(cxx)),
                        folder_.path());
        require_command("net/build/" + name_ + "_selftest", folder_.path());
        int threads = 0;
        for (const Picture& picture : model_.pictures(rule)) {
            CAPTURE(picture.input);
            threads = threads % 4 + 1;
            require_command(fmt::format("net/build/{}_{} --raw-input {}{} --dump-raw raw --threads {} --json", name_,
                                        model_.detector ? "detect" : "classify", reference, picture.input, threads),
                            folder_.path());
            for (const Stored& output : picture.outputs)
                CHECK(read_floats(folder_.path("raw/" + output.list + ".f32")) == output.values());
        }
    }

  private:
    Model model_;
    TemporaryFolder folder_;
    std::string name_;
};

const Model smallest{"mobilenet_v1_0.25_128_quant"}, person{"person_detect"}, wake_words{"vww_96_int8"},
    residual{"mobilenet_v2_1.0_224_quant"}, detector{"coco_ssd_mobilenet_v1_quant", true};

}  // namespace

TEST_CASE("The smallest published network gives the reference's bytes on every target, in every arithmetic") {
    if (lacks(need::models)) return;
    const ImportedModel network(smallest);
    const char* const rules[] = {"double", "ruy", "float"};
    int next = 0;
    for (const Target& target : targets())
        if (runs_here(target)) network.check(target.name, rules[next++ % 3], "");
    const std::string native = find_target("native", Numbers::whole).name;
    network.check(native, "ruy", "--unroll full");
    network.check(native, "ruy", "--unroll compact");
    network.check("portable", "float", "--unroll compact");
}

TEST_CASE("All published networks give the reference's bytes; a usual run takes the detector and signed numbers") {
    if (lacks(need::models)) return;
    if (!is_long_run()) {
        const std::string native = find_target("native", Numbers::whole).name;
        for (const Model& model : {wake_words, detector}) ImportedModel(model).check(native, "double", "");
        return;
    }
    for (const Model& model : {smallest, person, wake_words, residual, detector}) {
        const ImportedModel network(model);
        for (const Target& target : targets()) {
            if (!runs_here(target)) continue;
            for (const char* const rule : {"double", "ruy", "float"}) {
                network.check(target.name, rule, "");
                network.check(target.name, rule, "--unroll full", "clang++");
                network.check(target.name, rule, "--unroll compact");
            }
        }
    }
}

TEST_CASE("A pool that changes its scale is refused in 8 bits, and computed with real numbers where nobody asked") {
    SyntheticModel model;
    model.form = Form::uint8;
    const Imported imported = import_tflite_bytes(synthetic_classifier(model), "bytes.tflite", {});
    Graph graph = build_graph(imported.description);
    bind_weights(graph, imported.description, imported.weights);
    const std::string built = unbuilt_layer(graph);
    CHECK(built == "");
    CHECK(is_whole(graph, {}));
    for (const Node& node : graph.nodes)
        if (std::holds_alternative<AveragePool>(node.operation))
            graph.tensors[static_cast<std::size_t>(node.outputs[0])].quantization->scale[0] *= 2;
    CHECK(unbuilt_layer(graph).find("is a pool whose maps have two scales") != std::string::npos);
    CHECK_THROWS_AS(lower_integers(graph, Requantization::two_roundings), InputError);
    CHECK_FALSE(is_whole(graph, {}));
}
