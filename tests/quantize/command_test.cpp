// Claims: `ssdgen quantize` as a user runs it: files in, files out, what it says, and that bad input writes nothing.

#include "description/read.h"
#include "graph/build.h"
#include "support/files.h"
#include "tools/shell.h"
#include "weights/random.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <string>

using namespace ssdgen;
using namespace ssdgen::test;
using Json = nlohmann::json;

namespace {

const std::string specimen = SSDGEN_SOURCE_DIR "/configs/specimen.json";

/// A picture as stb reads it.
std::string ppm(int height, int width, int seed) {
    std::string bytes = "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                bytes.push_back(static_cast<char>(static_cast<int>(127 + 60 * std::sin(0.3 * y + seed + c) +
                                                                   60 * std::sin(0.2 * x * (1 + seed % 3) - c))));
    return bytes;
}

/// A folder with w.safetensors of random weights and pictures in p/.
class Site {
  public:
    Site() {
        const Description description = read_description(specimen);
        const Graph graph = build_graph(description);
        write_if_changed(path("w.safetensors"), serialize_safetensors(random_weights(expected_tensors(graph), 1)));
        for (int i = 0; i < 5; ++i) write_if_changed(path("p/" + std::to_string(i) + ".ppm"), ppm(30 + i, 40 - i, i));
    }

    std::string path(const std::string& name) const { return folder_.path(name); }
    bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

    CommandResult run(const std::string& options, const std::string& weights = "w.safetensors") const {
        return run_command(quoted(SSDGEN_EXECUTABLE) + " quantize " + quoted(specimen) + " --weights " + weights +
                               " --out-weights q.safetensors " + options,
                           folder_.path());
    }

    /// The errors of a run that has to fail so, without progress; nothing was written.
    std::string errors(int status, const std::string& options, const std::string& weights = "w.safetensors") const {
        const CommandResult result = run(options, weights);
        CHECK(result.status == status);
        CHECK(!has("q.safetensors"));
        CHECK(!has("r.json"));
        std::string said;
        std::size_t at = 0;
        while (at < result.errors.size()) {
            const std::size_t end = std::min(result.errors.find('\n', at), result.errors.size());
            const std::string line = result.errors.substr(at, end - at);
            if (line.rfind("ssdgen: ", 0) == 0) said += (said.empty() ? "" : "\n") + line;
            at = end + 1;
        }
        return said;
    }

  private:
    TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("quantize writes weights that state their arithmetic, and a report of every layer") {
    const Site site;
    const CommandResult result = site.run("--pictures p --report r.json");
    INFO(result.errors);
    REQUIRE(result.status == 0);
    const Weights weights = read_safetensors(site.path("q.safetensors"));
    CHECK(weights.requantization == Requantization::float_product);
    CHECK(weights.tensors.at("conv0.weight").element() == Element::s8);
    CHECK(weights.maps.count("input") == 1);
    CHECK(weights.head.boxes.has_value());
    const Json report = Json::parse(read_file(site.path("r.json")));
    CHECK(report.at("pictures") == 5);
    CHECK(report.at("method") == "percentile");
    CHECK(report.at("layers").size() == 10);  // with the picture
    for (const Json& layer : report.at("layers")) {
        CAPTURE(layer.dump());
        CHECK(layer.at("precision") == "int8");
        CHECK((layer.at("signal_to_noise_db").is_null() || layer.at("signal_to_noise_db") > 15.0));
        CHECK(layer.at("cosine") > 0.98);
        CHECK(layer.at("saturated") < 0.01);
        CHECK(result.output.find(layer.at("name").get<std::string>()) != std::string::npos);
    }
}

TEST_CASE("threads, the order of a list and a second run change no byte") {
    const Site site;
    REQUIRE(site.run("--pictures p --threads 1 --method mse --equalize").status == 0);
    const std::string first = read_file(site.path("q.safetensors"));
    REQUIRE(site.run("--pictures p --threads 3 --method mse --equalize").status == 0);
    CHECK(read_file(site.path("q.safetensors")) == first);
    write_if_changed(site.path("list.txt"), "p/0.ppm\np/1.ppm\r\n\np/2.ppm\np/3.ppm\np/4.ppm");
    REQUIRE(site.run("--pictures list.txt --threads 2 --method mse --equalize").status == 0);
    CHECK(read_file(site.path("q.safetensors")) == first);
    REQUIRE(site.run("--pictures p --method minmax").status == 0);
    CHECK(read_file(site.path("q.safetensors")) != first);
}

TEST_CASE("what is quantized already is quantized again, and stays what it was but for a rounding") {
    const Site site;
    REQUIRE(site.run("--pictures p --method minmax").status == 0);
    const Weights once = read_safetensors(site.path("q.safetensors"));
    write_if_changed(site.path("once.safetensors"), read_file(site.path("q.safetensors")));
    REQUIRE(site.run("--pictures p --method minmax", "once.safetensors").status == 0);
    const Weights twice = read_safetensors(site.path("q.safetensors"));
    CHECK(once.tensors.at("conv1.weight").numbers == twice.tensors.at("conv1.weight").numbers);
    CHECK(once.maps.at("input") == twice.maps.at("input"));
}

TEST_CASE("a picture that cannot be decoded is named, left out and counted") {
    const Site site;
    write_if_changed(site.path("p/2.ppm"), "P6\nnonsense");
    write_if_changed(site.path("p/5.png"), "");
    const CommandResult result = site.run("--pictures p");
    REQUIRE(result.status == 0);
    CHECK(result.errors.find("ssdgen: warning: p/2.ppm: cannot be decoded (") != std::string::npos);
    CHECK(result.errors.find("ssdgen: warning: p/5.png: is empty; it is left out\n") != std::string::npos);
    CHECK(result.output.find("2 of 6 files could not be decoded and were left out\n") != std::string::npos);
}

TEST_CASE("bad input is one message, and nothing is written") {
    const Site site;
    std::filesystem::create_directories(site.path("empty"));
    write_if_changed(site.path("bad/a.png"), "no picture");
    write_if_changed(site.path("blank.txt"), "\n\n");
    const std::string report = " --report r.json";
    CHECK(site.errors(1, "--pictures empty" + report) ==
          "ssdgen: empty: has no picture in it; allowed: JPEG, PNG, BMP, GIF, TGA, PSD or PNM files");
    CHECK(site.errors(1, "--pictures nowhere" + report) ==
          "ssdgen: nowhere: cannot be read: No such file or directory; allowed: a readable file");
    CHECK(site.errors(1, "--pictures blank.txt" + report) ==
          "ssdgen: blank.txt: names no picture; allowed: a path a line, relative to the list");
    CHECK(site.errors(1, "--pictures bad" + report)
              .find("ssdgen: bad: has 1 files, none of which is a picture that can be decoded; allowed: ") !=
          std::string::npos);
    CHECK(site.errors(1, "--pictures p" + report, "none.safetensors").find("none.safetensors: cannot be read") !=
          std::string::npos);
    CHECK(site.errors(2, "--pictures p --method best") ==
          "ssdgen: --method: found best; allowed: minmax, percentile, mse");
    CHECK(site.errors(2, "--pictures p --method minmax --percentile 99") ==
          "ssdgen: --percentile: found with --method minmax; allowed: with percentile");
    CHECK(site.errors(2, "--pictures p --float conv9") ==
          "ssdgen: --float: found conv9; allowed: auto, or layers with weights: conv0, conv1/dw, conv1, "
          "conv1_mbox_loc, conv1_mbox_conf, conv2/dw, conv2, conv2_mbox_loc, conv2_mbox_conf");
    CHECK(site.errors(2, "--pictures p --float auto") ==
          "ssdgen: --float auto: found without --max-drop; allowed: with --truth and --max-drop");
    CHECK(site.errors(2, "--pictures p --max-drop 0.1") ==
          "ssdgen: --max-drop: found without --truth; allowed: with it");
    CHECK(site.errors(2, "--pictures p --report w.safetensors").find("both name w.safetensors") != std::string::npos);
}

namespace {

const std::string lines = "0.ppm\t1\t0.1\t0.1\t0.6\t0.7\n3.ppm\t2\t0.2\t0.3\t0.9\t0.9\n";

/// The accuracy of a run, before.
double accuracy(const Site& site, const std::string& options) {
    const CommandResult result = site.run("--pictures p --report r.json " + options);
    INFO(result.errors);
    REQUIRE(result.status == 0);
    return Json::parse(read_file(site.path("r.json"))).at("mean_average_precision").at("before");
}

std::string voc(const std::string& name, const std::string& box) {
    return "<annotation><size><width>40</width><height>30</height><depth>3</depth></size>" +
           (name.empty() ? ""
                         : "<object><name>" + name + "</name><difficult>0</difficult>" + box +
                               "<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part></object>") +
           "</annotation>";
}

}  // namespace

TEST_CASE("the three forms of a truth say the same") {
    const Site site;
    write_if_changed(site.path("truth.txt"), "0.ppm\t1\t0.1\t0.1\t0.6\t0.7\n");
    write_if_changed(site.path("labels.txt"), "none\ncat\ndog\n");
    write_if_changed(site.path("truth.json"),
                     R"({"images":[{"id":7,"file_name":"0.ppm","width":40,"height":30},)"
                     R"({"id":8,"file_name":"elsewhere.jpg","width":40,"height":30}],)"
                     R"("categories":[{"id":1,"name":"cat"},{"id":2,"name":"dog"}],"annotations":[)"
                     R"({"image_id":7,"category_id":1,"bbox":[4,3,24,15],"iscrowd":0},)"
                     R"({"image_id":8,"category_id":2,"bbox":[4,3,24,15],"iscrowd":0}]})");
    for (int i = 0; i < 5; ++i)
        write_if_changed(
            site.path("xml/" + std::to_string(i) + ".xml"),
            voc(i == 0 ? "cat" : "", "<bndbox><xmin>5</xmin><ymin>4</ymin><xmax>28</xmax><ymax>18</ymax></bndbox>"));
    const double found = accuracy(site, "--truth truth.txt");
    CHECK(accuracy(site, "--truth truth.json") == found);
    CHECK(accuracy(site, "--truth truth.json --labels labels.txt") == found);
    CHECK(accuracy(site, "--truth xml --labels labels.txt") == found);
    CHECK(accuracy(site, "--truth truth.txt --truth-pictures p") == found);
}

TEST_CASE("what is wrong with a truth is said with its place") {
    const Site site;
    write_if_changed(site.path("t.txt"), lines + "9.ppm\t1\t0\t0\t1\t1\n");
    CHECK(site.errors(1, "--pictures p --truth t.txt") ==
          "ssdgen: t.txt:3: \"9.ppm\" is no picture; allowed: those that are there");
    write_if_changed(site.path("t.txt"), lines + "1.ppm\tcat\t0\t0\t1\t1\n");
    CHECK(site.errors(1, "--pictures p --truth t.txt") ==
          "ssdgen: t.txt:3: \"cat\" is no class; allowed: a column of the scores, or its name with --labels FILE");
    write_if_changed(site.path("t.txt"), "1.ppm\t1\t0.5\t0\t0.5\t1\n");
    CHECK(site.errors(1, "--pictures p --truth t.txt") ==
          "ssdgen: t.txt:1: the box is empty; allowed: ymin below ymax and xmin below xmax");
    write_if_changed(site.path("t.json"), R"({"images":[]})");
    CHECK(site.errors(1, "--pictures p --truth t.json").find("ssdgen: t.json: is no annotation file of COCO's (") == 0);
    std::filesystem::create_directories(site.path("xml"));
    CHECK(site.errors(1, "--pictures p --truth xml").find("ssdgen: xml/0.xml: cannot be read") == 0);
}

TEST_CASE("--max-drop refuses what loses more, and --float auto keeps layers in float until it does not") {
    const Site site;
    // The truth is what the network of real numbers finds itself, so that only losing it can lower the accuracy.
    write_if_changed(site.path("truth.txt"), lines);
    const CommandResult result = site.run("--pictures p --truth truth.txt --max-drop 0.5 --float auto --report r.json");
    INFO(result.errors);
    REQUIRE(result.status == 0);
    CHECK(Json::parse(read_file(site.path("r.json"))).at("float").empty());
}
