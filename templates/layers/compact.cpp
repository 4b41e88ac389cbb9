$header$
#include "compact.h"
#include "vectors.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace $space$ {

namespace {

constexpr int lanes = $lanes$;
constexpr int most_taps = $most_taps$;  // rows of the tallest window

// Tiles: sums [pixel][vector] of neighbouring pixels, in_step floats apart: what stands at `from`, from_step floats a pixel, and `count`
// terms in[k] * w[k].

$tiles$

using AddTerms = void (*)(const float* in, const $weight$* w, const float* from, float* sums, int in_step, int from_step,
                          int count) noexcept;

struct Tile {
    int pixels;
    AddTerms add_terms;
};

/// For blocks of 1, 2, 3 and 4 vectors: the largest tile, half of it, one pixel.
constexpr int tile_sizes = 3;
constexpr Tile tiles[4][tile_sizes] = {
    $tile_table$
};
constexpr int most_sums = $most_sums$;  // vectors of the largest tile

$attribute$Vector activate(Vector value, Activation activation) noexcept {
    if (activation == Activation::none) return value;
    value = maximum(value, constant(0.0F));
    return activation == Activation::relu6 ? minimum(value, constant(6.0F)) : value;
}

/// Whole and half vectors, which most are, without a copy.
$attribute$void store_some(float* to, Vector value, int count) noexcept {
    if (count == lanes) return store(to, value);
    if (count == lanes / 2) return store_lanes<lanes / 2>(to, value);
    float all[lanes];
    store(all, value);
    std::memcpy(to, all, sizeof(float) * static_cast<std::size_t>(count));
}

$attribute$Vector load_some(const float* from, int count) noexcept {
    if (count == lanes) return load(from);
    if (count == lanes / 2) return load_lanes<lanes / 2>(from);
    float all[lanes] = {};
    std::memcpy(all, from, sizeof(float) * static_cast<std::size_t>(count));
    return load(all);
}
$load_some_weights$

$attribute$void add_some(float* sums, const float* addend, int count) noexcept { store(sums, add(load(sums), load_some(addend, count))); }

/// The taps of a window along one axis that lie inside the map: [first, end).
struct Taps {
    int first, end;
};

Taps taps_inside(int start, int dilation, int taps, int size) noexcept {
    Taps inside{0, taps};
    while (inside.first < taps && start + inside.first * dilation < 0) ++inside.first;
    while (inside.end > inside.first && start + (inside.end - 1) * dilation >= size) --inside.end;
    return inside;
}

/// One tile of one block: pixels [x, x + tile.pixels) of row y. The window's columns lie inside the map, or there is one pixel.
$attribute$void convolve_tile(const Convolution& layer, const Block& block, const Tile& tile, const float* const* rows, const float* addend,
                   const $weight$* weights, float* output, int y, int x) noexcept {
    alignas(64) float sums[most_sums * lanes];
    const Window& window = layer.window;
    const int width = block.vectors * lanes;
    const int left = x * window.column_stride - window.pad_left;
    const Taps down = taps_inside(y * window.row_stride - window.pad_top, window.row_dilation, window.height, layer.input_height);
    const Taps across = tile.pixels > 1 || layer.row_pixels ? Taps{0, window.width}
                                                            : taps_inside(left, window.column_dilation, window.width, layer.input_width);
    // Columns that follow each other in memory are one run of terms.
    const bool in_a_run = window.column_dilation == 1 && layer.input_step == layer.input_channels;
    const int columns = in_a_run ? std::max(across.end - across.first, 1) : 1;
    const float* from = $bias$;  // the bias, the same for all pixels; then the sums
    int from_step = 0;
    for (int row = down.first; row < down.end; ++row)
        for (int column = across.first; column < across.end; column += columns) {
            const float* const in = rows[row] + (left + column * window.column_dilation) * layer.input_step;
            const $weight$* const w = weights + ($bias_weights$ + (row * window.width + column) * layer.input_channels) * width$scale$;
            tile.add_terms(in, w, from, sums, window.column_stride * layer.input_step, from_step, columns * layer.input_channels);
            from = sums;
            from_step = width;
        }
    if (from != sums) tile.add_terms($bias$, weights, from, sums, 0, 0, 0);  // a window that lies outside the map

    const int last = block.channels - (block.vectors - 1) * lanes;
    for (int pixel = 0; pixel < tile.pixels; ++pixel) {
        float* const to = output + (x + pixel) * layer.output_steps[block.output] + block.first_channel;
        float* const from = sums + pixel * width;
        if (layer.addend_step) {
            const float* const added = addend + (x + pixel) * layer.addend_step + block.first_channel;
            for (int vector = 0; vector < block.vectors; ++vector)
                add_some(from + vector * lanes, added + vector * lanes, vector + 1 < block.vectors ? lanes : last);
        }
        for (int vector = 0; vector + 1 < block.vectors; ++vector)
            store(to + vector * lanes, activate(load(from + vector * lanes), layer.activation));
        store_some(to + (block.vectors - 1) * lanes, activate(load(from + (block.vectors - 1) * lanes), layer.activation), last);
    }
}

/// Pixels of a row of so many whose window's columns lie inside the map: [first, end).
Taps inner_pixels(const Window& window, int input_width, int width) noexcept {
    Taps inner{0, width};
    const int reach = (window.width - 1) * window.column_dilation;
    while (inner.first < width && inner.first * window.column_stride < window.pad_left) ++inner.first;
    while (inner.end > inner.first && (inner.end - 1) * window.column_stride - window.pad_left + reach >= input_width) --inner.end;
    return inner;
}

}  // namespace

$shared$void convolve_row(const Convolution& layer, const float* const* rows, const float* addend, const $weight$* weights,
                  float* const* outputs, int y, int width, int first_block, int end_block) noexcept {
    const Taps inner = layer.row_pixels ? Taps{0, width} : inner_pixels(layer.window, layer.input_width, width);
    for (int index = first_block; index < end_block; ++index) {
        const Block& block = layer.blocks[index];
        const Tile* const sizes = tiles[block.vectors - 1];
        for (int x = 0; x < width;) {
            int size = tile_sizes - 1;
            if (x >= inner.first)
                for (size = 0; x + sizes[size].pixels > inner.end && size + 1 < tile_sizes;) ++size;
            convolve_tile(layer, block, sizes[size], rows, addend, weights + block.weights, outputs[block.output], y, x);
            x += sizes[size].pixels;
        }
    }
}

$shared$void convolve(const Convolution& layer, const float* input, const float* addend, const $weight$* weights,
              float* const* outputs, int first, int end) noexcept {
    const Window& window = layer.window;
    const int pixels = layer.output_height * layer.output_width;
    const int row_width = layer.row_pixels ? layer.row_pixels : layer.output_width;
    const int rows = layer.row_pixels ? (pixels + row_width - 1) / row_width : layer.output_height;
    const int first_row = layer.by_channels ? 0 : first, end_row = layer.by_channels ? rows : end;
    const int first_block = layer.by_channels ? first : 0, end_block = layer.by_channels ? end : layer.block_count;
    for (int y = first_row; y < end_row; ++y) {
        const float* lines[most_taps];
        for (int tap = 0; tap < window.height; ++tap) {
            const int row = y * window.row_stride - window.pad_top + tap * window.row_dilation;
            const int inside = std::clamp(row, 0, layer.input_height - 1);  // one outside is not read
            lines[tap] = layer.row_pixels ? input + y * row_width * layer.input_step
                                          : input + inside * layer.input_width * layer.input_step;
        }
        float* out[2] = {};
        for (int output = 0; output < 2 && layer.output_steps[output]; ++output)
            out[output] = outputs[output] + y * row_width * layer.output_steps[output];
        const int width = layer.row_pixels ? std::min(row_width, pixels - y * row_width) : row_width;
        convolve_row(layer, lines, addend + y * row_width * layer.addend_step, weights, out, layer.row_pixels ? 0 : y, width,
                     first_block, end_block);
    }
}

namespace {

/// Four neighbouring pixels of a row from x on, whose windows' columns lie inside the map, in `width` channels from c on.
template <int width>
$attribute$void depthwise_pixels(const Depthwise& layer, const float* const* rows, const Taps& down, const float* addend,
                      const $weight$* weights, float* output, int x, int c) noexcept {
    const Window& window = layer.window;
    const int channels = layer.channels;
    const int step = window.column_stride * layer.input_step;
    const Vector bias = load_some($bias$ + c, width);
    Vector sums[4] = {bias, bias, bias, bias};
    for (int row = down.first; row < down.end; ++row)
        for (int column = 0; column < window.width; ++column) {
            const int input_x = x * window.column_stride - window.pad_left + column * window.column_dilation;
            const float* const in = rows[row] + input_x * layer.input_step + c;
            const int tap = $bias_weights$ + row * window.width + column;
            const Vector w = $load_weights$(weights + $scale_open$tap * channels + c$scale_close$, width);
            sums[0] = multiply_add(load_some(in, width), w, sums[0]);
            sums[1] = multiply_add(load_some(in + step, width), w, sums[1]);
            sums[2] = multiply_add(load_some(in + 2 * step, width), w, sums[2]);
            sums[3] = multiply_add(load_some(in + 3 * step, width), w, sums[3]);
        }
    const int out_step = layer.output_step, add_step = layer.addend_step;
    if (add_step) {
        const float* const added = addend + x * add_step + c;
        sums[0] = add(sums[0], load_some(added, width));
        sums[1] = add(sums[1], load_some(added + add_step, width));
        sums[2] = add(sums[2], load_some(added + 2 * add_step, width));
        sums[3] = add(sums[3], load_some(added + 3 * add_step, width));
    }
    float* const to = output + x * out_step + c;
    store_some(to, activate(sums[0], layer.activation), width);
    store_some(to + out_step, activate(sums[1], layer.activation), width);
    store_some(to + 2 * out_step, activate(sums[2], layer.activation), width);
    store_some(to + 3 * out_step, activate(sums[3], layer.activation), width);
}

/// One pixel, wherever it lies, in `count` channels.
$attribute$void depthwise_pixel(const Depthwise& layer, const float* const* rows, const Taps& down, const float* addend,
                     const $weight$* weights, float* output, int x, int c, int count) noexcept {
    const Window& window = layer.window;
    const int channels = layer.channels;
    const int left = x * window.column_stride - window.pad_left;
    const Taps across = taps_inside(left, window.column_dilation, window.width, layer.input_width);
    Vector sum = load_some($bias$ + c, count);
    for (int row = down.first; row < down.end; ++row)
        for (int column = across.first; column < across.end; ++column) {
            const float* const in = rows[row] + (left + column * window.column_dilation) * layer.input_step + c;
            const $weight$* const w = weights + $scale_open$($bias_weights$ + row * window.width + column) * channels + c$scale_close$;
            sum = multiply_add(load_some(in, count), $load_weights$(w, count), sum);
        }
    if (layer.addend_step) sum = add(sum, load_some(addend + x * layer.addend_step + c, count));
    store_some(output + x * layer.output_step + c, activate(sum, layer.activation), count);
}

}  // namespace

$shared$void depthwise_row(const Depthwise& layer, const float* const* rows, const float* addend, const $weight$* weights,
                   float* output, int y) noexcept {
    const Window& window = layer.window;
    const Taps down = taps_inside(y * window.row_stride - window.pad_top, window.row_dilation, window.height, layer.input_height);
    const Taps inner = inner_pixels(window, layer.input_width, layer.output_width);
    for (int x = 0; x < layer.output_width;) {
        const bool four = x >= inner.first && x < inner.end && inner.end - inner.first >= 4;
        const int first = four ? std::min(x, inner.end - 4) : x;  // the last four of the inner ones may overlap those before
        for (int c = 0; c < layer.channels; c += lanes) {
            const int count = std::min(lanes, layer.channels - c);
            if (four && count == lanes)
                depthwise_pixels<lanes>(layer, rows, down, addend, weights, output, first, c);
            else if (four && count == lanes / 2)
                depthwise_pixels<lanes / 2>(layer, rows, down, addend, weights, output, first, c);
            else
                for (int pixel = first; pixel < first + (four ? 4 : 1); ++pixel)
                    depthwise_pixel(layer, rows, down, addend, weights, output, pixel, c, count);
        }
        x = first + (four ? 4 : 1);
    }
}

$shared$void depthwise(const Depthwise& layer, const float* input, const float* addend, const $weight$* weights, float* output,
               int first, int end) noexcept {
    const Window& window = layer.window;
    for (int y = first; y < end; ++y) {
        const float* rows[most_taps];
        for (int tap = 0; tap < window.height; ++tap) {
            const int row = std::clamp(y * window.row_stride - window.pad_top + tap * window.row_dilation, 0, layer.input_height - 1);
            rows[tap] = input + row * layer.input_width * layer.input_step;
        }
        const int pixel = y * layer.output_width;
        depthwise_row(layer, rows, addend + pixel * layer.addend_step, weights, output + pixel * layer.output_step, y);
    }
}

}  // namespace $space$
