#pragma once

#include "cost/latency_model.h"
#include "sweep/points.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace ssdgen {

/// point.json: what a sweep knows of a point before it is generated, for the step that makes its row.
std::string point_json(const SweepPoint& point, const PointPlan& plan, const std::string& network,
                       const std::vector<int>& threads, bool evaluates);

/// A point with everything that was measured of it.
struct SweepRow {
    PointFigures figures;
    std::vector<TimedWork> timed{};  // its stages, then the whole; empty if they were not measured
    nlohmann::ordered_json written = nlohmann::ordered_json::object();  // the figures as row.json has them
};

/// Makes row.json in a point's folder from point.json and the records of its steps. A step that failed is a row that
/// says so.
void write_row(const std::string& folder);

/// InputError if a figure in it is wrong.
SweepRow read_row(const std::string& file);

}  // namespace ssdgen
