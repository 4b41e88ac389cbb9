#include "sweep/sweep.h"

#include "description/read.h"
#include "support/error.h"
#include "support/files.h"
#include "support/process.h"
#include "support/warnings.h"
#include "sweep/chain.h"
#include "sweep/evaluation.h"
#include "sweep/results.h"
#include "sweep/weights_pattern.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace ssdgen {

namespace fs = std::filesystem;

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// What a command prints first; "" if it fails.
std::string ask(const std::string& command, const std::string& folder) {
    const std::string log = folder + "/asked";
    const int status = std::system((command + " > " + shell_word(log) + " 2>/dev/null < /dev/null").c_str());
    const std::string line = first_line(read_file(log));
    fs::remove(log);
    return status == 0 ? line : "";
}

/// The processor's name as the system tells it.
std::string processor() {
    std::error_code error;
    if (!fs::exists("/proc/cpuinfo", error)) return "this machine";
    std::istringstream lines(read_file("/proc/cpuinfo"));
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
            return line.substr(line.find(": ") + 2);
    return "this machine";
}

std::string compiler_of(const SweepOptions& options) {
    if (!options.compiler.empty()) return options.compiler;
    const char* chosen = std::getenv("CXX");
    return chosen && *chosen ? chosen : "c++";
}

std::string whole_path(const std::string& path) {
    return path.empty() ? path : fs::absolute(path).lexically_normal().string();
}

/// Where the prices of predictions come from, target by target.
std::string provenance(const SweepOptions& options, const std::vector<SweepPoint>& points) {
    std::string text;
    for (const auto& [target, calibration] : sweep_calibrations(options)) {
        const bool used = std::any_of(points.begin(), points.end(), [&, name = target](const SweepPoint& point) {
            return name == point.target->name;
        });
        if (!used || text.find(calibration.machine) != std::string::npos) continue;
        text += (text.empty() ? "" : ", ") + calibration.machine;
    }
    return text;
}

struct Everything {
    std::vector<SweepPoint> points;
    SweepSettings settings;
};

/// One row a point without measuring.
std::vector<SweepRow> static_rows(const std::vector<PointPlan>& plans) {
    std::vector<SweepRow> rows;
    for (const PointPlan& plan : plans) rows.push_back({plan.figures});
    return rows;
}

void run_ninja(const SweepOptions& options) {
    const std::string command = fmt::format("ninja -C {} -j {} >&2", shell_word(options.out), options.jobs);
    const int status = std::system(command.c_str());
    if (status == 0) return;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    const bool interrupted = code == 2 || code == 130 || code == 128 + SIGTERM;
    fail_input(options.out, "{}; allowed: the same command again, which goes on from here",
               interrupted ? "the sweep was interrupted" : fmt::format("ninja gave {}", code));
}

std::string measured_sweep(SweepOptions options, const Description& description, const std::vector<PointPlan>& plans,
                           Everything everything) {
    if (ask("command -v ninja", options.out).empty())
        fail_input("ninja", "is not installed; allowed: a sweep with it (Debian: ninja-build), or one with --static");
    NinjaSetting setting{fs::read_symlink("/proc/self/exe").string(), description.name, compiler_of(options)};
    if (!options.evaluate.empty()) options.truth = truth_file(options);
    for (std::string* file : {&options.config, &options.tuning, &options.evaluate, &options.truth, &options.labels})
        *file = whole_path(*file);
    SweepSettings& settings = everything.settings;
    settings.compiler = ask(shell_word(setting.compiler) + " --version", options.out);
    settings.machine = options.runner.empty() ? processor() : "what runs: " + options.runner;
    std::vector<NinjaPoint> ninja_points;
    for (std::size_t index = 0; index < plans.size(); ++index) {
        const SweepPoint& point = everything.points[index];
        const PointPlan& plan = plans[index];
        const std::string folder = options.out + "/points/" + point.id();
        ninja_points.push_back({point, plan.files, whole_path(plan.weights), plan.figures.failed.has_value()});
        write_if_changed(folder + "/point.json",
                         point_json(point, plan, description.name, options.threads, !options.evaluate.empty()));
        forget_failures(folder);
    }
    write_if_changed(options.out + "/compiler", settings.compiler + "\n");
    write_if_changed(options.out + "/machine", settings.machine + "\n");
    if (!options.evaluate.empty()) write_if_changed(options.out + "/evaluation.state", pictures_state(options));
    write_if_changed(options.out + "/settings.json", settings_json(settings));
    write_if_changed(options.out + "/build.ninja", sweep_ninja(options, setting, ninja_points));
    run_ninja(options);
    return collect_results(options.out);
}

}  // namespace

std::string sweep(const SweepOptions& options) {
    const Description description = read_description(options.config);
    if (!options.weights.empty() && !is_pattern(options.weights)) read_file(weights_file(options.weights, {}));
    Everything everything;
    if (!options.evaluate.empty())
        everything.settings.evaluated_on = check_evaluation(options, description, compiler_of(options));
    everything.points = sweep_points(options, description);
    const std::vector<PointPlan> plans = plan_points(options, description, everything.points);
    SweepSettings& settings = everything.settings;
    settings.network = description.name;
    settings.threads = options.threads;
    settings.measure = options.measure;
    settings.budget = options.budget;
    settings.predicted_by = provenance(options, everything.points);
    for (const SweepPoint& point : everything.points) settings.points.push_back(point.id());
    refuse_warnings();
    if (!options.measure) return write_results(settings, static_rows(plans), options.out);
    FileSet().write(options.out);  // makes the folder, or says why it cannot
    return measured_sweep(options, description, plans, std::move(everything));
}

}  // namespace ssdgen
