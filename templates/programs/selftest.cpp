// Runs a fixed picture through $network$ and compares every map with what the reference interpreter gave when the
// network was generated; then runs forward() itself, as a product does, and compares its outputs with the observed run's.
// No heap, no file: it runs on a board or under an emulator as well.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "$network$_expected.h"
#include "$network$_observer.h"
#include "program_weights.h"
#include "ssd/weights.h"

// Found below only by a classifier, which has no priors of its own.
inline constexpr int priors = 0;

namespace $network$ {

namespace {

$tolerance$

constexpr int count_channels() {
    int count = 0;
    for (const LayerInfo& layer : layers) count += layer.channels;
    return count;
}

/// What has been seen of one channel.
struct Channel {
    double sum;
    float samples[2];
};

Workspace workspace;
std::uint8_t picture[input_height * input_width * input_channels];
struct {
    float boxes[4 * (priors > 0 ? priors : 1)];
    float logits[classes * (priors > 0 ? priors : 1)];
} outputs;
Channel channels[count_channels()];
int first_channel[layer_count];
int rows_seen[layer_count];

/// The same bytes on every machine: the top bytes of xorshift32.
void make_picture() noexcept {
    std::uint32_t state = 0x9E3779B9U;
    for (std::uint8_t& byte : picture) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte = static_cast<std::uint8_t>(state >> 24);
    }
}

/// The pixel of a map of so many pixels at which sample 0 or 1 of a channel is taken.
int sample_pixel(int channel, int sample, int pixels) noexcept {
    std::uint32_t x = static_cast<std::uint32_t>(channel) * 2U + static_cast<std::uint32_t>(sample) + 1U;
    x *= 2654435761U;
    x ^= x >> 16;
    x *= 2246822519U;
    x ^= x >> 13;
    return static_cast<int>(x % static_cast<std::uint32_t>(pixels));
}

void observe_rows(void*, int layer, int first_row, int rows, const $number$* values) noexcept {
    const LayerInfo& info = layers[layer];
    const int first_pixel = first_row * info.width, pixels = rows * info.width;
    Channel* const own = channels + first_channel[layer];
    rows_seen[layer] += rows;
    for (int pixel = 0; pixel < pixels; ++pixel) {
        for (int c = 0; c < info.channels; ++c) own[c].sum += static_cast<double>(values[pixel * info.pixel_stride + c]);
    }
    for (int c = 0; c < info.channels; ++c) {
        for (int sample = 0; sample < 2; ++sample) {
            const int pixel = sample_pixel(c, sample, info.height * info.width) - first_pixel;
            if (pixel >= 0 && pixel < pixels) own[c].samples[sample] = $sample$;
        }
    }
}

template <class Forward, class... Observers>
auto call(Forward run, const Observers&... observer) noexcept {
    if constexpr (priors > 0) {
        return run(picture, outputs.boxes, outputs.logits, workspace, ssd::serial, observer...);
    } else {
        return run(picture, outputs.logits, workspace, ssd::serial, observer...);
    }
}

/// False, with a message, if a value is not the expected one; what is no number never is. pixel: -1 for the mean.
bool agrees(int index, int channel, int pixel, float expected_value, double found) noexcept {
    const LayerInfo& layer = layers[index];
    const double wanted = static_cast<double>(expected_value);
    const double allowed = tolerance * static_cast<double>(expected[index].magnitude);
    if (std::fabs(found - wanted) <= allowed) return true;
    std::printf("$network$: layer %s is the first to differ: channel %d, ", layer.name, channel);
    if (pixel < 0) {
        std::printf("mean");
    } else {
        std::printf("row %d, column %d", pixel / layer.width, pixel % layer.width);
    }
    std::printf(": expected %.7g, found %.7g (allowed: +-%.2g)\n", wanted, found, allowed);
    return false;
}

bool layer_agrees(int index) noexcept {
    const LayerInfo& layer = layers[index];
    if (rows_seen[index] != layer.height) {
        std::printf("$network$: layer %s is the first to differ: expected %d rows, found %d\n", layer.name,
                    layer.height, rows_seen[index]);
        return false;
    }
    const int pixels = layer.height * layer.width;
    for (int c = 0; c < layer.channels; ++c) {
        const Channel& channel = channels[first_channel[index] + c];
        for (int sample = 0; sample < 2; ++sample) {
            const float wanted = expected[index].samples[sample * layer.channels + c];
            const int pixel = sample_pixel(c, sample, pixels);
            if (!agrees(index, c, pixel, wanted, static_cast<double>(channel.samples[sample]))) return false;
        }
        if (!agrees(index, c, -1, expected[index].mean[c], $mean$)) return false;
    }
    return true;
}

/// Bit for bit: a weight may matter too little to this one picture to be seen in the values.
bool weights_agree(int index) noexcept {
    const ExpectedWeights& wanted = expected_weights[index];
    const $weight$* const weights = packed_weights(workspace) + wanted.offset;
    if (ssd::hash_words(weights, static_cast<std::size_t>(wanted.count)) == wanted.hash) return true;
    std::printf("$network$: layer %s is the first to differ: its weights are not those that were generated\n",
                layers[index].name);
    return false;
}

/// What tells an output from any other, bit for bit: a second set of outputs might find no room.
template <std::size_t count>
std::uint64_t hash_of(const float (&output)[count]) noexcept {
    return ssd::hash_words(output, count);
}

/// The product's own run order and streams give what the observed ones gave, bit for bit: the kernels are the same.
bool forward_agrees() noexcept {
    const std::uint64_t boxes = hash_of(outputs.boxes), logits = hash_of(outputs.logits);
    std::memset(outputs.boxes, priors > 0 ? 0xFF : 0, sizeof outputs.boxes);
    std::memset(outputs.logits, 0xFF, sizeof outputs.logits);
    call(forward);
    const bool same_boxes = hash_of(outputs.boxes) == boxes, same_logits = hash_of(outputs.logits) == logits;
    if (same_boxes && same_logits) return true;
    std::printf("$network$: forward() gives other %s than its observed run, whose layers agree with the reference: "
                "$network$.cpp or layers/streams.h is wrong\n",
                same_boxes ? "logits" : "boxes");
    return false;
}

int selftest() noexcept {
    make_picture();
    for (int i = 1; i < layer_count; ++i) first_channel[i] = first_channel[i - 1] + layers[i - 1].channels;
    Observer observer{};
    observer.rows = observe_rows;
    hand_over_weights(workspace);
    for (int i = 0; i < layer_count; ++i) {
        if (!weights_agree(i)) return 1;
    }
    const int wrong = call(forward_observed, observer);
    if (wrong != 0) {
        std::printf("$network$: %s\n", ssd::error_text(wrong));
        return 1;
    }
    for (int i = 0; i < layer_count; ++i) {
        if (!layer_agrees(i)) return 1;
    }
    if (!forward_agrees()) return 1;
    std::printf("$network$: %d layers agree with the reference\n", layer_count);
    std::printf("so this code computes the description; whether that is your model, --raw-input and --dump-raw can tell\n");
    return 0;
}

}  // namespace

}  // namespace $network$

int main() {
    return $network$::selftest();
}
