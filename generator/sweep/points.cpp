#include "sweep/points.h"

#include "cost/footprint.h"
#include "cost/peak.h"
#include "emit/folder/manifest.h"
#include "graph/build.h"
#include "graph/shapes.h"
#include "import/import.h"
#include "pipeline/make_plan.h"
#include "plan/plan.h"
#include "plan/schedule/tuning.h"
#include "report/facts.h"
#include "support/error.h"
#include "support/files.h"
#include "sweep/weights_pattern.h"
#include "target/table.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ssdgen {

namespace {

/// The multiply-adds of the same network with a standard convolution in the place of each depthwise and the pointwise
/// on it.
std::int64_t standard_macs(const Facts& facts) {
    std::int64_t macs = facts.totals.macs;
    for (const BlockFacts& block : facts.blocks) macs += block.standard_macs - block.macs;
    return macs;
}

double ratio(std::int64_t a, std::int64_t b) { return double(a) / double(b); }

void add_facts(const Graph& graph, std::int64_t full_macs, PointFigures& figures) {
    const Facts facts = gather_facts(graph);
    const Shape& input = shape_of(graph, graph.input);
    figures.input = fmt::format("{}x{}", input.width, input.height);
    figures.macs = facts.totals.macs;
    figures.macs_share = ratio(facts.totals.macs, full_macs);
    figures.textbook_share = graph.alpha * graph.alpha * graph.rho * graph.rho;
    figures.separable_share = ratio(facts.totals.macs, standard_macs(facts));
    figures.params = facts.totals.parameters;
    figures.activation_bytes = facts.totals.activation_bytes;
    figures.priors = facts.totals.priors;
}

}  // namespace

std::string SweepPoint::id() const { return fmt::format("alpha_{}_rho_{}_{}_{}", alpha, rho, target->name, unroll); }

std::vector<SweepPoint> sweep_points(const SweepOptions& options, const Description& description) {
    const std::vector<double> alphas = options.alphas.empty() ? std::vector<double>{description.alpha} : options.alphas;
    const std::vector<double> rhos = options.rhos.empty() ? std::vector<double>{description.rho} : options.rhos;
    const std::string place = options.alphas.empty() ? at(description.file, "/alpha") : "--alpha";
    for (const double alpha : alphas) check_alpha(description, alpha, place);
    for (const std::string& unroll : options.unrolls) find_unroll(unroll);
    std::vector<SweepPoint> points;
    for (const std::string& target : options.targets)
        for (const std::string& unroll : options.unrolls)
            for (const double alpha : alphas)
                for (const double rho : rhos) {
                    const SweepPoint point{alpha, rho, &find_target(target), unroll};
                    // native may be one of the others.
                    const auto same = [&](const SweepPoint& other) { return other.id() == point.id(); };
                    if (std::none_of(points.begin(), points.end(), same)) points.push_back(point);
                }
    return points;
}

namespace {

class Planner {
  public:
    Planner(const SweepOptions& options, const Description& description, const std::vector<SweepPoint>& points)
        : description_(description), weights_(options.weights), wants_code_(options.budget.flash.has_value()) {
        for (const SweepPoint& point : points) {
            if (tunings_.count(point.target->name)) continue;
            tunings_[point.target->name] = choose_tuning(*point.target, options.tuning, options.without_tuning);
        }
        calibrations_ = sweep_calibrations(options);
        stored_.weights_type = options.weights_type;
        full_macs_ = gather_facts(build_graph(description, {1.0, 1.0})).totals.macs;
    }

    PlanOptions form(const SweepPoint& point) const {
        PlanOptions form = stored_;
        form.unroll = find_unroll(point.unroll);
        return form;
    }

    PointPlan find(const SweepPoint& point) {
        PointPlan result{{point.alpha, point.rho, point.target->name, point.unroll}};
        try {
            const Graph graph = build_graph(description_, {point.alpha, point.rho});
            add_facts(graph, full_macs_, result.figures);
            add_plan(
                make_plan(lower_for(graph, form(point)), *point.target, tunings_.at(point.target->name), form(point)),
                result);
            if (!weights_.empty()) check_weights(graph, result);
        } catch (const InputError& error) {
            result.figures.failed = error.what();
        }
        return result;
    }

  private:
    void add_plan(const Plan& plan, PointPlan& result) const {
        PointFigures& figures = result.figures;
        figures.weights_bytes = plan.weights_size;
        figures.arena_bytes = plan.arena_size;
        const Peak peak = find_peak(plan);
        figures.peak_live_bytes = peak.bytes;
        figures.peak_layer = peak.layer;
        const auto calibration = calibrations_.find(plan.target.name);
        // One kernel for all shapes is another matter.
        if (!plan.compact && calibration != calibrations_.end())
            figures.predicted_ms = predict_ms(network_work(plan), calibration->second);
        if (wants_code_) figures.flash_bytes = footprint(plan).flash_bytes();
        result.files = folder_manifest({emission_of(plan, {})}, false);
        if (plan.compact) return;
        for (const Stage* stage : all_stages(plan)) result.stages.push_back(stage_work(*stage, plan));
    }

    /// Random weights fit every network. A file serves all targets and forms, and is looked at once.
    void check_weights(const Graph& graph, PointPlan& result) {
        const Shape& input = shape_of(graph, graph.input);
        result.weights = weights_file(weights_, {graph.alpha, graph.rho, input.height, input.width});
        const auto [known, fresh] = faults_.emplace(std::pair{graph.alpha, graph.rho}, "");
        if (fresh) {
            try {
                lower_for(with_weights(graph, description_, read_weights(result.weights, description_)), stored_);
            } catch (const InputError& error) {
                known->second = error.what();
            }
        }
        if (!known->second.empty()) throw InputError(known->second);
    }

    const Description& description_;
    std::string weights_;                    // a pattern, or empty
    PlanOptions stored_;                     // of every point
    bool wants_code_ = false;                // for a limit of flash alone: it takes longer than all the rest
    std::map<std::string, Tuning> tunings_;  // by target
    std::map<std::pair<double, double>, std::string>
        faults_;  // by alpha and rho: what is wrong with the file of weights, or nothing
    Calibrations calibrations_;
    std::int64_t full_macs_ = 0;  // at alpha 1 and rho 1
};

}  // namespace

std::vector<PointPlan> plan_points(const SweepOptions& options, const Description& description,
                                   const std::vector<SweepPoint>& points) {
    Planner planner(options, description, points);
    std::vector<PointPlan> plans;
    for (const SweepPoint& point : points) plans.push_back(planner.find(point));
    return plans;
}

Calibrations sweep_calibrations(const SweepOptions& options) {
    return options.calibration.empty() ? built_in_calibrations()
                                       : parse_calibrations(read_file(options.calibration), options.calibration);
}

}  // namespace ssdgen
