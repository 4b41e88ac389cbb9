#include "driver/sweep_points.h"

#include "driver/unroll_plan.h"
#include "driver/weights_pattern.h"
#include "emit/layers.h"
#include "graph/build.h"
#include "graph/shapes.h"
#include "kernel/code_size.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "plan/compact.h"
#include "plan/peak.h"
#include "report/facts.h"
#include "support/error.h"
#include "support/files.h"

#include <algorithm>

namespace ssdgen {

namespace {

const char* const forms[] = {"compact", "tile", "full"};

/// The multiply-adds of the same network with a standard convolution in the place of each depthwise and the pointwise on it.
std::int64_t standard_macs(const Facts& facts) {
    std::int64_t macs = facts.totals.macs;
    for (const BlockFacts& block : facts.blocks) macs += block.standard_macs - block.macs;
    return macs;
}

double ratio(std::int64_t a, std::int64_t b) { return double(a) / double(b); }

void add_facts(const Graph& graph, std::int64_t full_macs, Figures& figures) {
    const Facts facts = gather_facts(graph);
    const Shape& input = shape_of(graph, graph.input);
    figures["input"] = fmt::format("{}x{}", input.width, input.height);
    figures["macs"] = facts.totals.macs;
    figures["macs_share"] = ratio(facts.totals.macs, full_macs);
    figures["textbook_share"] = graph.alpha * graph.alpha * graph.rho * graph.rho;
    figures["separable_share"] = ratio(facts.totals.macs, standard_macs(facts));
    figures["params"] = facts.totals.parameters;
    figures["activation_bytes"] = facts.totals.activation_bytes;
    figures["priors"] = facts.totals.priors;
}

}  // namespace

std::string SweepPoint::id() const { return fmt::format("alpha_{}_rho_{}_{}_{}", alpha, rho, target->name, unroll); }

std::vector<SweepPoint> sweep_points(const SweepOptions& options, const Description& description) {
    const std::vector<double> alphas = options.alphas.empty() ? std::vector<double>{description.alpha} : options.alphas;
    const std::vector<double> rhos = options.rhos.empty() ? std::vector<double>{description.rho} : options.rhos;
    for (const std::string& unroll : options.unrolls)
        if (std::find(std::begin(forms), std::end(forms), unroll) == std::end(forms))
            throw UsageError(fmt::format("--unroll: found {}; allowed: compact, tile, full", unroll));
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

StaticFigures::StaticFigures(const Description& description, const SweepOptions& options, const std::vector<SweepPoint>& points)
    : description_(description), weights_(options.weights), wants_code_(options.budget.flash.has_value()) {
    for (const SweepPoint& point : points) {
        Tuning& tuning = tunings_[point.target->name];
        if (options.without_tuning || !tuning.layers.empty()) continue;
        tuning = options.tuning.empty() ? built_in_tuning(*point.target) : read_tuning(options.tuning, *point.target);
    }
    calibrations_ = options.calibration.empty() ? built_in_calibrations()
                                                : parse_calibrations(read_file(options.calibration), options.calibration);
    full_macs_ = gather_facts(build_graph(description, {1.0, 1.0})).totals.macs;
}

Plan StaticFigures::plan_of(const SweepPoint& point, const Graph& graph) const {
    Plan plan = build_plan(lower(graph), *point.target, tunings_.at(point.target->name));
    if (point.unroll == "compact") compact_plan(plan);
    if (point.unroll == "full") unroll_plan(plan, default_code_budget);
    return plan;
}

void StaticFigures::add_plan(const Plan& plan, Figures& figures) const {
    figures["weights_bytes"] = plan.weights_size * 4;
    figures["arena_bytes"] = plan.arena_size * 4;
    const Peak peak = find_peak(plan);
    figures["peak_live_bytes"] = peak.bytes;
    figures["peak_layer"] = peak.layer;
    const auto calibration = calibrations_.find(plan.target.name);
    // One kernel for all shapes is another matter.
    if (!plan.compact && calibration != calibrations_.end())
        figures["predicted_ms"] = predict_ms(network_work(plan), calibration->second);
    if (wants_code_) figures["flash_bytes"] = plan.weights_size * 4 + code_bytes(plan);
}

Figures StaticFigures::find(const SweepPoint& point) const {
    Figures figures{{"alpha", point.alpha}, {"rho", point.rho}, {"target", point.target->name}, {"unroll", point.unroll}};
    try {
        const Graph graph = build_graph(description_, {point.alpha, point.rho});
        add_facts(graph, full_macs_, figures);
        add_plan(plan_of(point, graph), figures);
        if (!weights_.empty()) read_file(weights_of(graph));
    } catch (const InputError& error) {
        figures["failed"] = error.what();
    }
    return figures;
}

std::string StaticFigures::weights_of(const Graph& graph) const {
    const Shape& input = shape_of(graph, graph.input);
    return weights_file(weights_, {graph.alpha, graph.rho, input.height, input.width});
}

std::string StaticFigures::weights(const SweepPoint& point) const {
    if (weights_.empty()) return "";
    try {
        return weights_of(build_graph(description_, {point.alpha, point.rho}));
    } catch (const InputError&) {
        return "";
    }
}

std::vector<std::string> StaticFigures::sources(const SweepPoint& point) const {
    try {
        return layer_sources(plan_of(point, build_graph(description_, {point.alpha, point.rho})));
    } catch (const InputError&) {
        return {};
    }
}

std::vector<WorkVector> StaticFigures::stages(const SweepPoint& point) const {
    std::vector<WorkVector> works;
    if (point.unroll == "compact") return works;
    try {
        const Plan plan = plan_of(point, build_graph(description_, {point.alpha, point.rho}));
        for (const Stage* stage : all_stages(plan)) works.push_back(stage_work(*stage, plan));
    } catch (const InputError&) {
    }
    return works;
}

}  // namespace ssdgen
