#pragma once

#include "description/description.h"
#include "driver/latency_model.h"
#include "driver/sweep.h"
#include "plan/plan.h"
#include "plan/tuning.h"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace ssdgen {

/// The figures of a point by the keys of sweep_columns(); a figure that is not known is missing, and "failed" says why.
using Figures = nlohmann::ordered_json;

/// One network of a sweep.
struct SweepPoint {
    double alpha = 1;
    double rho = 1;
    const Target* target = nullptr;
    std::string unroll;

    /// "alpha_0.5_rho_0.64_x86-64-v4_tile", which is also the name of its folder.
    std::string id() const;
};

/// Every alpha with every rho, target and unroll form, in this order. UsageError for an unknown target or form.
std::vector<SweepPoint> sweep_points(const SweepOptions& options, const Description& description);

/// What is known of points without compiling anything.
class StaticFigures {
  public:
    /// InputError if the tuning or calibration file is wrong.
    StaticFigures(const Description& description, const SweepOptions& options, const std::vector<SweepPoint>& points);

    /// A point that is no network (a map smaller than its window, say), or whose file of weights cannot be read, has its "failed".
    Figures find(const SweepPoint& point) const;

    /// Its file of weights; empty for random weights, and for a point that is no network.
    std::string weights(const SweepPoint& point) const;

    /// The sources of its library, relative to the folder that is emitted: which of them there are depends on the plan. Empty
    /// for a point that is no network.
    std::vector<std::string> sources(const SweepPoint& point) const;

    /// The work of its kernels in run order, for the latency model; empty for a point that is no network or that the model does not
    /// cover (compact code).
    std::vector<WorkVector> stages(const SweepPoint& point) const;

  private:
    Plan plan_of(const SweepPoint& point, const Graph& graph) const;
    void add_plan(const Plan& plan, Figures& figures) const;
    std::string weights_of(const Graph& graph) const;

    const Description& description_;
    std::string weights_;  // a pattern, or empty
    bool wants_code_ = false;  // for a limit of flash alone: it takes longer than all the rest
    std::map<std::string, Tuning> tunings_;  // by target
    Calibrations calibrations_;
    std::int64_t full_macs_ = 0;  // at alpha 1 and rho 1
};

}  // namespace ssdgen
