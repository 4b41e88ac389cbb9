#include "cost/latency_model.h"

#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/schedule/schedule.h"
#include "plan/schedule/tuning.h"
#include "plan/windows.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

double& amount(WorkVector& work, Work kind) { return work[std::size_t(kind)]; }

/// What a core can count on of the last-level cache, which it shares with others.
constexpr double last_level_bytes = 16 << 20;

/// The share of an axis's taps that lie inside the map: those outside are left out of the code.
double inside_share(int input, const WindowAxis& axis) {
    return double(taps_inside(tap_ranges(input, axis))) / (double(axis.output) * axis.kernel);
}

/// Taps of a window inside the map, the mean over all its places.
double mean_taps(const Window& window, const Shape& input) {
    return double(taps(window)) * inside_share(input.height, window.rows) * inside_share(input.width, window.columns);
}

/// `count` rows of `pixels` neighbouring output pixels each.
struct Rows {
    double count = 0;
    int pixels = 0;
};

/// The rows of pixels that a pointwise's tiles are cut from.
std::vector<Rows> tile_rows(const PointwiseKernel& kind, const Kernel& kernel) {
    const int pixels = kernel.output().height * kernel.output().width;
    const int row = kind.row_pixels * std::max(kernel.stream_rows, 1);
    std::vector<Rows> rows{{double(pixels / row), row}};
    if (pixels % row) rows.push_back({1, pixels % row});
    return rows;
}

/// terms: of an output's sum.
void add_product(const std::vector<ChannelBlock>& blocks, const std::vector<Rows>& all_rows, double terms,
                 const Target& target, double& cycles, double& tiles) {
    for (const ChannelBlock& block : blocks)
        for (const Rows& rows : all_rows) {
            const int whole = rows.pixels / block.pixels, rest = rows.pixels % block.pixels;
            const double rest_cycles = rest ? tile_cycles(target, rest, block.vectors) : 0;
            cycles += rows.count * terms * (whole * tile_cycles(target, block.pixels, block.vectors) + rest_cycles);
            tiles += rows.count * (whole + (rest > 0));
        }
}

/// The work of a kernel.
struct KernelWork {
    const Kernel& kernel;
    const Target& target;
    WorkVector& work;

    void operator()(const PointwiseKernel& kind) const {
        add_product(kind.blocks, tile_rows(kind, kernel), kernel.input().channels, target, amount(work, Work::cycles),
                    amount(work, Work::tiles));
    }

    void operator()(const WindowKernel& kind) const {
        add_product(kind.blocks, output_rows(), mean_taps(kind.window, kernel.input()) * kernel.input().channels,
                    target, amount(work, Work::cycles), amount(work, Work::tiles));
    }

    /// The picture's rows are staged with their padding.
    void operator()(const PictureKernel& kind) const {
        add_product(kind.blocks, output_rows(), double(taps(kind.window)) * kernel.input().channels, target,
                    amount(work, Work::picture_cycles), amount(work, Work::tiles));
    }

    void operator()(const DepthwiseKernel& kind) const {
        const VectorUnit& unit = vector_unit(target, Element::f32);
        const Shape& output = kernel.output();
        const int vectors = (output.channels + unit.lanes - 1) / unit.lanes;
        const double window_taps = mean_taps(kind.window, kernel.input());
        const int tiles = (output.width + kind.pixels - 1) / kind.pixels;
        amount(work, Work::depthwise_cycles) =
            double(output.height) * output.width * vectors * window_taps / unit.multiply_adds;
        // Where pixels are no whole cache lines apart, so large a share of the loads and stores touches two of them.
        const double straddling = output.channels * 4 % 64 ? unit.lanes * 4 / 64.0 : 0;
        amount(work, Work::depthwise_vectors) = double(output.height) * tiles * vectors * (1 + straddling);
    }

    void operator()(const AveragePoolKernel&) const {}  // too little to have a price

    /// At the prices of a depthwise: what it loads and compares, the maximum of a column serving all windows over it.
    void operator()(const MaxPoolKernel& kind) const {
        const VectorUnit& unit = vector_unit(target, Element::f32);
        const Shape& output = kernel.output();
        const int vectors = (output.channels + unit.lanes - 1) / unit.lanes;
        const auto& [rows, columns] = kind.window;
        const double steps = double(rows.kernel) * std::min(columns.stride, columns.kernel) + columns.kernel - 1;
        const int tiles = (output.width + kind.pixels - 1) / kind.pixels;
        amount(work, Work::depthwise_cycles) =
            double(output.height) * output.width * vectors * steps / unit.multiply_adds;
        amount(work, Work::depthwise_vectors) = double(output.height) * tiles * vectors;
    }

    /// Loads and stores, as a depthwise tile of one tap has them.
    void operator()(const ElementwiseKernel&) const {
        const int lanes = vector_unit(target, Element::f32).lanes;
        amount(work, Work::depthwise_vectors) =
            double(elements(kernel.output())) * double(kernel.inputs.size()) / lanes / 2;
    }

    std::vector<Rows> output_rows() const { return {{double(kernel.output().height), kernel.output().width}}; }
};

}  // namespace

WorkVector stage_work(const Stage& stage, const Plan& plan) {
    const Target& target = plan.target;
    WorkVector work{};
    std::visit(KernelWork{stage.kernel, target, work}, stage.kernel.kind);
    const double lines = double(stage.weights_size) / 64;
    amount(work, Work::weight_lines) = lines;
    amount(work, Work::far_lines) = lines * std::clamp(double(plan.weights_size) / last_level_bytes - 0.5, 0.0, 1.0);
    amount(work, Work::stages) = 1;
    if (stage.kernel.stream_rows) amount(work, Work::rows) = stage.kernel.output().height;
    return work;
}

WorkVector network_work(const Plan& plan) {
    WorkVector sum{};
    for (const Stage* stage : all_stages(plan)) {
        const WorkVector work = stage_work(*stage, plan);
        for (std::size_t i = 0; i < work_kinds; ++i) sum[i] += work[i];
    }
    return sum;
}

double predict_ms(const WorkVector& work, const Calibration& calibration) {
    double nanoseconds = 0;
    for (std::size_t i = 0; i < work_kinds; ++i) nanoseconds += work[i] * calibration.nanoseconds[i];
    return nanoseconds / 1e6;
}

WorkVector fit_prices(const std::vector<TimedWork>& measured) {
    // Minimises sum of weight * (work . price / time - 1)^2 one price at a time, which ends at the least sum since the
    // sum is convex. Kinds are scaled to like size first, else it would take forever.
    WorkVector scale{}, right{}, prices{};
    std::array<WorkVector, work_kinds> square{};
    for (const TimedWork& one : measured)
        for (std::size_t i = 0; i < work_kinds; ++i) scale[i] += one.weight * std::pow(one.work[i] / (one.ms * 1e6), 2);
    for (double& s : scale) s = s > 0 ? std::sqrt(s) : 1;
    for (const TimedWork& one : measured)
        for (std::size_t i = 0; i < work_kinds; ++i) {
            const double share = one.work[i] / (one.ms * 1e6) / scale[i];
            right[i] += one.weight * share;
            for (std::size_t j = 0; j < work_kinds; ++j)
                square[i][j] += one.weight * share * one.work[j] / (one.ms * 1e6) / scale[j];
        }
    for (int round = 0; round < 20000; ++round)
        for (std::size_t i = 0; i < work_kinds; ++i) {
            if (!(square[i][i] > 0)) continue;
            double rest = right[i];
            for (std::size_t j = 0; j < work_kinds; ++j)
                if (j != i) rest -= square[i][j] * prices[j];
            prices[i] = std::max(rest / square[i][i], 0.0);
        }
    for (std::size_t i = 0; i < work_kinds; ++i) prices[i] /= scale[i];
    return prices;
}

}  // namespace ssdgen
