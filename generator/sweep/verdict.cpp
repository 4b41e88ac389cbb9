#include "sweep/verdict.h"

#include "support/error.h"
#include "support/table.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

std::optional<double> figure(const Figures& point, const std::string& key) {
    const auto found = point.find(key);
    return found == point.end() ? std::nullopt : std::optional<double>(*found);
}

Needs needs_of(const Figures& point, int threads) {
    Needs needs;
    needs.ms = figure(point, fmt::format("ms_{}", threads));
    if (!needs.ms && threads == 1) needs.ms = figure(point, "predicted_ms");
    needs.ram = figure(point, "arena_bytes");
    needs.flash = figure(point, "flash_bytes");
    return needs;
}

std::string name_of(const Figures& point) {
    return fmt::format("alpha {}, rho {} ({}, {}, {})", double(point.at("alpha")), double(point.at("rho")),
                       std::string(point.value("input", "no input")), std::string(point.at("target")),
                       std::string(point.at("unroll")));
}

std::string amount(double value, const std::string& limit) {
    return limit == "ms" ? fmt::format("{:.3g} ms", value)
                         : fmt::format("{} bytes of {}", with_commas(std::llround(value)), limit);
}

/// "needs 600 KiB of ram, 1.17 times the limit".
std::string miss_text(const Needs& needs, const Miss& miss) {
    const double need = *(miss.limit == "ms" ? needs.ms : miss.limit == "ram" ? needs.ram : needs.flash);
    return fmt::format("it needs {}, {:.3g} times the limit", amount(need, miss.limit), miss.factor);
}

struct Candidate {
    int index = -1;
    double worth = 0, ms = 0;

    bool is_better_than(const Candidate& other) const {
        return other.index < 0 || worth > other.worth || (worth == other.worth && ms < other.ms);
    }
};

std::string fitting_text(int fitting, const std::vector<Figures>& points, int recommended, const std::string& worth) {
    const std::string count = fmt::format("{} of {} fit the budget", fitting, points.size());
    if (recommended < 0) return count + ", but their accuracy is not known";
    const Figures& point = points[std::size_t(recommended)];
    if (worth == "macs") return fmt::format("{}; the largest is {}", count, name_of(point));
    return fmt::format("{}; the most accurate is {}: mAP {:.3f}", count, name_of(point), double(point.at("map")));
}

}  // namespace

Verdict judge(const Budget& budget, int threads, bool evaluated, std::vector<Figures>& points) {
    Verdict verdict;
    if (budget.empty()) return verdict;
    const std::string worth = evaluated ? "map" : "macs";
    Candidate best;
    int fitting = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (int index = 0; index < int(points.size()); ++index) {
        Figures& point = points[std::size_t(index)];
        if (point.contains("failed")) {
            point["fits"] = "failed";
            continue;
        }
        const Needs needs = needs_of(point, threads);
        const Miss miss = find_miss(budget, needs);
        if (miss.limit.empty()) {
            point["fits"] = "yes";
            ++fitting;
            const double unknown = std::numeric_limits<double>::infinity();
            const std::optional<double> value = figure(point, worth);
            const Candidate candidate{index, value.value_or(0), needs.ms.value_or(unknown)};
            if (value && candidate.is_better_than(best)) best = candidate;
            continue;
        }
        point["fits"] = std::isinf(miss.factor) ? fmt::format("{} unknown", miss.limit)
                                                : fmt::format("{} x{:.2f}", miss.limit, miss.factor);
        if (miss.factor >= nearest) continue;
        nearest = miss.factor;
        verdict.nearest = index;
    }
    verdict.recommended = best.index;
    if (fitting > 0) {
        verdict.nearest = -1;
        verdict.text = fitting_text(fitting, points, best.index, worth);
    } else if (verdict.nearest >= 0) {
        const Needs needs = needs_of(points[std::size_t(verdict.nearest)], threads);
        verdict.text =
            fmt::format("none of {} fits the budget; nearest is {}: {}", points.size(),
                        name_of(points[std::size_t(verdict.nearest)]), miss_text(needs, find_miss(budget, needs)));
    } else {
        verdict.text = fmt::format("none of {} can be judged: see the column fits", points.size());
    }
    return verdict;
}

PredictionError prediction_error(const std::vector<Figures>& points) {
    std::vector<double> errors;
    for (const Figures& point : points)
        if (const auto predicted = figure(point, "predicted_ms"), measured = figure(point, "ms_1");
            predicted && measured)
            errors.push_back(100 * std::abs(*predicted / *measured - 1));
    if (errors.empty()) return {};
    std::sort(errors.begin(), errors.end());
    const std::size_t count = errors.size();
    return {int(count), (errors[(count - 1) / 2] + errors[count / 2]) / 2, errors.back()};
}

}  // namespace ssdgen
