$header$
#include "compact.h"
#include "vectors.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace $space$ {

namespace {

constexpr int lanes = $lanes$;
constexpr int number = 4;  // bytes of a sum
constexpr int most_taps = $most_taps$;        // rows of the tallest window
constexpr int most_outside = $most_outside$;  // channels of a pixel outside the map

$attribute$Inputs broadcast_some(const std::uint8_t* from, int count) noexcept {
    std::uint8_t four[4] = {};
    std::memcpy(four, from, static_cast<std::size_t>(count));
    return broadcast(four);
}

// Tiles: sums [pixel][vector] of neighbouring pixels, in_step bytes apart: what stands at `from`, from_step bytes a pixel, and the terms
// in[k] * w[k] for k < fours, a multiple of four; a tile of one pixel adds those for k < count.

$tiles$

using AddTerms = void (*)(const std::uint8_t* in, const std::uint8_t* w, const std::uint8_t* from, std::uint8_t* sums, int in_step,
                          int from_step, int fours, int count) noexcept;

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

constexpr int up_to_fours(int count) noexcept { return (count + 3) / 4 * 4; }

/// Of a header, that of the biases among them.
constexpr int rows_of_header(const Scaling& scaling) noexcept {
    const int factors = scaling.rule == Rule::float_product ? 1 : scaling.shifts_left ? 3 : 2;
    return 1 + factors + (scaling.has_zeros ? 1 : 0);
}
constexpr int most_header_rows = rows_of_header({Rule::two_roundings, true, true});

/// step: from a row of the header to the next, in bytes.
$attribute$Sums scale(Sums sum, const Scaling& scaling, const std::uint8_t* header, int step) noexcept {
    if (scaling.rule == Rule::float_product) {
        const Vector factor = load_factors(header + step);
        return scaling.shifts_left ? scale_by_large_float(sum, factor) : scale_by_float(sum, factor);
    }
    if (scaling.shifts_left) sum = shift_left(sum, load_sums(header + 3 * step));
    const Sums mantissa = load_sums(header + step), right = load_sums(header + 2 * step);
    return scaling.rule == Rule::two_roundings ? scale_twice(sum, mantissa, right) : scale_once(sum, mantissa, right);
}

/// The number that is stored of a sum, from 0 to 255.
$attribute$Sums stored(Sums sum, const Numbers& numbers) noexcept {
    if (numbers.in_list) {
        const Sums moved = rescale(sum, constant(numbers.scale), constant(numbers.offset), numbers.zero_point, numbers.lowest,
                                   numbers.highest);
        return minimum(maximum(add(moved, sums_of(numbers.list_zero)), sums_of(0)), sums_of(255));
    }
    const Sums limited = minimum(maximum(sum, sums_of(numbers.lowest - numbers.zero_point)), sums_of(numbers.highest - numbers.zero_point));
    return add(limited, sums_of(numbers.zero_point));
}

/// The taps of a window along one axis that lie inside the map: [first, end).
struct Taps {
    int first, end;
    bool has(int tap) const noexcept { return tap >= first && tap < end; }
};

Taps taps_inside(int start, int dilation, int taps, int size) noexcept {
    Taps inside{0, taps};
    while (inside.first < taps && start + inside.first * dilation < 0) ++inside.first;
    while (inside.end > inside.first && start + (inside.end - 1) * dilation >= size) --inside.end;
    return inside;
}

/// The inputs under the window of a pixel, one run of them after the other: all that follow each other in memory where `joins` allows
/// it, else those of a tap. each(row, column, columns, in): in is a null pointer for a tap outside the map, of which there are some only
/// if what stands there is not zero.
template <class Each>
void each_run(const Convolution& layer, const std::uint8_t* const* rows, const Taps& down, const Taps& across, int left, bool joins,
              Each each) noexcept {
    const Window& window = layer.window;
    for (int row = 0; row < window.height; ++row)
        for (int column = 0; column < window.width;) {
            const bool inside = down.has(row) && across.has(column);
            const int columns = inside && joins ? across.end - column : 1;
            if (inside)
                each(row, column, columns, rows[row] + (left + column * window.column_dilation) * layer.input_step);
            else if (layer.input_zero != 0)
                each(row, column, columns, static_cast<const std::uint8_t*>(nullptr));
            column += columns;
        }
}

/// The sum of all inputs of a pixel.
$attribute$Sums sum_of_inputs(const Convolution& layer, const std::uint8_t* const* rows, const Taps& down, const Taps& across,
                              int left) noexcept {
    int outside = 0;
    Sums sum = sums_of(0);
    const Window& window = layer.window;
    for (int row = 0; row < window.height; ++row)
        for (int column = 0; column < window.width; ++column) {
            if (down.has(row) && across.has(column)) {
                const std::uint8_t* const in = rows[row] + (left + column * window.column_dilation) * layer.input_step;
                sum = add(sum, sum_of_bytes(in, layer.input_channels));
            } else {
                outside += layer.input_channels * layer.input_zero;
            }
        }
    return add(sum, sums_of(outside));
}

/// The first `channels` of a block's numbers, in order.
$attribute$void store_block(std::uint8_t* to, const Sums* sums, int vectors, int channels) noexcept {
    alignas(64) std::uint8_t all[4 * lanes];
    std::uint8_t* const bytes = channels == vectors * lanes ? to : all;
    switch (vectors) {
        case 1: store_numbers<0, 0, 0, 255>(bytes, sums[0]); break;
        case 2: store_numbers<0, 0, 0, 255>(bytes, sums[0], sums[1]); break;
        case 3:
            store_numbers<0, 0, 0, 255>(bytes, sums[0], sums[1]);
            store_numbers<0, 0, 0, 255>(bytes + 2 * lanes, sums[2]);
            break;
        default: store_numbers<0, 0, 0, 255>(bytes, sums[0], sums[1], sums[2], sums[3]); break;
    }
    if (bytes != to) std::memcpy(to, all, static_cast<std::size_t>(channels));
}

/// One tile of one block: pixels [x, x + tile.pixels) of row y. The window's columns lie inside the map, or there is one pixel.
$attribute$void convolve_tile(const Convolution& layer, const Block& block, const Tile& tile, const std::uint8_t* const* rows,
                   const std::uint8_t* weights, std::uint8_t* output, int y, int x) noexcept {
    alignas(64) std::uint8_t sums[most_sums * lanes * number];
    std::uint8_t outside[most_outside];
    std::memset(outside, layer.input_zero, sizeof outside);
    const Window& window = layer.window;
    const int width = block.vectors * lanes;
    const int left = x * window.column_stride - window.pad_left;
    const Taps down = taps_inside(y * window.row_stride - window.pad_top, window.row_dilation, window.height, layer.input_height);
    const Taps across = tile.pixels > 1 || layer.row_pixels ? Taps{0, window.width}
                                                            : taps_inside(left, window.column_dilation, window.width, layer.input_width);
    const int channels = layer.input_channels;
    const bool joins = layer.by_rows || (window.column_dilation == 1 && layer.input_step == channels && channels % 4 == 0);
    const int header_end = rows_of_header(layer.scaling);
    const std::uint8_t* const products = weights + header_end * width * number;
    const std::uint8_t* from = weights;  // the biases, the same for all pixels; then the sums
    int from_step = 0;
    const auto add_run = [&](int row, int column, int columns, const std::uint8_t* in) noexcept {
        const int before = layer.by_rows ? row * up_to_fours(window.width * channels)
                                         : (row * window.width + column) * up_to_fours(channels);
        const int count = columns * channels, fours = layer.by_rows ? up_to_fours(count) : count / 4 * 4;
        tile.add_terms(in ? in : outside, products + before * width, from, sums, in ? window.column_stride * layer.input_step : 0, from_step,
                       fours, count);
        from = sums;
        from_step = width * number;
    };
    each_run(layer, rows, down, across, left, joins, add_run);
    if (from != sums) tile.add_terms(outside, products, from, sums, 0, 0, 0, 0);  // a window that lies outside the map

    for (int pixel = 0; pixel < tile.pixels; ++pixel) {
        const Sums inputs = layer.scaling.has_zeros ? sum_of_inputs(layer, rows, down, across, left + pixel * window.column_stride) : sums_of(0);
        Sums results[4] = {};
        for (int vector = 0; vector < block.vectors; ++vector) {
            const std::uint8_t* const header = weights + vector * lanes * number;
            Sums sum = load_sums(sums + (pixel * block.vectors + vector) * lanes * number);
            if (layer.scaling.has_zeros)
                sum = subtract_product(sum, load_sums(header + (header_end - 1) * width * number), inputs);
            results[vector] = stored(scale(sum, layer.scaling, header, width * number), layer.numbers[block.output]);
        }
        store_block(output + (x + pixel) * layer.output_steps[block.output] + block.first_channel, results, block.vectors, block.channels);
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

$shared$void convolve_row(const Convolution& layer, const std::uint8_t* const* rows, const std::uint8_t* weights,
                  std::uint8_t* const* outputs, int y, int width, int first_block, int end_block) noexcept {
    const Taps inner = layer.row_pixels ? Taps{0, width} : inner_pixels(layer.window, layer.input_width, width);
    const bool in_fours = layer.by_rows || layer.input_channels % 4 == 0;  // or tiles of one pixel add the rest
    for (int index = first_block; index < end_block; ++index) {
        const Block& block = layer.blocks[index];
        const Tile* const sizes = tiles[block.vectors - 1];
        for (int x = 0; x < width;) {
            int size = tile_sizes - 1;
            if (x >= inner.first && in_fours)
                for (size = 0; x + sizes[size].pixels > inner.end && size + 1 < tile_sizes;) ++size;
            convolve_tile(layer, block, sizes[size], rows, weights + block.weights, outputs[block.output], y, x);
            x += sizes[size].pixels;
        }
    }
}

$shared$void convolve(const Convolution& layer, const std::uint8_t* input, const std::uint8_t* weights, std::uint8_t* const* outputs,
              int first, int end) noexcept {
    const Window& window = layer.window;
    const int pixels = layer.output_height * layer.output_width;
    const int row_width = layer.row_pixels ? layer.row_pixels : layer.output_width;
    const int rows = layer.row_pixels ? (pixels + row_width - 1) / row_width : layer.output_height;
    const int first_row = layer.by_channels ? 0 : first, end_row = layer.by_channels ? rows : end;
    const int first_block = layer.by_channels ? first : 0, end_block = layer.by_channels ? end : layer.block_count;
    for (int y = first_row; y < end_row; ++y) {
        const std::uint8_t* lines[most_taps];
        for (int tap = 0; tap < window.height; ++tap) {
            const int row = y * window.row_stride - window.pad_top + tap * window.row_dilation;
            const int inside = std::clamp(row, 0, layer.input_height - 1);  // one outside is not read
            lines[tap] = layer.row_pixels ? input + y * row_width * layer.input_step
                                          : input + inside * layer.input_width * layer.input_step;
        }
        std::uint8_t* out[2] = {};
        for (int output = 0; output < 2 && layer.output_steps[output]; ++output)
            out[output] = outputs[output] + y * row_width * layer.output_steps[output];
        const int width = layer.row_pixels ? std::min(row_width, pixels - y * row_width) : row_width;
        convolve_row(layer, lines, weights, out, layer.row_pixels ? 0 : y, width, first_block, end_block);
    }
}

namespace {

$attribute$Row load_row_some(const std::uint8_t* from, int count) noexcept {
    if (count == lanes) return load_row(from);
    std::uint8_t all[lanes] = {};
    std::memcpy(all, from, static_cast<std::size_t>(count));
    return load_row(all);
}

$attribute$Weights load_weights_some(const std::uint8_t* from, int count) noexcept {
    if (count == lanes) return load_weights(from);
    std::uint8_t all[lanes * 4] = {};
    std::memcpy(all, from, static_cast<std::size_t>(count * 4));
    return load_weights(all);
}

/// The bytes of `count` channels from c on in such a tap of a column; what stands outside the map, and nothing beyond the window.
$attribute$Row row_of_tap(const Depthwise& layer, const std::uint8_t* const* rows, const Taps& down, int tap, int column, int c,
                          int count) noexcept {
    if (tap >= layer.window.height) return row_of(0);
    if (!down.has(tap) || column < 0 || column >= layer.input_width) return row_of(layer.input_zero);
    return load_row_some(rows[tap] + column * layer.input_step + c, count);
}

/// Pixels [x, x + pixels) of a row, in `count` channels from c on.
template <int pixels>
$attribute$void depthwise_pixels(const Depthwise& layer, const std::uint8_t* const* rows, const Taps& down, const std::uint8_t* weights,
                      std::uint8_t* output, int x, int c, int count) noexcept {
    const Window& window = layer.window;
    const int channels = layer.channels * number, header_end = rows_of_header(layer.scaling);
    const std::uint8_t* const products = weights + header_end * channels + c * 4;
    const std::uint8_t* header = weights + c * number;
    int header_step = channels;
    alignas(64) std::uint8_t part[most_header_rows * lanes * number] = {};  // of the header, filled up with zeros
    if (count < lanes) {
        for (int row = 0; row < header_end; ++row)
            std::memcpy(part + row * lanes * number, header + row * channels, static_cast<std::size_t>(count * number));
        header = part;
        header_step = lanes * number;
    }
    const Weights ones = weights_of(1, 1, 1, 1);
    const Sums bias = load_sums(header);
    Sums sums[pixels], inputs[pixels];
    for (int pixel = 0; pixel < pixels; ++pixel) {
        sums[pixel] = bias;
        inputs[pixel] = sums_of(0);
    }
    const int fours = (window.height + 3) / 4;
    for (int column = 0; column < window.width; ++column)
        for (int four = 0; four < fours; ++four) {
            const Weights w = load_weights_some(products + (column * fours + four) * channels, count);
            for (int pixel = 0; pixel < pixels; ++pixel) {
                const int at = (x + pixel) * window.column_stride - window.pad_left + column * window.column_dilation;
                const int tap = 4 * four;
                const Inputs in = interleave(row_of_tap(layer, rows, down, tap, at, c, count), row_of_tap(layer, rows, down, tap + 1, at, c, count),
                                             row_of_tap(layer, rows, down, tap + 2, at, c, count), row_of_tap(layer, rows, down, tap + 3, at, c, count));
                sums[pixel] = multiply_add(in, w, sums[pixel]);
                if (layer.scaling.has_zeros) inputs[pixel] = multiply_add(in, ones, inputs[pixel]);
            }
        }
    for (int pixel = 0; pixel < pixels; ++pixel) {
        Sums sum = sums[pixel];
        if (layer.scaling.has_zeros) sum = subtract_product(sum, load_sums(header + (header_end - 1) * header_step), inputs[pixel]);
        const Sums result = stored(scale(sum, layer.scaling, header, header_step), layer.numbers);
        store_block(output + (x + pixel) * layer.output_step + c, &result, 1, count);
    }
}

}  // namespace

$shared$void depthwise_row(const Depthwise& layer, const std::uint8_t* const* rows, const std::uint8_t* weights, std::uint8_t* output,
                   int y) noexcept {
    const Window& window = layer.window;
    const Taps down = taps_inside(y * window.row_stride - window.pad_top, window.row_dilation, window.height, layer.input_height);
    for (int c = 0; c < layer.channels; c += lanes) {
        const int count = std::min(lanes, layer.channels - c);
        int x = 0;
        for (; x + 4 <= layer.output_width; x += 4) depthwise_pixels<4>(layer, rows, down, weights, output, x, c, count);
        for (; x < layer.output_width; ++x) depthwise_pixels<1>(layer, rows, down, weights, output, x, c, count);
    }
}

$shared$void depthwise(const Depthwise& layer, const std::uint8_t* input, const std::uint8_t* weights, std::uint8_t* output, int first,
               int end) noexcept {
    const Window& window = layer.window;
    for (int y = first; y < end; ++y) {
        const std::uint8_t* rows[most_taps];
        for (int tap = 0; tap < window.height; ++tap) {
            const int row = std::clamp(y * window.row_stride - window.pad_top + tap * window.row_dilation, 0, layer.input_height - 1);
            rows[tap] = input + row * layer.input_width * layer.input_step;
        }
        depthwise_row(layer, rows, weights, output + y * layer.output_width * layer.output_step, y);
    }
}

}  // namespace $space$
