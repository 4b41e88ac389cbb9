#pragma once

#include "sweep/row.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What the results need to know beside the rows.
struct SweepSettings {
    std::string network;
    std::vector<int> threads{1};
    bool measure = true;
    Budget budget;
    std::string machine;              // that measured, or ""
    std::string compiler;             // its first line of --version, or ""
    std::string evaluated_on;         // what accuracy is measured on, or ""
    std::string predicted_by;         // where the prices of the latency model come from, or ""
    std::vector<std::string> points;  // their ids, in order
};

/// settings.json, for the step that collects.
std::string settings_json(const SweepSettings& settings);

/// Writes sweep.csv, sweep.json and sweep.html into the folder, and calibration.json if stages were measured. Gives the
/// table, the front of accuracy against latency and the verdict for a terminal.
std::string write_results(const SweepSettings& settings, std::vector<SweepRow> rows, const std::string& folder);

/// The same from settings.json and the rows of a sweep's folder.
std::string collect_results(const std::string& folder);

}  // namespace ssdgen
