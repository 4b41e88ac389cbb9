// Finds objects with the network that is named, and prints them.
#include <cstdio>
#include <cstring>
#include <vector>

#include "half.h"
#include "specimen.h"

extern "C" int count_in_c(const std::uint8_t* rgb);

static_assert(specimen::arena_bytes == ARENA_BYTES && specimen::weights_bytes == WEIGHTS_BYTES, "as CMake was told");

namespace {

specimen::Workspace workspace;
half::Workspace small_workspace;
std::uint8_t picture[40 * 30 * 3];
std::vector<float> weights;

bool read_weights(const char* path) {
    std::FILE* const file = std::fopen(path, "rb");
    if (file == nullptr) return false;
    weights.resize(half::weights_bytes / sizeof(float) + 16);
    const std::size_t size = std::fread(weights.data(), 1, weights.size() * sizeof(float), file);
    std::fclose(file);
    return half::use_weights(small_workspace, weights.data(), size) == nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * 7 % 251);
    const ssd::Image image{picture, 40, 30, 40 * 3, ssd::PixelFormat::rgb};
    ssd::Detection found[5];
    const bool small = argc == 3 && std::strcmp(argv[1], "small") == 0;
    if (small && !read_weights(argv[2])) return 1;
    const int count =
        small ? half::detect(image, small_workspace, found, 5) : specimen::detect(image, workspace, found, 5);
    if (!small && count_in_c(picture) != count) return 2;
    for (int i = 0; i < count; ++i)
        std::printf("class %d, score %.4f, x %.4f to %.4f\n", found[i].label, static_cast<double>(found[i].score),
                    static_cast<double>(found[i].xmin), static_cast<double>(found[i].xmax));
}
