#include "sweep/verdict.h"

#include "support/error.h"
#include "support/table.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

Needs needs_of(const PointFigures& point, int threads) {
    Needs needs;
    needs.ms = point.ms(threads);
    if (!needs.ms && threads == 1) needs.ms = point.predicted_ms;
    needs.ram = point.arena_bytes;
    needs.flash = point.flash_bytes;
    return needs;
}

/// What a network that fits is judged by.
enum class Worth { accuracy, work };

std::optional<double> worth_of(const PointFigures& point, Worth worth) {
    switch (worth) {
        case Worth::accuracy: return point.map;
        case Worth::work: return point.macs;
    }
    throw InternalError("internal error: broken invariant: a network is worth something");
}

std::string name_of(const PointFigures& point) {
    return fmt::format("alpha {}, rho {} ({}, {}, {})", point.alpha, point.rho, point.input.value_or("no input"),
                       point.target, point.unroll);
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

std::string fitting_text(int fitting, const std::vector<PointFigures>& points, int recommended, Worth worth) {
    const std::string count = fmt::format("{} of {} fit the budget", fitting, points.size());
    if (recommended < 0) return count + ", but their accuracy is not known";
    const PointFigures& point = points[std::size_t(recommended)];
    switch (worth) {
        case Worth::work: return fmt::format("{}; the largest is {}", count, name_of(point));
        case Worth::accuracy:
            return fmt::format("{}; the most accurate is {}: mAP {:.3f}", count, name_of(point), point.map.value());
    }
    throw InternalError("internal error: broken invariant: a network is worth something");
}

std::string miss_mark(const Miss& miss) {
    if (miss.limit.empty()) return "yes";
    return std::isinf(miss.factor) ? fmt::format("{} unknown", miss.limit)
                                   : fmt::format("{} x{:.2f}", miss.limit, miss.factor);
}

}  // namespace

Verdict judge(const Budget& budget, int threads, bool evaluated, std::vector<PointFigures>& points) {
    Verdict verdict;
    if (budget.empty()) return verdict;
    const Worth worth = evaluated ? Worth::accuracy : Worth::work;
    const double unknown = std::numeric_limits<double>::infinity();
    Candidate best;
    int fitting = 0;
    double nearest = unknown;
    for (int index = 0; index < int(points.size()); ++index) {
        PointFigures& point = points[std::size_t(index)];
        if (point.failed) {
            point.fits = "failed";
            continue;
        }
        const Needs needs = needs_of(point, threads);
        const Miss miss = find_miss(budget, needs);
        point.fits = miss_mark(miss);
        if (miss.limit.empty()) {
            ++fitting;
            const std::optional<double> value = worth_of(point, worth);
            const Candidate candidate{index, value.value_or(0), needs.ms.value_or(unknown)};
            if (value && candidate.is_better_than(best)) best = candidate;
        } else if (miss.factor < nearest) {
            nearest = miss.factor;
            verdict.nearest = index;
        }
    }
    verdict.recommended = best.index;
    if (fitting > 0) {
        verdict.nearest = -1;
        verdict.text = fitting_text(fitting, points, best.index, worth);
    } else if (verdict.nearest >= 0) {
        const PointFigures& point = points[std::size_t(verdict.nearest)];
        const Needs needs = needs_of(point, threads);
        verdict.text = fmt::format("none of {} fits the budget; nearest is {}: {}", points.size(), name_of(point),
                                   miss_text(needs, find_miss(budget, needs)));
    } else {
        verdict.text = fmt::format("none of {} can be judged: see the column fits", points.size());
    }
    return verdict;
}

PredictionError prediction_error(const std::vector<PointFigures>& points) {
    std::vector<double> errors;
    for (const PointFigures& point : points)
        if (const auto predicted = point.predicted_ms, measured = point.ms(1); predicted && measured)
            errors.push_back(100 * std::abs(*predicted / *measured - 1));
    if (errors.empty()) return {};
    std::sort(errors.begin(), errors.end());
    const std::size_t count = errors.size();
    return {int(count), (errors[(count - 1) / 2] + errors[count / 2]) / 2, errors.back()};
}

}  // namespace ssdgen
