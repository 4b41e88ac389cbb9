#include "tune/contest.h"

#include "cost/footprint.h"
#include "description/json_text.h"
#include "pipeline/network_files.h"
#include "support/error.h"
#include "support/files.h"

#include <algorithm>

namespace ssdgen {

void Contest::add(const Plan& plan) {
    const std::string source = folder_.path(std::to_string(programs_.size()));
    const std::string build = source + "/build";
    network_files({plan}, {footprint(plan)}, {}, {}, {}).write(source);
    const std::string with_compiler = compiler_.empty() ? "" : "CXX=" + shell_word(compiler_) + " ";
    run_command(fmt::format("{}cmake -S {} -B {} -DCMAKE_BUILD_TYPE=Release", with_compiler, shell_word(source),
                            shell_word(build)),
                source + "/configure.log", folder_);
    run_command(fmt::format("cmake --build {} --parallel {} --target {}_bench", shell_word(build), jobs_, plan.name),
                source + "/build.log", folder_);
    programs_.push_back(build + "/" + plan.name + "_bench");
    times_.emplace_back();
}

void Contest::measure(std::size_t index) {
    const std::string log = programs_[index] + ".json";
    run_command(fmt::format("{} --layers --json --runs {}", shell_word(programs_[index]), runs_), log, folder_);
    const nlohmann::json report = parse_json(read_file(log), log);
    BestTimes& best = times_[index];
    const bool first = best.stages.empty();
    const auto shorter = [first](double so_far, double now) { return first ? now : std::min(so_far, now); };
    best.network = shorter(best.network, report.at("median_ms"));
    const nlohmann::json& layers = report.at("layers");
    best.stages.resize(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) best.stages[i] = shorter(best.stages[i], layers[i].at("ms"));
}

}  // namespace ssdgen
