// ssdgen sweep --evaluate: accuracy by the emitted code, weights by a pattern, what is done again when the pictures
// change.
#include "description/read.h"
#include "graph/build.h"
#include "support/files.h"
#include "sweeps.h"
#include "weights/random.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string specimen_file = SSDGEN_SOURCE_DIR "/configs/specimen.json";
const std::string weights_option = " --weights 'net_{alpha_percent}_{height}.safetensors' ";

/// Random ones, as net_050_24.safetensors.
void write_weights(const TemporaryFolder& folder, double alpha, const std::string& file, std::uint64_t seed = 3) {
    const Graph graph = build_graph(read_description(specimen_file), {alpha, 1.0});
    write_if_changed(folder.path(file), serialize_safetensors(random_weights(expected_tensors(graph), seed)));
}

/// Eight pictures of noise.
void write_pictures(const TemporaryFolder& folder) {
    std::uint32_t state = 1;
    for (int number = 0; number < 8; ++number) {
        std::string bytes = "P6 40 30 255\n";
        for (int i = 0; i < 40 * 30 * 3; ++i) bytes += char((state = state * 1664525 + 1013904223) >> 24);
        write_if_changed(folder.path("pictures/" + std::to_string(number) + ".ppm"), bytes);
    }
}

/// NAME_detect of one alpha by the emitted CMake file, over the folder of pictures.
Json detect(const TemporaryFolder& folder, const std::string& alpha, const std::string& weights,
            const std::string& options) {
    const std::string out = "net_" + alpha;
    if (!fs::exists(folder.path(out)))
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(specimen_file) +
                            " --target portable --no-selftest --alpha " + alpha + " --weights " + weights + " --out " +
                            out + " && CXX=" + quoted(compiler()) + " cmake -S " + out + " -B " + out +
                            "/build && cmake --build " + out + "/build --target specimen_detect",
                        folder.path());
    return Json::parse(
        require_command(out + "/build/specimen_detect pictures --json " + options, folder.path()).output);
}

/// As truth, what the network itself is surest of in each picture, so that random weights are right about something.
void write_truth(const TemporaryFolder& folder, const Json& found) {
    std::string text;
    for (const Json& picture : found.at("pictures")) {
        const Json& best = picture.at("detections").at(0);
        text += std::string(picture.at("picture")) + (best.at("class") == 1 ? "\tone" : "\t2");
        for (const double edge : best.at("box")) text += "\t" + std::to_string(std::clamp(edge, -1.0, 2.0));
        text += "\n";
    }
    write_if_changed(folder.path("pictures/truth.txt"), text);
}

CommandResult sweep(const TemporaryFolder& folder, const std::string& options) {
    return run_command(
        quoted(SSDGEN_EXECUTABLE) + " sweep " + quoted(specimen_file) + " --out out --target portable " + options,
        folder.path());
}

}  // namespace

TEST_CASE("An evaluated sweep: the mAP of each network that has weights, and nothing done twice") {
    if (lacks(need::ninja) || lacks(need::stb)) return;
    const TemporaryFolder folder;
    write_pictures(folder);
    write_if_changed(folder.path("labels"), "nothing\none\ntwo\n");
    write_weights(folder, 0.5, "net_050_24.safetensors");
    write_weights(folder, 1, "net_100_24.safetensors");
    write_truth(folder, detect(folder, "0.5", "net_050_24.safetensors", "--score-threshold 0"));
    const std::string runner =
        script(folder, "runner", "echo \"$*\" >> " + quoted(folder.path("ran")) + "\nexec \"$@\"\n");
    const std::string options = "--alpha 0.5,0.75,1 --runs 5 --jobs 2 --evaluate pictures --labels labels --runner " +
                                quoted(runner) + " --compiler " + quoted(compiler()) + weights_option;
    const CommandResult first = sweep(folder, options);
    INFO(first.errors);
    REQUIRE(first.status == 0);
    CHECK(count(first, "evaluate") == 2);
    CHECK(first.errors.find("] measure") > first.errors.rfind("] evaluate"));

    const std::string truth = " --truth pictures/truth.txt --labels labels";
    const Json half = detect(folder, "0.5", "net_050_24.safetensors", truth),
               whole = detect(folder, "1", "net_100_24.safetensors", truth);
    CHECK(half.at("map") > 0);
    CHECK(half.at("map") != whole.at("map"));
    Json json = results(folder);
    for (const char* key : {"map", "map_small", "map_medium", "map_large"}) {
        CAPTURE(key);
        for (const auto& [point, alone] : {std::pair(0, half), std::pair(2, whole)})
            CHECK(json.at("points").at(std::size_t(point)).value(key, Json()) == alone.at(key));
    }
    CHECK(json.at("evaluated_on") == "pictures (8 objects)");
    CHECK(json.at("points")[0].contains("ms_1"));
    CHECK(json.at("points")[0].contains("accuracy_front"));
    const Json& missing = json.at("points")[1];
    CHECK(missing.at("failed") ==
          "net_075_24.safetensors: cannot be read: No such file or directory; allowed: a readable file");
    CHECK(missing.contains("arena_bytes"));
    CHECK_FALSE(missing.contains("compile_s"));
    CHECK(first.output.find("\nfront of accuracy against latency: alpha ") != std::string::npos);
    const std::string csv = read_file(folder.path("out/sweep.csv"));
    CHECK(csv.substr(0, csv.find('\n')).find(",map,") != std::string::npos);
    CHECK(read_file(folder.path("ran")).find("alpha_0.5_rho_1_portable_tile/build/specimen_detect ") !=
          std::string::npos);

    const CommandResult again = sweep(folder, options);
    CHECK(again.errors.find("ninja: no work to do.") != std::string::npos);
    CHECK(again.output == first.output);

    const auto only_evaluates = [&] {
        const CommandResult result = sweep(folder, options);
        INFO(result.errors);
        CHECK(count(result, "evaluate") == 2);
        for (const char* other : {"generate", "compile", "link", "measure"}) CHECK(count(result, other) == 0);
        return result.output;
    };
    fs::last_write_time(folder.path("pictures/truth.txt"), fs::file_time_type::clock::now());
    CHECK(only_evaluates() == first.output);
    write_if_changed(folder.path("pictures/truth.txt"), "0.ppm\tone\t0\t0\t0.01\t0.01\n");  // that none finds
    only_evaluates();
    CHECK(results(folder).at("points")[0].at("map") == 0);
    fs::copy(folder.path("pictures/0.ppm"), folder.path("pictures/9.ppm"));
    only_evaluates();

    // Other weights: one network anew.
    write_weights(folder, 1, "net_100_24.safetensors", 4);
    const CommandResult other = sweep(folder, options);
    CHECK(count(other, "generate") == 1);
    CHECK(count(other, "evaluate") == 1);
    CHECK(count(other, "measure") == 1);

    // A truth that the program refuses: its words in the row, and the next time is another try.
    write_if_changed(folder.path("wrong.txt"), "0.ppm\tdog\t0\t0\t1\t1\n");
    const std::string words = "evaluate: runner gave 1: " + folder.path("wrong.txt") +
                              ":1: \"dog\" is no class; allowed: a column of the scores, or its name in --labels";
    for (int i = 0; i < 2; ++i) {
        CHECK(count(sweep(folder, options + "--truth wrong.txt"), "evaluate") == 2);
        CHECK(results(folder).at("points")[2].at("failed") == words);
        CHECK(results(folder).at("points")[2].contains("ms_1"));
    }
}

TEST_CASE("Wrong evaluations end before anything is written") {
    const TemporaryFolder folder;
    write_pictures(folder);
    write_if_changed(folder.path("pictures/truth.txt"), "0.ppm\t1\t0\t0\t1\t1\n");
    write_if_changed(folder.path("net.safetensors"), "");
    const std::string weights = "--weights net.safetensors ";
    const auto errors = [&](const std::string& options, int status) {
        const CommandResult result = sweep(folder, options);
        CHECK(result.status == status);
        CHECK_FALSE(fs::exists(folder.path("out")));
        return result.errors;
    };
    CHECK(errors("--evaluate pictures", 2) ==
          "ssdgen: --evaluate: the weights are random ones, which find nothing; allowed: with --weights\n");
    CHECK(errors(weights + "--evaluate pictures --static", 2).find("--static excludes --evaluate") !=
          std::string::npos);
    CHECK(errors(weights + "--truth pictures/truth.txt", 2).find("--truth requires --evaluate") != std::string::npos);
    CHECK(errors("--weights net_{beta}", 2).find("ssdgen: --weights: found {beta}; allowed: {alpha}, ") == 0);
    CHECK(errors("--weights none.safetensors", 1) ==
          "ssdgen: none.safetensors: cannot be read: No such file or directory; allowed: a readable file\n");
    CHECK(errors(weights + "--evaluate none", 1) ==
          "ssdgen: none: is no folder that can be read; allowed: one with pictures\n");
    CHECK(errors(weights + "--evaluate .", 1) ==
          "ssdgen: ./truth.txt: cannot be read: No such file or directory; allowed: a readable file\n");
    CHECK(errors(weights + "--evaluate pictures --compiler none", 1) ==
          "ssdgen: stb/stb_image.h: is not found by none; allowed: a sweep with it (Debian: libstb-dev), or one "
          "without --evaluate\n");
    write_if_changed(folder.path("labels"), "one\n");
    CHECK(errors(weights + "--evaluate pictures --labels labels", 1) ==
          "ssdgen: labels: found 1 label; allowed: 3, a line a class (??? for one without a name), or 2 without the "
          "background\n");
    write_if_changed(folder.path("labels.pbtxt"), "item { id: 1 name: 'one' }\nitem { id: 3 name: 'two' }\n");
    CHECK(errors(weights + "--evaluate pictures --labels labels.pbtxt", 1) ==
          "ssdgen: labels.pbtxt:2: found id 3; allowed: ids up to 2 for 3 classes, the background counted\n");
    write_if_changed(folder.path("labels"), "one\ntwo\n");
    CHECK(errors("--warnings-as-errors " + weights + "--evaluate pictures --labels labels", 1)
              .rfind("ssdgen: warning: labels: found 2 labels for 3 classes; they are taken as those without the "
                     "background, which is column 0\n",
                     0) == 0);
    write_if_changed(folder.path("truth"), "0.ppm\t1\t0\t0\t1\t1\n\n8.ppm\t1\t0\t0\t1\t1\n");
    CHECK(errors(weights + "--evaluate pictures --truth truth", 1) ==
          "ssdgen: truth:3: \"8.ppm\" is no picture in pictures; allowed: those that are\n");
    write_if_changed(folder.path("truth"), "../pictures/0.ppm\t1\t0\t0\t1\t1\n");
    CHECK(errors(weights + "--evaluate pictures --truth truth", 1) ==
          "ssdgen: truth:1: \"../pictures/0.ppm\" is no picture in pictures; allowed: those that are\n");
    write_if_changed(folder.path("truth"), "\n");
    CHECK(errors(weights + "--evaluate pictures --truth truth", 1) ==
          "ssdgen: truth: names no object; allowed: a line an object\n");
    const std::string classifier = SSDGEN_SOURCE_DIR "/configs/mobilenet_v1_imagenet.json";
    const CommandResult result = run_command(
        quoted(SSDGEN_EXECUTABLE) + " sweep " + quoted(classifier) + " --out out --evaluate pictures " + weights,
        folder.path());
    CHECK(result.status == 1);
    CHECK(result.errors == "ssdgen: " + classifier +
                               ": describes a classifier, which has no mean average precision; allowed with "
                               "--evaluate: a network with a head\n");
}
