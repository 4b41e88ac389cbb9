// Properties of emitted code that need no recorded numbers: linearity, impulse response, shift.
#include "support/error.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <memory>
#include <random>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Picture = std::vector<std::uint8_t>;

void clear_biases(Weights& weights) {
    for (auto& [name, tensor] : weights.tensors)
        if (name.find(".bias") != std::string::npos) tensor.floats().assign(tensor.floats().size(), 0.0F);
}

Zoo plain(const std::string& name, const char* size, const char* channels) {
    Zoo zoo{name};
    zoo.picture = std::string(size) + ", " + channels;
    zoo.rules = R"("padding": "caffe", "activation": "none")";
    return zoo;
}

const char* const rgb = R"("channels": 3, "order": "rgb", "mean": [0, 0, 0], "scale": [1, 1, 1])";
const char* const gray = R"("channels": 1, "order": "gray", "mean": [0], "scale": [1])";

struct Networks {
    std::vector<Network> linear, impulse, shift;
    Weights weights;  // of impulse
    std::unique_ptr<Program> program;

    Networks() {
        std::vector<const Network*> all;
        for (const Target& target : runnable_targets()) {
            const std::string ending = "_" + target_suffix(target);
            Zoo lines = plain("linear" + ending, R"("height": 12, "width": 15)", rgb);
            lines.layers = {convolution("c0", 9, 3, 2), depthwise("d1", 3, 1), pointwise("p2", 21),
                            convolution("c3", 17, 3, 2), pool("pool", "2", 1)};
            lines.sources = {"pool"};
            linear.push_back(make_network({description_of(lines), target, 1, {}, clear_biases}));
            Zoo points = plain("impulse" + ending, R"("height": 7, "width": 9)", gray);
            points.layers = {pointwise("p", 19), depthwise("d", 3, 1), convolution("c", 21, 5, 1, R"("input": "p")")};
            points.sources = {"d", "c"};
            impulse.push_back(make_network({description_of(points), target, 2, {}, [&](Weights& made) {
                                                clear_biases(made);
                                                // One channel carries the picture on, so that `c` shows its kernel
                                                // alone.
                                                made.tensors.at("p.weight").floats().assign(19, 0.0F);
                                                for (std::size_t c = 0; c < 19; ++c)
                                                    made.tensors.at("p.weight").floats()[c] = c == 4 ? 1.0F : 0.5F;
                                                auto& kernel = made.tensors.at("c.weight").floats();  // [21][19][5][5]
                                                for (std::size_t i = 0; i < kernel.size(); ++i)
                                                    if (i / 25 % 19 != 4) kernel[i] = 0;
                                                weights = made;
                                            }}));
            Zoo moved = plain("shift" + ending, R"("height": 40, "width": 44)", rgb);
            moved.layers = {convolution("c0", 9, 3, 2), depthwise("d1", 3, 1), pointwise("p2", 21),
                            convolution("c3", 17, 3, 1)};
            moved.sources = {"c3"};
            shift.push_back(make_network({description_of(moved), target, 3}));
        }
        for (const auto* networks : {&linear, &impulse, &shift})
            for (const Network& network : *networks) all.push_back(&network);
        program = std::make_unique<Program>(all);
    }
};

const Networks& networks() {
    static const Networks all;
    return all;
}

Picture noise(std::size_t size, unsigned seed, unsigned below) {
    std::mt19937 random(seed);
    Picture picture(size);
    for (std::uint8_t& byte : picture) byte = std::uint8_t(random() % below);
    return picture;
}

}  // namespace

TEST_CASE("Without activation and bias the network of a sum is the sum of the networks") {
    for (const Network& network : networks().linear) {
        CAPTURE(network.name());
        const Picture a = noise(12 * 15 * 3, 1, 128), b = noise(12 * 15 * 3, 2, 128);
        Picture sum = a;
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = std::uint8_t(sum[i] + b[i]);
        const std::vector<Run> runs = networks().program->run(network, {a, b, sum, Picture(a.size(), 0)});
        for (const auto& [layer, whole] : runs[2].layers) {
            CAPTURE(layer);
            std::vector<double> parts;
            for (std::size_t i = 0; i < whole.size(); ++i)
                parts.push_back(double(runs[0].layers.at(layer)[i]) + double(runs[1].layers.at(layer)[i]));
            CHECK(difference(whole, parts) <= 1e-5 * magnitude(parts));
            CHECK(magnitude(parts) > 1);  // something is there to be compared
            CHECK(magnitude({runs[3].layers.at(layer).begin(), runs[3].layers.at(layer).end()}) == 0);
        }
    }
}

TEST_CASE("One bright pixel gives the kernel, turned about, and nothing beyond its reach") {
    for (const Network& network : networks().impulse) {
        CAPTURE(network.name());
        const int height = 7, width = 9;
        for (const auto& [row, column] : {std::pair{3, 4}, {0, 0}, {6, 8}, {5, 1}}) {
            Picture picture(std::size_t(height) * width, 0);
            picture[std::size_t(row * width + column)] = 1;
            const Run run = networks().program->run(network, {picture})[0];
            const auto& depthwise = networks().weights.tensors.at("d.weight").floats();    // [19][1][3][3]
            const auto& convolution = networks().weights.tensors.at("c.weight").floats();  // [21][19][5][5]
            bool same = true;
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto expected = [&](const std::vector<float>& kernel, std::size_t first, int side) {
                        const int ky = row - y + side / 2, kx = column - x + side / 2;
                        const bool reached = ky >= 0 && ky < side && kx >= 0 && kx < side;
                        return reached ? kernel[first + std::size_t(ky * side + kx)] : 0.0F;
                    };
                    const std::size_t pixel = std::size_t(y * width + x);
                    for (std::size_t c = 0; c < 19; ++c)
                        same = same && run.layers.at("d")[pixel * 19 + c] ==
                                           (c == 4 ? 1.0F : 0.5F) * expected(depthwise, c * 9, 3);
                    for (std::size_t c = 0; c < 21; ++c)
                        same =
                            same && run.layers.at("c")[pixel * 21 + c] == expected(convolution, (c * 19 + 4) * 25, 5);
                }
            CAPTURE(row);
            CHECK(same);
        }
    }
}

TEST_CASE("A picture moved by whole strides moves the maps, bit for bit, away from the border") {
    for (const Network& network : networks().shift) {
        CAPTURE(network.name());
        const int height = 40, width = 44, down = 2, right = 4;
        const Picture still = noise(std::size_t(height * width) * 3, 9, 256);
        Picture moved(still.size(), 77);
        for (int y = down; y < height; ++y)
            for (int x = right; x < width; ++x)
                for (int c = 0; c < 3; ++c)
                    moved[std::size_t((y * width + x) * 3 + c)] =
                        still[std::size_t(((y - down) * width + x - right) * 3 + c)];
        const std::vector<Run> runs = networks().program->run(network, {still, moved});
        for (const char* layer : {"c0", "d1", "p2", "c3"}) {
            CAPTURE(layer);
            const auto &first = runs[0].layers.at(layer), &second = runs[1].layers.at(layer);
            const int rows = height / 2, columns = width / 2, border = 4;
            const std::size_t channels = first.size() / std::size_t(rows * columns);
            bool same = true;
            for (int y = border; y < rows - border; ++y)
                for (int x = border; x < columns - border; ++x)
                    for (std::size_t c = 0; c < channels; ++c)
                        same = same && first[std::size_t(y * columns + x) * channels + c] ==
                                           second[std::size_t((y + down / 2) * columns + x + right / 2) * channels + c];
            CHECK(same);
        }
    }
}
