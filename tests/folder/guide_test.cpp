// What the guide and plan.json state of weights and inputs can be recomputed from the folder alone.
#include "description/read.h"
#include "graph/build.h"
#include "graph/tensors.h"
#include "support/files.h"
#include "tools/shell.h"
#include "weights/number_formats.h"
#include "weights/random.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Json = nlohmann::json;

const std::string specimen = SSDGEN_SOURCE_DIR "/configs/specimen.json";

struct Emitted {
    explicit Emitted(const std::string& options, const std::string& config = specimen) {
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(config) + " --out net " + options,
                        folder.path());
    }
    std::string file(const std::string& path) const { return read_file(folder.path("net/" + path)); }
    Json plan(const std::string& below = "") const { return Json::parse(file(below + "plan.json")); }

    TemporaryFolder folder;
};

/// What coreutils' sha256sum prints of a file.
std::string sha256sum(const std::string& path) {
    return require_command("sha256sum " + quoted(path)).output.substr(0, 64);
}

float number_at(const std::string& bytes, const std::string& element, std::size_t offset) {
    if (element == "f32") return load_little_endian<float>(bytes, offset);
    const auto bits = load_little_endian<std::uint16_t>(bytes, offset);
    return element == "f16" ? from_half(bits) : from_bfloat16(bits);
}

std::size_t size_of(const std::string& element) { return element == "f32" ? 4 : 2; }

/// Bias and weights of a channel of a layer, [terms], by what plan.json says of offset, blocks and types.
struct Channel {
    float bias;
    std::vector<float> weights;
};

Channel unpacked(const std::string& bytes, const Json& layer, std::size_t channel) {
    const Json& weights = layer.at("weights");
    const std::string element = weights.at("element"), bias_element = weights.at("bias_element");
    const std::size_t outputs = layer.at("output")[2];
    // Parameters are bias and weights of each output channel.
    const std::size_t terms = std::size_t(layer.at("params")) / outputs - 1;
    std::size_t begin = weights.at("offset"), first = 0;
    for (const Json& run : weights.at("blocks"))
        for (int block = 0; block < int(run.at("count")); ++block) {
            const std::size_t width = run.at("channels");
            if (channel < first + width) {
                const std::size_t at = channel - first;
                Channel found{number_at(bytes, bias_element, begin + at * size_of(bias_element)), {}};
                const std::size_t rows = begin + width * size_of(bias_element);
                for (std::size_t term = 0; term < terms; ++term)
                    found.weights.push_back(number_at(bytes, element, rows + (term * width + at) * size_of(element)));
                return found;
            }
            first += width;
            begin += std::size_t(run.at("bytes"));
        }
    FAIL("no block has channel " << channel);
    return {};
}

/// The lines of the table that begins with a heading, as cells.
std::vector<std::vector<std::string>> table(const std::string& text, const std::string& heading) {
    std::size_t line = text.find(heading);
    REQUIRE(line != std::string::npos);
    line = text.find('\n', text.find('\n', line) + 1) + 1;  // behind the |---|
    std::vector<std::vector<std::string>> rows;
    for (; text[line] == '|'; line = text.find('\n', line) + 1) {
        std::istringstream cells(text.substr(line + 2, text.find('\n', line) - line - 4) + " |");
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, '|');) {
            const std::size_t from = cell.find_first_not_of(' '), to = cell.find_last_not_of(' ');
            rows.back().push_back(from == std::string::npos ? "" : cell.substr(from, to - from + 1));
        }
    }
    return rows;
}

/// What stands between two texts.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const std::size_t from = text.find(before);
    REQUIRE_MESSAGE(from != std::string::npos, before);
    return text.substr(from + before.size(), text.find(after, from + before.size()) - from - before.size());
}

/// The self-test's picture (reference/test_picture.h says how it is made).
std::vector<std::uint8_t> picture_of(std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    std::uint32_t state = 0x9E3779B9U;
    for (std::uint8_t& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte = std::uint8_t(state >> 24);
    }
    return bytes;
}

/// conv0 of the specimen at the top left, from the picture, the description's mean and the packed weights.
double conv0(const std::string& weights, const Json& layer, std::size_t channel) {
    const auto picture = picture_of(24 * 24 * 3);
    const std::vector<float> mean = read_description(specimen).input.mean;
    const Channel packed = unpacked(weights, layer, channel);
    REQUIRE(packed.weights.size() == 27);
    double sum = double(packed.bias);
    for (std::size_t y = 1; y < 3; ++y)  // row and column 0 of the window lie outside
        for (std::size_t x = 1; x < 3; ++x)
            for (std::size_t c = 0; c < 3; ++c)
                sum += (double(picture[((y - 1) * 24 + x - 1) * 3 + c]) - double(mean[mean.size() == 1 ? 0 : c])) *
                       double(packed.weights[(y * 3 + x) * 3 + c]);
    return std::max(0.0, sum);
}

/// The folder's own program that shows an output, as its guide has it.
double shown(const Emitted& net, const std::string& below, const std::string& arguments) {
    const std::string guide = net.file(below + (below.empty() ? "specimen_guide.md" : "specimen_x86_64_v3_guide.md"));
    write_if_changed(net.folder.path("net/" + below + "by_hand.cpp"), between(guide, "```cpp\n", "```"));
    require_command("c++" + between(guide, "    c++", "\n    ./by_hand"), net.folder.path("net/" + below));
    return std::stod(require_command("./by_hand " + arguments, net.folder.path("net/" + below)).output);
}

}  // namespace

TEST_CASE(
    "plan.json and the head of NAME.h state the SHA-256 of the files that a network is made of, as sha256sum does") {
    const TemporaryFolder folder;
    write_if_changed(folder.path("tuning.json"), R"({"target": "portable", "layers": {}})");
    const std::string weights = SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc_025_192.safetensors";
    const std::string config = SSDGEN_SOURCE_DIR "/configs/demo/emoji_voc.json";
    const Emitted net("--alpha 0.25 --target portable --no-selftest --weights " + quoted(weights) + " --tuning " +
                          quoted(folder.path("tuning.json")),
                      config);
    const Json inputs = net.plan().at("inputs");
    CHECK(inputs == Json({{"description", {{"file", "emoji_voc.json"}, {"sha256", sha256sum(config)}}},
                          {"weights", {{"file", "emoji_voc_025_192.safetensors"}, {"sha256", sha256sum(weights)}}},
                          {"tuning", {{"file", "tuning.json"}, {"sha256", sha256sum(folder.path("tuning.json"))}}}}));
    for (const char* key : {"description", "weights", "tuning"})
        for (const char* file : {"emoji_voc.h", "emoji_voc_guide.md"})
            CHECK(net.file(file).find(inputs.at(key).at("sha256").get<std::string>()) != std::string::npos);
    CHECK(Emitted("--random-weights 7 --target portable").plan().at("inputs").at("weights") ==
          Json({{"random_seed", 7}}));
}

TEST_CASE("When only the bytes of a description change, nothing but plan.json, the guide and NAME.h does") {
    const TemporaryFolder folder;
    write_if_changed(folder.path("specimen.json"), read_file(specimen) + "\n");
    const std::string options = "--random-weights 1 --target portable,x86-64-v3";
    const Emitted before(options), after(options, folder.path("specimen.json"));
    const std::string differing =
        run_command("diff -rq " + quoted(before.folder.path("net")) + " " + quoted(after.folder.path("net")) +
                    " | sed 's/.*\\///; s/ differ//' | sort -u")
            .output;
    CHECK(differing == "plan.json\nspecimen.h\nspecimen_guide.md\nspecimen_portable.h\nspecimen_x86_64_v3.h\n");
}

TEST_CASE("plan.json states the file of the weights, in every form, with its SHA-256 and where they begin") {
    const auto check = [](const Emitted& net, const Json& stated, const std::string& path, const Json& first_byte,
                          const std::string& below = "") {
        CHECK(stated.at("path") == path);
        CHECK(stated.at("sha256") == sha256sum(net.folder.path("net/" + below + path)));
        CHECK((stated.contains("first_byte") ? stated.at("first_byte") : Json()) == first_byte);
    };
    const std::string random = "--random-weights 1 --target portable ";
    const Emitted object(random), array(random + "--weights-as array"), file(random + "--weights-as file"),
        single(random + "--single-file"), several("--random-weights 1 --target portable,x86-64-v3");
    check(object, object.plan().at("weights_file"), "specimen_weights.bin", 0);
    check(array, array.plan().at("weights_file"), "specimen_weights.cpp", {});
    check(file, file.plan().at("weights_file"), "specimen_weights.bin", 64);
    check(single, single.plan().at("weights_file"), "specimen.cpp", {});
    const Json plan = several.plan();
    check(several, plan.at("weights_file"), "x86_64_v3/specimen_x86_64_v3_weights.bin", 0);
    check(several, plan.at("targets")[0].at("weights_file"), "portable/specimen_portable_weights.bin", 0);
    check(several, several.plan("portable/").at("weights_file"), "specimen_portable_weights.bin", 0, "portable/");
}

TEST_CASE("Weights of layers lie one behind another, and each layer's kernel stands in its file and namespace") {
    for (const char* options :
         {"--target portable", "--target x86-64-v3 --weights-type f16", "--target portable --unroll full",
          "--target portable --unroll compact", "--target portable --weights-as array --single-file"}) {
        CAPTURE(options);
        const Emitted net(std::string("--random-weights 1 ") + options);
        const Json plan = net.plan();
        std::size_t end = 0;
        for (const Json& layer : plan.at("layers")) {
            const Json& weights = layer.at("weights");
            const std::size_t offset = weights.at("offset"), bytes = weights.at("bytes");
            CHECK(offset >= end);
            CHECK(offset < end + 64);
            std::size_t blocks = 0;
            for (const Json& run : weights.at("blocks"))
                blocks += std::size_t(run.at("count")) * std::size_t(run.at("bytes"));
            CHECK(blocks == bytes);
            end = offset + bytes;
            const std::string text = net.file(layer.at("file"));
            const std::size_t space = text.find("namespace " + layer.at("namespace").get<std::string>() + " {");
            CHECK(space != std::string::npos);
            const std::string kernel = layer.at("kernel");
            const std::string stem =
                kernel.substr(0, kernel.rfind("_full") == kernel.size() - 5 ? kernel.size() - 5 : std::string::npos);
            CHECK_MESSAGE(text.find(stem, space) != std::string::npos, kernel);
        }
        CHECK(end <= std::size_t(plan.at("weights_bytes")));
        CHECK(end + 64 > std::size_t(plan.at("weights_bytes")));
    }
}

TEST_CASE("Every weight of the specimen is where plan.json says, as the weights file would have it") {
    const Weights made = random_weights(expected_tensors(build_graph(read_description(specimen))), 1);
    for (const char* target : {"portable", "x86-64-v3"}) {
        CAPTURE(target);
        const Emitted net(std::string("--random-weights 1 --target ") + target);
        const std::string bytes = net.file("specimen_weights.bin");
        for (const Json& layer : net.plan().at("layers")) {
            const std::string name = layer.at("name");
            CAPTURE(name);
            // [out][in][kh][kw]; what is multiplied by the input's scale is not the same to the last bit.
            const std::vector<float> weights = made.tensors.at(name + ".weight").values(),
                                     bias = made.tensors.at(name + ".bias").values();
            const double scale = name == "conv0" ? 0.007843 : 1;
            const std::size_t outputs = layer.at("output")[2], per_output = weights.size() / outputs;
            const std::size_t taps = layer.at("kind") == "pointwise" ? 1 : 9, inputs = per_output / taps;
            bool same = true;
            for (std::size_t out = 0; out < outputs; ++out) {
                const Channel channel = unpacked(bytes, layer, out);
                REQUIRE(channel.weights.size() == per_output);
                same = same && channel.bias == bias[out];
                for (std::size_t in = 0; in < inputs; ++in)
                    for (std::size_t tap = 0; tap < taps; ++tap) {
                        const double wanted = double(weights[(out * inputs + in) * taps + tap]) * scale;
                        same = same && std::fabs(double(channel.weights[tap * inputs + in]) - wanted) <=
                                           1e-7 * std::fabs(wanted);
                    }
            }
            CHECK(same);
        }
    }
}

TEST_CASE(
    "The output that the guide works out is that of the weights that plan.json points to, and its places are theirs") {
    for (const char* options : {"--target portable", "--target x86-64-v3", "--target portable --weights-type f16",
                                "--target x86-64-v2 --weights-type bf16", "--target portable --weights-as file",
                                "--target portable --unroll compact"}) {
        CAPTURE(options);
        const Emitted net(std::string("--random-weights 1 ") + options);
        const Json plan = net.plan();
        const std::string guide = net.file("specimen_guide.md");
        const Json& layer = plan.at("layers")[0];
        const std::string element = layer.at("weights").at("element");
        const std::size_t first = plan.at("weights_file").at("first_byte");
        const std::string bin = net.file(plan.at("weights_file").at("path")), weights = bin.substr(first);
        const auto channel = std::size_t(std::stoi(between(guide, "row 0, column 0, channel ", " ")));
        const double wanted = conv0(weights, layer, channel),
                     stated = std::stod(between(guide, "output = max(0, sum) = ", "\n"));
        CHECK(wanted > 0);
        CHECK(stated == doctest::Approx(wanted).epsilon(1e-7));
        double sum = double(std::stof(between(guide, "channel's bias, ", ",")));
        const auto rows = table(guide, "| t | input row | column |");
        CHECK(rows.size() == 12);
        for (const auto& row : rows) {
            const double weight = std::stod(row[6]);
            CHECK(weight == doctest::Approx(double(number_at(bin, element, std::stoul(row[5])))).epsilon(1e-8));
            CHECK(std::stod(row[7]) ==
                  doctest::Approx((std::stod(row[4]) - std::stod(row[4].substr(row[4].find("- ") + 2))) * weight)
                      .epsilon(1e-8));
            sum += std::stod(row[7]);
        }
        CHECK(sum == doctest::Approx(wanted).epsilon(1e-7));
        CHECK(guide.find(layer.at("weights").at("layout").get<std::string>()) != std::string::npos);
    }
}

TEST_CASE("The guide of a single file names that file, for one target and for several") {
    for (const std::string target : {"portable", "portable,x86-64-v3"}) {
        CAPTURE(target);
        const Emitted net("--random-weights 1 --single-file --target " + target);
        const auto rows = table(net.file("specimen_guide.md"), "| layer | kind |");
        CHECK(rows.size() == 9);
        for (const auto& row : rows) CHECK(row[6] == "`specimen.cpp`");
        CHECK(net.file("specimen_guide.md").find("_weights` in `specimen.cpp`") != std::string::npos);
    }
}

TEST_CASE("The command for a product without CMake compiles it") {
    const Emitted net("--random-weights 1 --target portable");
    const std::string command = between(net.file("specimen_guide.md"), "by hand, in this folder:\n\n", "\n");
    require_command(command, net.folder.path("net"));
    CHECK(run_command("nm --defined-only specimen.o | c++filt", net.folder.path("net"))
              .output.find(" specimen::forward(") != std::string::npos);
}

TEST_CASE("The guide's program shows the output that is worked out above it") {
    struct Case {
        const char *options, *below;
    };
    for (const Case& one :
         {Case{"--target portable", ""}, Case{"--target portable --weights-as file --unroll compact", ""},
          Case{"--target portable,x86-64-v3 --weights-type f16", "x86_64_v3/"}}) {
        CAPTURE(one.options);
        const Emitted net(std::string("--random-weights 1 ") + one.options);
        const std::string below = one.below;
        const std::string guide =
            net.file(below + (below.empty() ? "specimen_guide.md" : "specimen_x86_64_v3_guide.md"));
        const std::string arguments = between(guide, "./by_hand ", "\n");
        const double stated = std::stod(between(guide, "output = max(0, sum) = ", "\n"));
        CHECK(shown(net, below, arguments) == doctest::Approx(stated).epsilon(1e-5));
    }
}
