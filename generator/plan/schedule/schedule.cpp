#include "plan/schedule/schedule.h"

#include "support/error.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace ssdgen {

namespace {

int divide_up(int a, int b) { return (a + b - 1) / b; }

/// Registers beside a tile's sums: one step's weights and one broadcast input; where products are made in halves, both
/// halves of these and what is added.
int beside_sums(const VectorUnit& unit, int vectors) { return unit.split ? 2 * vectors + 3 : vectors + 1; }

/// A tile keeps its sums, one step's weights and one broadcast input in registers.
bool holds(const VectorUnit& unit, int pixels, int vectors) {
    return pixels * vectors + beside_sums(unit, vectors) <= unit.registers;
}

/// Compilers load the next step's weights before the last use of this one's: the model's tiles leave some registers
/// where there are many, and two where there are few.
bool fits(const VectorUnit& unit, int pixels, int vectors) {
    if (unit.split) return holds(unit, pixels, vectors);
    return unit.registers > 16 ? pixels * vectors <= unit.registers - 8
                               : pixels * vectors + vectors + 1 < unit.registers - 1;
}

double row_cycles(const Target& target, Element operand, int row, int pixels, int vectors) {
    const int rest = row % pixels;
    return row / pixels * tile_cycles(target, pixels, vectors, operand) +
           (rest ? tile_cycles(target, rest, vectors, operand) : 0);
}

/// The fewest cycles a row, the wider tile if equal.
int best_pixels(const Target& target, Element operand, int row, int vectors) {
    const VectorUnit& unit = vector_unit(target, operand);
    int best = 1;
    double fewest = std::numeric_limits<double>::max();
    for (int pixels = 1; pixels <= std::min(row, 16) && fits(unit, pixels, vectors); ++pixels) {
        const double cycles = row_cycles(target, operand, row, pixels, vectors);
        if (cycles <= fewest) {
            fewest = cycles;
            best = pixels;
        }
    }
    return best;
}

/// The vectors of one output shared out evenly among blocks of at most `widest`.
std::vector<int> share_vectors(int vectors, int widest) {
    const int blocks = divide_up(vectors, widest);
    std::vector<int> widths;
    for (int block = 0; block < blocks; ++block)
        widths.push_back(vectors / blocks + (block < vectors % blocks ? 1 : 0));
    return widths;
}

int widest_block(const std::vector<ChannelBlock>& blocks) {
    int widest = 0;
    for (const ChannelBlock& block : blocks) widest = std::max(widest, block.vectors);
    return widest;
}

/// The chosen tile for the widest blocks; the few others keep the model's.
void choose_pixels(const Target& target, Element operand, int row, int pixels, std::vector<ChannelBlock>& blocks) {
    const int widest = widest_block(blocks);
    check(holds(vector_unit(target, operand), pixels, widest), "a chosen tile fits the registers");
    for (ChannelBlock& block : blocks)
        if (block.vectors == widest) block.pixels = std::min(pixels, row);
}

double blocks_cycles(const Target& target, Element operand, int row, const std::vector<ChannelBlock>& blocks) {
    double cycles = 0;
    for (const ChannelBlock& block : blocks) cycles += row_cycles(target, operand, row, block.pixels, block.vectors);
    return cycles;
}

bool same_tiles(const std::vector<ChannelBlock>& a, const std::vector<ChannelBlock>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ChannelBlock& one, const ChannelBlock& other) {
        return one.vectors == other.vectors && one.pixels == other.pixels;
    });
}

}  // namespace

double tile_cycles(const Target& target, int pixels, int vectors, Element operand) {
    const VectorUnit& unit = vector_unit(target, operand);
    // Split into halves of its own: two instructions a register of inputs, three of weights, four a cycle.
    const double splitting = unit.split ? (2.0 * pixels + 3.0 * vectors) / 4 : 0;
    const double sums = double(pixels) * vectors / unit.multiply_adds + splitting;
    // A broadcast is half the work of a vector load wherever a whole vector takes a load port for itself.
    const double loads = double(vectors) / unit.loads + double(pixels) / 2;
    // A block's weights, lanes * vectors a step, of four bytes each, do not stay in the first-level cache from one tile
    // to the next.
    const double weights =
        double(vectors) * unit.lanes * unit.products * bytes_of(operand) / target.caches.l2_bytes_per_cycle;
    return std::max({sums, loads, weights, double(unit.latency)});
}

std::vector<ChannelBlock> schedule_blocks(const Target& target, const std::vector<int>& output_channels, int row,
                                          const ScheduleChoice& choice, Element operand) {
    const int lanes = vector_unit(target, operand).lanes;
    std::vector<ChannelBlock> blocks;
    for (int output = 0; output < int(output_channels.size()); ++output) {
        const int channels = output_channels[std::size_t(output)];
        const int vectors = divide_up(channels, lanes);
        std::vector<int> widths;
        double fewest = std::numeric_limits<double>::max();
        const int first_widest = choice.vectors ? choice.vectors : 1;
        const int last_widest = choice.vectors ? choice.vectors : 4;
        for (int widest = first_widest; widest <= last_widest; ++widest) {
            const std::vector<int> candidate = share_vectors(vectors, widest);
            double cycles = 0;
            for (int width : candidate)
                cycles += row_cycles(target, operand, row, best_pixels(target, operand, row, width), width);
            // Wider blocks read the map less often: they win unless others are better by more than the model can tell.
            if (cycles * 0.99 <= fewest) {
                fewest = cycles;
                widths = candidate;
            }
        }
        int first = 0;
        for (int width : widths) {
            const int count = std::min(width * lanes, channels - first);
            blocks.push_back({output, first, count, width, best_pixels(target, operand, row, width)});
            first += count;
        }
        check(first == channels, "channel blocks cover every channel");
    }
    if (choice.pixels) choose_pixels(target, operand, row, choice.pixels, blocks);
    return blocks;
}

TermLoop schedule_terms(const Target& target, std::int64_t weights) {
    const bool stays = weights <= target.caches.l1_bytes / 2;
    return {target.steps.unroll, target.steps.straight, stays ? 0 : target.caches.prefetch_bytes};
}

int schedule_depthwise_pixels(const Target& target, const Window& window, int row, int channels, Element operand) {
    // Sums, one row of weights and one input column are held at once; more than 8 neighbours gain nothing. Columns a
    // kilobyte and more apart fall into few sets of the first-level cache: with 4 neighbours they find room there.
    const VectorUnit& unit = vector_unit(target, operand);
    const int fours = (window.rows.kernel + unit.products - 1) / unit.products;
    const int weights = operand == Element::f32 ? window.columns.kernel : window.columns.kernel * fours;
    const int room = unit.registers - (unit.split ? 2 : 1) * weights - (unit.split ? 5 : 2);
    // Where several registers of channels share the work, more neighbours add code and no speed.
    const int most = channels * bytes_of(operand) >= 1024 ? 4 : unit.interleaved > 1 ? 4 : 8;
    return std::clamp(std::min(room, most), 1, row);
}

int schedule_stream_rows(const Target& target, const Shape& output, int input_channels) {
    const std::int64_t weights = std::int64_t(input_channels) * output.channels * 4;
    // Weights that stay in the second-level cache are read again at little cost; others come from beyond it once a
    // time.
    const int pixels = weights <= target.caches.l2_bytes / 4 ? 16 : 54;
    return std::min(divide_up(pixels, output.width), output.height);
}

int most_pixels(const Target& target, int vectors) {
    return std::clamp((vector_unit(target, Element::f32).registers - vectors - 1) / vectors, 1, 16);
}

int most_depthwise_pixels(const Target& target, int kernel_width) {
    return std::clamp(vector_unit(target, Element::f32).registers - kernel_width - 1, 1, 16);
}

std::vector<ScheduleChoice> tile_candidates(const Target& target, const std::vector<int>& output_channels, int row) {
    struct Candidate {
        double cycles, loads;  // a row; a multiply-add of the widest blocks
        ScheduleChoice choice;
    };
    constexpr Element operand = Element::f32;
    const std::vector<ChannelBlock> model = schedule_blocks(target, output_channels, row);
    const double limit = 1.25 * blocks_cycles(target, operand, row, model);
    std::vector<Candidate> candidates;
    for (int vectors = 1; vectors <= 4; ++vectors)
        for (int pixels = 1; pixels <= std::min(row, most_pixels(target, vectors)); ++pixels) {
            const ScheduleChoice choice{vectors, pixels, 0};
            const auto blocks = schedule_blocks(target, output_channels, row, choice);
            // Blocks that are shared out narrower are those of a narrower choice.
            if (widest_block(blocks) < vectors || same_tiles(blocks, model)) continue;
            const double cycles = blocks_cycles(target, operand, row, blocks);
            if (cycles <= limit) candidates.push_back({cycles, 1.0 / pixels + 0.5 / vectors, choice});
        }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::make_tuple(a.cycles, a.loads, a.choice.vectors, a.choice.pixels) <
               std::make_tuple(b.cycles, b.loads, b.choice.vectors, b.choice.pixels);
    });
    std::vector<ScheduleChoice> choices;
    for (const Candidate& candidate : candidates) choices.push_back(candidate.choice);
    return choices;
}

}  // namespace ssdgen
