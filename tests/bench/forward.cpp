// Runs an emitted network once, as a product would: forward PICTURE.u8 BOXES.f32 LOGITS.f32
// The picture is [input_height][input_width][3] bytes. Prints one line of JSON: what the network says it needs, and
// what the process took at most.

#include <cstdint>
#include <cstdio>

#include "bench_network.h"
#include "peak_memory.h"

namespace {

std::uint8_t picture[bench_network::input_height * bench_network::input_width * bench_network::input_channels];
float boxes[bench_network::priors * 4];
float logits[bench_network::priors * bench_network::classes];
bench_network::Workspace workspace;

bool write(const char* path, const float* values, std::size_t count) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr) return false;
    const bool complete = std::fwrite(values, sizeof(float), count, file) == count;
    return std::fclose(file) == 0 && complete;
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 4) return 2;
    std::FILE* file = std::fopen(arguments[1], "rb");
    if (file == nullptr || std::fread(picture, 1, sizeof picture, file) != sizeof picture) {
        std::fprintf(stderr, "%s has less than %zu bytes\n", arguments[1], sizeof picture);
        return 1;
    }
    std::fclose(file);

    bench_network::forward(picture, boxes, logits, workspace);

    if (!write(arguments[2], boxes, bench_network::priors * 4)) return 1;
    if (!write(arguments[3], logits, bench_network::priors * bench_network::classes)) return 1;
    std::printf("{\"arena_bytes\":%zu,\"weights_bytes\":%zu,\"peak_bytes\":%ld}\n", bench_network::arena_bytes,
                bench_network::weights_bytes, peak_memory_bytes());
}
