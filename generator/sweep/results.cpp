#include "sweep/results.h"

#include "support/error.h"
#include "support/files.h"
#include "sweep/figures_json.h"
#include "sweep/front.h"
#include "sweep/page.h"
#include "sweep/tables.h"
#include "sweep/verdict.h"

#include <map>

namespace ssdgen {

namespace {

using Json = nlohmann::ordered_json;

Json index_json(int index) { return index < 0 ? Json(nullptr) : Json(index); }

Json results_json(const SweepSettings& settings, const std::vector<Column>& columns, const Json& points,
                  const Verdict& verdict, const PredictionError& error) {
    Json json{{"network", settings.network}, {"threads", settings.threads}, {"measured", settings.measure}};
    if (!settings.machine.empty()) json["machine"] = settings.machine;
    if (!settings.compiler.empty()) json["compiler"] = settings.compiler;
    if (!settings.evaluated_on.empty()) json["evaluated_on"] = settings.evaluated_on;
    if (!settings.predicted_by.empty()) json["predicted_by"] = settings.predicted_by;
    if (error.points)
        json["prediction"] = {{"points", error.points},
                              {"median_error_percent", error.median_percent},
                              {"largest_error_percent", error.largest_percent}};
    if (!settings.budget.empty()) {
        json["budget"] = {{"limits", settings.budget.text},
                          {"verdict", verdict.text},
                          {"recommended", index_json(verdict.recommended)},
                          {"nearest", index_json(verdict.nearest)}};
        if (settings.budget.ms) json["budget"]["ms"] = *settings.budget.ms;
        if (settings.budget.ram) json["budget"]["ram"] = *settings.budget.ram;
        if (settings.budget.flash) json["budget"]["flash"] = *settings.budget.flash;
    }
    json["columns"] = columns_json(columns);
    json["points"] = points;
    return json;
}

/// The prices that the measured stages of each target come to.
Calibrations calibrate(const std::vector<SweepRow>& rows, const std::string& machine) {
    std::map<std::string, std::vector<TimedWork>> measured;
    Calibrations calibrations;
    for (const SweepRow& row : rows) {
        if (row.timed.empty()) continue;
        const std::string& target = row.figures.target;
        measured[target].insert(measured[target].end(), row.timed.begin(), row.timed.end());
        ++calibrations[target].networks;
    }
    for (auto& [target, calibration] : calibrations) {
        calibration.machine = machine;
        calibration.nanoseconds = fit_prices(measured[target]);
    }
    return calibrations;
}

}  // namespace

std::string settings_json(const SweepSettings& settings) {
    return Json{{"network", settings.network},
                {"threads", settings.threads},
                {"measure", settings.measure},
                {"budget", settings.budget.text},
                {"machine", settings.machine},
                {"compiler", settings.compiler},
                {"evaluated_on", settings.evaluated_on},
                {"predicted_by", settings.predicted_by},
                {"points", settings.points}}
               .dump(1) +
           "\n";
}

std::string write_results(const SweepSettings& settings, std::vector<SweepRow> rows, const std::string& folder) {
    std::vector<PointFigures> points;
    for (const SweepRow& row : rows) points.push_back(row.figures);
    const Verdict verdict = judge(settings.budget, settings.threads[0], !settings.evaluated_on.empty(), points);
    const std::string front = mark_accuracy_front(settings.threads[0], points);
    const PredictionError error = prediction_error(points);
    const std::vector<Column> columns = used_columns(sweep_columns(settings.threads), points);
    Json points_json = Json::array();
    for (std::size_t index = 0; index < points.size(); ++index)
        points_json.push_back(figures_json(points[index], rows[index].written));
    const Json json = results_json(settings, columns, points_json, verdict, error);
    std::map<std::string, std::string> files{{folder + "/sweep.csv", sweep_csv(columns, points)},
                                             {folder + "/sweep.json", json.dump(1) + "\n"},
                                             {folder + "/sweep.html", sweep_page(settings.network, json.dump())}};
    const Calibrations calibrations = calibrate(rows, settings.machine);
    if (!calibrations.empty()) files[folder + "/calibration.json"] = calibrations_text(calibrations);
    write_together(files);
    std::string text = sweep_text(columns, points);
    if (error.points)
        text += fmt::format(
            "predicted against measured: median error {:.1f} %, largest {:.1f} % ({} points; prices of {})\n",
            error.median_percent, error.largest_percent, error.points, settings.predicted_by);
    if (!front.empty()) text += front + "\n";
    return verdict.text.empty() ? text : text + verdict.text + "\n";
}

std::string collect_results(const std::string& folder) {
    const Json json = Json::parse(read_file(folder + "/settings.json"));
    SweepSettings settings;
    settings.network = json.at("network");
    settings.threads = json.at("threads").get<std::vector<int>>();
    settings.measure = json.at("measure");
    if (const std::string budget = json.at("budget"); !budget.empty())
        settings.budget = parse_budget(budget, "--budget");
    settings.machine = json.at("machine");
    settings.compiler = json.at("compiler");
    settings.evaluated_on = json.at("evaluated_on");
    settings.predicted_by = json.at("predicted_by");
    settings.points = json.at("points").get<std::vector<std::string>>();
    std::vector<SweepRow> rows;
    for (const std::string& id : settings.points) rows.push_back(read_row(folder + "/points/" + id + "/row.json"));
    return write_results(settings, std::move(rows), folder);
}

}  // namespace ssdgen
