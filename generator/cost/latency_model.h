#pragma once

#include "plan/plan.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace ssdgen {

// What a network will take on one thread, from its plan alone: the kernels' modelled work, each kind with a price in
// nanoseconds that was fitted to measurements.

/// The kinds of work that have a price.
enum class Work {
    cycles,             // of convolutions: multiply-add steps of register tiles, as tile_cycles() has them
    picture_cycles,     // of the convolution that reads the picture
    depthwise_cycles,   // vector multiply-adds, by how many a cycle does
    depthwise_vectors,  // tiles by vectors of channels: weights and columns loaded, sums stored
    tiles,              // of convolutions: sums begun and stored
    weight_lines,       // of 64 bytes, each once: they come from beyond the second-level cache
    far_lines,  // those of them that come from memory, as far as the network's weights exceed a last-level cache's
                // share
    stages,     // kernels at work
    rows,       // that a stage of a stream makes, calls and addresses
};
inline constexpr std::size_t work_kinds = 9;

/// Amounts or prices, one a kind.
using WorkVector = std::array<double, work_kinds>;

/// How much of each kind a stage of a plan does.
WorkVector stage_work(const Stage& stage, const Plan& plan);

/// Of a whole network.
WorkVector network_work(const Plan& plan);

/// Prices of one target's kinds of work on some machine.
struct Calibration {
    std::string machine;  // the processor's name
    int networks = 0;     // that were measured
    WorkVector nanoseconds{};
};

/// Milliseconds.
double predict_ms(const WorkVector& work, const Calibration& calibration);

/// A measurement: what was done and how long it took.
struct TimedWork {
    WorkVector work{};
    double ms = 0;
    double weight = 1;  // of its relative error
};

/// The prices, none below zero, with the least sum of weight * (relative error)^2.
WorkVector fit_prices(const std::vector<TimedWork>& measured);

/// By target.
using Calibrations = std::map<std::string, Calibration>;

/// Reads a calibration file:
///
///     {"x86-64-v4": {"machine": "AMD EPYC", "networks": 12, "nanoseconds": {"cycles": 0.27, ...}}, ...}
///
/// InputError for a target, key or value that is wrong.
Calibrations parse_calibrations(const std::string& text, const std::string& file);

/// configs/calibration.json as it was when ssdgen was built.
Calibrations built_in_calibrations();

std::string calibrations_text(const Calibrations& calibrations);

}  // namespace ssdgen
