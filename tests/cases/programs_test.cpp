// Labels, pictures and formats, through ssdgen and the programs that it emits.
#include "cases.h"
#include "support/files.h"
#include "weights/safetensors.h"

#include <nlohmann/json.hpp>

using namespace ssdgen;
using namespace ssdgen::test;
using Json = nlohmann::json;

namespace {

const std::string specimen_file = SSDGEN_SOURCE_DIR "/configs/specimen.json";

/// The text with one part in the place of another.
std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// VOC's 21 classes on the specimen's layers: voc.json.
void write_voc(const Case& in, const std::string& classes = "21") {
    write_if_changed(in.path("voc.json"),
                     with(with(read_file(specimen_file), "\"classes\": 3", "\"classes\": " + classes),
                          "specimen\",\n  \"alpha", "voc\",\n  \"alpha"));
}

/// b/voc_detect of random weights.
void build_voc(const Case& in) {
    write_voc(in);
    in.check_done("generate voc.json --random-weights 1 --target portable --no-selftest --out voc");
    require_command("CXX=" + quoted(compiler()) +
                        " cmake -S voc -B b -DCMAKE_BUILD_TYPE=Debug && cmake --build b --target voc_detect",
                    in.path(""));
    write_if_changed(in.path("picture.u8"), std::string(24 * 24 * 3, 'x'));
}

/// A JPEG file with Exif's orientation.
std::string with_orientation(const std::string& jpeg, int orientation) {
    const std::string exif = std::string(
                                 "\xFF\xE1\x00\x22"
                                 "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0",
                                 28) +
                             static_cast<char>(orientation) + std::string(7, '\0');
    return jpeg.substr(0, 2) + exif + jpeg.substr(2);
}

}  // namespace

TEST_CASE("Labels without the background, a label map, and labels of another network, by the emitted program") {
    const Case in{"labels_without_background.txt"};
    build_voc(in);
    const std::vector<std::string> names = [&] {
        std::vector<std::string> lines{""};
        for (const char c : read_file(in.path("labels_without_background.txt")))
            c == '\n' ? lines.emplace_back() : lines.back() += c;
        lines.insert(lines.begin(), "");
        return lines;
    }();
    std::string map;
    for (int id = 20; id > 0; --id)
        map += "item {\n  id: " + std::to_string(id) + "\n  name: '" + names[std::size_t(id)] + "'\n}\n";
    write_if_changed(in.path("voc.pbtxt"), map);
    const std::string command = "b/voc_detect --raw-input picture.u8 --json --score-threshold 0 --labels ";
    for (const char* file : {"labels_without_background.txt", "voc.pbtxt"}) {
        const CommandResult result = in.run(command + file);
        CHECK(result.status == 0);
        CHECK(result.errors == (std::string(file) == "voc.pbtxt"
                                    ? ""
                                    : "labels_without_background.txt: found 20 labels for 21 classes; they are taken "
                                      "as those without the background, which is column 0\n"));
        const Json found = Json::parse(result.output).at("detections");
        CHECK(found.size() > 3);
        for (const Json& one : found) CHECK(one.at("label") == names[one.at("class").get<std::size_t>()]);
    }
    write_if_changed(in.path("coco.txt"), std::string(91, '\n') + "last\n");
    const CommandResult refused = in.run(command + "coco.txt");
    CHECK(refused.status == 1);
    CHECK(refused.output == "");
    CHECK(refused.errors ==
          "coco.txt: found 92 labels; allowed: 21, a line a class (??? for one without a name), or 20 without the "
          "background\n");

    // A photograph from a camera that was held upright: what is drawn and what the network sees is the turned picture.
    if (lacks(need::stb)) return;
    const std::string jpeg = read_file(cases_folder + "quarters.jpg");
    for (const int orientation : {1, 6})
        write_if_changed(in.path("q" + std::to_string(orientation) + ".jpg"), with_orientation(jpeg, orientation));
    const auto logits = [&](const std::string& picture, const std::string& size) {
        const CommandResult result = in.run("b/voc_detect " + picture + " --score-threshold 1 --annotate drawn_" +
                                            picture + ".png --dump-raw raw");
        CHECK(result.output.find(", " + picture + " (" + size + ")\n") != std::string::npos);
        return read_file(in.path("raw/logits.f32"));
    };
    const std::string upright = logits("q1.jpg", "16 x 8"), turned = logits("q6.jpg", "8 x 16");
    CHECK(upright != turned);
    CHECK(logits("drawn_q6.jpg.png", "8 x 16") == turned);
}

TEST_CASE(
    "A sweep refuses labels of another network before it compiles anything, and warns of those without the "
    "background") {
    if (lacks(need::stb)) return;
    const Case in{"labels_without_background.txt"};
    write_voc(in);
    write_if_changed(in.path("pictures/0.ppm"), "P6 1 1 255\nrgb");
    write_if_changed(in.path("pictures/truth.txt"), "0.ppm\tbird\t0\t0\t1\t1\n");
    write_if_changed(in.path("w.safetensors"), "");
    const std::string sweep =
        "sweep voc.json --weights w.safetensors --evaluate pictures --labels labels_without_background.txt --out out";
    const CommandResult result = in.ssdgen("--warnings-as-errors " + sweep);
    CHECK(result.status == 1);
    CHECK(result.errors ==
          "ssdgen: warning: labels_without_background.txt: found 20 labels for 21 classes; they are taken as those "
          "without the background, which is column 0\n"
          "ssdgen: found 1 warning; allowed with --warnings-as-errors: none; nothing is written\n");
    write_voc(in, "25");
    in.check_refused(sweep, 1,
                     "labels_without_background.txt: found 20 labels; allowed: 25, a line a class (??? for one without "
                     "a name), or 24 without the background");
}

TEST_CASE("Files of a newer format are refused with a word, those without a number are of the first") {
    const Case in{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    in.check_done(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
        "--out-weights t.safetensors");
    const std::string description = read_file(in.path("t.json")), weights = read_file(in.path("t.safetensors"));
    CHECK(description.rfind("{\n  \"format\": 1,\n  \"name\"", 0) == 0);
    CHECK(weights.find(R"("__metadata__":{"ssdgen_format":"1"})") != std::string::npos);
    write_if_changed(in.path("newer.json"), with(description, "\"format\": 1,", "\"format\": 2, \"layers\": [],"));
    write_if_changed(in.path("first.json"), with(description, "\"format\": 1,", ""));
    write_if_changed(in.path("newer.safetensors"), with(weights, "\"ssdgen_format\":\"1\"", "\"ssdgen_format\":\"2\""));
    write_if_changed(in.path("first.safetensors"), with(weights, "\"ssdgen_format\":\"1\"", "\"ssdgen_before\":\"1\""));
    in.check_refused(
        "generate newer.json --weights t.safetensors --out out", 1,
        "newer.json: /format: found 2, a newer format; allowed: 1, which this ssdgen reads, or a newer ssdgen");
    in.check_refused("generate t.json --weights newer.safetensors --out out", 1,
                     "newer.safetensors: has ssdgen_format \"2\" in its __metadata__; allowed: \"1\", which this "
                     "ssdgen reads, or a newer ssdgen");
    in.check_done("generate first.json --weights first.safetensors --out out");
}

TEST_CASE("import and generate say what they wrote and the next command") {
    const Case in{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    const CommandResult imported = in.ssdgen(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
        "--out-weights 'the weights.safetensors'");
    const std::string name = Json::parse(read_file(in.path("t.json"))).at("name");
    const std::string next = "generate t.json --weights 'the weights.safetensors'";
    CHECK(imported.output == "wrote t.json and the weights.safetensors: " + name + "\nnext: ssdgen " + next + "\n");
    const CommandResult generated = in.ssdgen(next + " --target portable");
    CHECK(generated.errors == "");
    const std::string folder = "generated/" + name,
                      built = "cmake -S " + folder + " -B " + folder + "/build && cmake --build " + folder + "/build";
    CHECK(generated.output.rfind("wrote " + folder + ": ", 0) == 0);
    CHECK(generated.output.find(" files\nnext: " + built + "\n") != std::string::npos);
    CHECK(in.has(folder + "/CMakeLists.txt"));
}

TEST_CASE("The tensors that inspect lists are those of the imported file") {
    const Case in{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    in.check_done(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config t.json "
        "--out-weights t.safetensors");
    const std::string bytes = read_file(in.path("t.safetensors"));
    const Json header = Json::parse(
        bytes.substr(8, static_cast<unsigned char>(bytes[8 - 8]) + 256U * static_cast<unsigned char>(bytes[1])));
    const Json listed = Json::parse(in.ssdgen("inspect t.json --tensors --json").output);
    std::size_t required = 0;
    for (const Json& tensor : listed.at("tensors")) {
        if (tensor.at("optional") == true) continue;
        ++required;
        CAPTURE(tensor.dump());
        CHECK(header.at(std::string(tensor.at("name"))).at("shape") == tensor.at("shape"));
    }
    CHECK(header.size() == required + 1);  // and __metadata__
}

TEST_CASE("Classes are left out as configs/README.md shows it") {
    if (lacks(need::python)) return;
    const Case in{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    in.check_done(
        "import tiny_ssd.caffemodel --prototxt tiny_ssd.prototxt --mean 127.5 --scale 0.007843 --out-config net.json "
        "--out-weights net.safetensors");
    const std::string readme = read_file(SSDGEN_SOURCE_DIR "/configs/README.md"), fence = "```python\n";
    const std::size_t begin = readme.find(fence) + fence.size();
    const std::string script = readme.substr(begin, readme.find("```", begin) - begin);
    write_if_changed(in.path("few.py"), with(script, "[0, 1, 17], 91", "[0, 1, 3], 4"));
    const CommandResult run = in.run("python3 few.py");
    INFO(run.errors);
    REQUIRE(run.status == 0);
    in.check_done("generate few.json --weights few.safetensors --target portable --no-selftest --out few");

    const auto tensor = [&](const std::string& file, const std::string& name) {
        return read_safetensors(in.path(file)).tensors.at(name).values();
    };
    CHECK(tensor("few.safetensors", "conv2.weight") == tensor("net.safetensors", "conv2.weight"));
    const std::vector<float> before = tensor("net.safetensors", "conv2_mbox_conf.weight");
    std::vector<float> kept;  // [box * class][24]
    for (std::size_t i = 0; i < before.size(); ++i)
        if (i / 24 % 4 != 2) kept.push_back(before[i]);
    CHECK(tensor("few.safetensors", "conv2_mbox_conf.weight") == kept);
}
