// Times what stands around a network in detect(): surroundings MODELS
// Of the photographs of ../shared/models it resizes the one of 1280 x 720 pixels to the network's input, and makes
// detections of each one's raw outputs. The network is coco_ssd_mobilenet_v1_quant, imported. Prints one line of JSON.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#include <stb/stb_image.h>

#include "bench_network.h"
#include "ssd/resize.h"

namespace {

namespace network = bench_network;

network::Workspace workspace;

/// Median milliseconds of one call, after a warm-up.
template <class Work>
double median_ms(const Work& work) {
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
        if (i >= 50) times.push_back(passed.count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

std::vector<float> read_floats(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    std::vector<float> values(bytes.size() / sizeof(float));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values.data()));
    return values;
}

double resize_ms(const std::string& path) {
    int width = 0, height = 0, channels = 0;
    stbi_uc* const pixels = stbi_load(path.c_str(), &width, &height, &channels, 3);
    if (pixels == nullptr || width != 1280 || height != 720) return -1;
    std::vector<std::uint8_t> row(network::input_width * 3), scratch(ssd::resize_scratch_bytes(network::input_width));
    const double ms = median_ms([&] {
        const ssd::Image image{pixels, width, height, width * 3, ssd::PixelFormat::rgb};
        const ssd::Resizer resizer(image, network::input_height, network::input_width, ssd::PixelFormat::rgb,
                                   ssd::ResizeRule::half_pixel, scratch.data());
        const ssd::Rows rows = resizer.rows();
        for (int y = 0; y < network::input_height; ++y) rows.row(rows.state, y, row.data());
    });
    stbi_image_free(pixels);
    return ms;
}

/// With the network's own threshold, of 1e-8, or another.
double post_process_ms(const std::string& stem, float threshold) {
    const std::vector<float> boxes = read_floats(stem + ".boxes.f32"), logits = read_floats(stem + ".logits.f32");
    if (boxes.size() != network::priors * 4 || logits.size() != network::priors * network::classes) return -1;
    ssd::Detection found[100];
    ssd::DetectOptions options;
    options.score_threshold = threshold;
    return median_ms([&] { network::post_process(boxes.data(), logits.data(), workspace, found, 100, options); });
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) return 2;
    const std::string models = arguments[1];
    std::printf("{\"resize_ms\":%.5f,\"pictures\":[", resize_ms(models + "/images/cat_720p.jpg"));
    const char* separator = "";
    for (const char* picture : {"cat_720p", "grace_hopper", "pets", "street"}) {
        const std::string stem = models + "/reference/" + picture;
        std::printf("%s{\"name\":\"%s\",\"all_ms\":%.5f,\"likely_ms\":%.5f}", separator, picture,
                    post_process_ms(stem, -1), post_process_ms(stem, 0.3F));
        separator = ",";
    }
    std::printf("]}\n");
}
