#include "tune/tune.h"

#include "pipeline/make_plan.h"
#include "plan/kernels.h"
#include "plan/schedule/candidates.h"
#include "support/error.h"
#include "support/files.h"
#include "support/table.h"
#include "tune/contest.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>

namespace ssdgen {

namespace {

/// A layer shape and what was measured of it. Choice 0 is the model's, which has no entry in a tuning.
struct Contestant {
    std::vector<ScheduleChoice> candidates;  // choice 1 and so on
    std::string model;                       // the model's choice, as a reader sees it
    std::vector<double> milliseconds;        // of each choice, the mean of the layers of this shape
    std::size_t chosen = 0;
};

using Contestants = std::map<std::string, Contestant>;  // by shape name

template <class... Args>
void report_progress(fmt::format_string<Args...> text, Args&&... args) {
    std::fputs((fmt::format(text, std::forward<Args>(args)...) + "\n").c_str(), stderr);
}

std::string rows_text(int rows) { return rows > 1 ? fmt::format(", {} rows", rows) : ""; }

std::string model_text(const Stage& stage) { return stage.tile + rows_text(stage.kernel.stream_rows); }

/// "9x48, 2 rows": pixels x channels.
std::string choice_text(const ScheduleChoice& choice, const Target& target) {
    return fmt::format("{}x{}{}", choice.pixels, std::max(choice.vectors, 1) * vector_unit(target, Element::f32).lanes,
                       rows_text(choice.stream_rows));
}

Contestants find_contestants(const Plan& plan, std::size_t most_candidates) {
    Contestants contestants;
    for (const Stage* stage : all_stages(plan)) {
        const auto shape = layer_shape(stage->kernel);
        if (!shape || contestants.count(shape_name(*shape))) continue;
        Contestant& one = contestants[shape_name(*shape)];
        one.candidates = schedule_candidates(plan.target, *shape);
        one.candidates.resize(std::min(one.candidates.size(), most_candidates));
        one.model = model_text(*stage);
        one.milliseconds.resize(one.candidates.size() + 1, std::numeric_limits<double>::infinity());
    }
    return contestants;
}

/// The choice that a shape has in network `index`: the model's once its candidates are all in others.
std::size_t choice_in(const Contestant& contestant, std::size_t index) {
    return index <= contestant.candidates.size() ? index : 0;
}

Tuning tuning_of(const Contestants& contestants, std::size_t index) {
    Tuning tuning;
    for (const auto& [name, one] : contestants)
        if (const std::size_t choice = choice_in(one, index)) tuning.layers[name] = one.candidates[choice - 1];
    return tuning;
}

/// Milliseconds of each shape in a network that was measured: the mean of its layers.
std::map<std::string, double> shape_times(const Plan& plan, const BestTimes& times) {
    const auto stages = all_stages(plan);
    check(stages.size() == times.stages.size(), "the benchmark has a row a stage");
    std::map<std::string, double> means;
    std::map<std::string, int> layers;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const auto shape = layer_shape(stages[i]->kernel);
        if (!shape) continue;
        means[shape_name(*shape)] += times.stages[i];
        ++layers[shape_name(*shape)];
    }
    for (auto& [name, sum] : means) sum /= layers[name];
    return means;
}

/// Hands out what network `index` took to the shapes of its layers.
void add_times(const Plan& plan, std::size_t index, const BestTimes& times, Contestants& contestants) {
    for (const auto& [name, milliseconds] : shape_times(plan, times)) {
        // Rows that a stage makes at a time change the memory of a stream, and so may change which layers are in one.
        const auto found = contestants.find(name);
        if (found == contestants.end()) continue;
        double& best = found->second.milliseconds[choice_in(found->second, index)];
        best = std::min(best, milliseconds);
    }
}

/// Networks [0, count), in turn, so that whatever else the machine does meets all of them.
void measure(Contest& contest, std::size_t count, int rounds) {
    for (int round = 1; round <= rounds; ++round) {
        report_progress("tune: round {} of {}", round, rounds);
        for (std::size_t index = 0; index < count; ++index) contest.measure(index);
    }
}

/// The choices that beat the model's.
Tuning choose(Contestants& contestants) {
    Tuning chosen;
    for (auto& [name, one] : contestants) {
        one.chosen = choose_fastest(one.milliseconds);
        if (one.chosen) chosen.layers[name] = one.candidates[one.chosen - 1];
    }
    return chosen;
}

/// Drops the choices that are not faster when they are measured again, beside the model's, in one network: whoever has
/// won among several may just have been lucky.
void confirm(const std::map<std::string, double>& model, const std::map<std::string, double>& tuned,
             Contestants& contestants, Tuning& chosen) {
    for (auto& [name, one] : contestants) {
        const auto before = model.find(name), after = tuned.find(name);
        if (before != model.end() && after != tuned.end() && choose_fastest({before->second, after->second}) == 1)
            continue;
        one.chosen = 0;
        chosen.layers.erase(name);
    }
}

std::string percent_faster(double before, double after) {
    return fmt::format("{:.1f}", 100 * (before - after) / before);
}

std::string table_of(const Contestants& contestants, const Target& target, const BestTimes& model,
                     const BestTimes& tuned) {
    Table table;
    table.add({"layer shape", "model", "us", "chosen", "us", "faster, %"});
    for (const auto& [name, one] : contestants) {
        const double before = one.milliseconds[0], after = one.milliseconds[one.chosen];
        const std::string chosen = one.chosen ? choice_text(one.candidates[one.chosen - 1], target) : "model's";
        table.add({name, one.model, fmt::format("{:.1f}", before * 1000), chosen, fmt::format("{:.1f}", after * 1000),
                   one.chosen ? percent_faster(before, after) : ""});
    }
    table.add({"the network with all that won", "", fmt::format("{:.1f}", model.network * 1000), "",
               fmt::format("{:.1f}", tuned.network * 1000), percent_faster(model.network, tuned.network)});
    return table.text();
}

/// What the file says already.
Tuning old_tuning(const std::string& file, const Target& target) {
    return std::filesystem::exists(file) ? read_tuning(file, target) : Tuning{};
}

}  // namespace

std::size_t choose_fastest(const std::vector<double>& milliseconds) {
    const auto fastest = std::min_element(milliseconds.begin(), milliseconds.end());
    return *fastest <= 0.98 * milliseconds[0] ? std::size_t(fastest - milliseconds.begin()) : 0;
}

std::string tune(const Graph& graph, const Target& target, const TuneOptions& options) {
    const std::string file = options.file.empty() ? fmt::format("configs/tuning/{}.json", target.name) : options.file;
    Tuning tuning = old_tuning(file, target);  // a file that is wrong is found out before the hours of measuring
    std::vector<Plan> plans{make_plan(graph, target, {}, {})};
    Contestants contestants = find_contestants(plans[0], std::size_t(options.networks - 1));
    std::size_t networks = 1;
    for (const auto& [name, one] : contestants) networks = std::max(networks, one.candidates.size() + 1);
    report_progress("tune: {} for {}: {} layer shapes, {} networks", graph.name, target.name, contestants.size(),
                    networks);

    Contest contest(options.compiler, options.runs, options.jobs);
    for (std::size_t index = 0; index < networks; ++index) {
        if (index > 0) plans.push_back(make_plan(graph, target, tuning_of(contestants, index), {}));
        contest.add(plans[index]);
        report_progress("tune: {} of {} compiled", index + 1, networks);
    }
    measure(contest, networks, options.rounds);
    for (std::size_t index = 0; index < networks; ++index)
        add_times(plans[index], index, contest.times(index), contestants);
    Tuning chosen = choose(contestants);

    report_progress("tune: compiling and measuring what was chosen");
    plans.push_back(make_plan(graph, target, chosen, {}));
    contest.add(plans.back());
    contest.forget(0);  // so that both have the same number of measurements
    for (int round = 1; round <= options.rounds; ++round)
        for (const std::size_t index : {std::size_t(0), networks}) contest.measure(index);
    confirm(shape_times(plans[0], contest.times(0)), shape_times(plans.back(), contest.times(networks)), contestants,
            chosen);
    for (const auto& [name, one] : contestants) tuning.layers.erase(name);
    tuning.layers.insert(chosen.layers.begin(), chosen.layers.end());
    write_if_changed(file, tuning_text(tuning, target));
    report_progress("tune: {} of {} shapes differ from the model's; written to {}", chosen.layers.size(),
                    contestants.size(), file);
    return table_of(contestants, target, contest.times(0), contest.times(networks)) +
           fmt::format("arena: {} bytes with the model's schedules, {} with the chosen\n",
                       with_commas(plans[0].arena_size), with_commas(plans.back().arena_size));
}

}  // namespace ssdgen
