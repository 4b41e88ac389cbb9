#pragma once

#include "cost/latency_model.h"
#include "description/description.h"
#include "emit/folder/manifest.h"
#include "sweep/figures.h"
#include "sweep/sweep.h"
#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// One network of a sweep.
struct SweepPoint {
    double alpha = 1;
    double rho = 1;
    const Target* target = nullptr;
    std::string unroll;

    /// "alpha_0.5_rho_0.64_x86-64-v4_tile", which is also the name of its folder.
    std::string id() const;
};

/// Every alpha with every rho, target and unroll form, in this order. UsageError for an unknown target or form,
/// InputError for an alpha that scales nothing (check_alpha).
std::vector<SweepPoint> sweep_points(const SweepOptions& options, const Description& description);

/// What is known of a point without compiling anything.
struct PointPlan {
    PointFigures figures;  // of a point that `generate` would refuse: why, and whatever could be told before
    // What follows is empty for a point that is no network.
    std::string weights{};             // its file; empty for random weights too
    Manifest files{};                  // of the folder that is emitted, without a self-test
    std::vector<WorkVector> stages{};  // the work of its kernels in run order; empty for code that the latency model
                                       // does not cover (compact)
};

/// Takes each point as far as `generate` takes it before it emits: graph, weights, passes, plan. A point that is no
/// network (a map smaller than its window, say), or whose file of weights is missing or does not fit it, has failed.
/// InputError if the tuning or calibration file is wrong; UsageError for weights of an unknown kind of file.
std::vector<PointPlan> plan_points(const SweepOptions& options, const Description& description,
                                   const std::vector<SweepPoint>& points);

/// The prices of the latency model that predictions are made with. InputError if their file is wrong.
Calibrations sweep_calibrations(const SweepOptions& options);

}  // namespace ssdgen
