#pragma once

#include "sweep/figures.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A figure for a person: "" if the point does not have it.
std::string figure_text(const PointFigures& point, const Column& column);

/// As comma-separated values (RFC 4180), a heading of keys first.
std::string sweep_csv(const std::vector<Column>& columns, const std::vector<PointFigures>& points);

/// The short list, and what failed, for a terminal.
std::string sweep_text(const std::vector<Column>& columns, const std::vector<PointFigures>& points);

}  // namespace ssdgen
