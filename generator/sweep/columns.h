#pragma once

#include "sweep/points.h"

#include <string>
#include <vector>

namespace ssdgen {

/// How a figure is written for a person; files have it as it is.
enum class Form {
    text,
    number,  // as short as it is exact
    count,   // whole, with commas
    millions,
    kib,  // bytes as KiB
    ms,
    seconds,
    percent,   // a share of 1, or per cent already
    share,     // of 1, as a factor: 0.28
    accuracy,  // of 1, with three decimals: 0.812
};

/// A column of every table of a sweep: sweep.csv, sweep.json, the page, the terminal. Another figure of a point is one
/// more line in sweep_columns() and a value under its key in the points' figures.
struct Column {
    std::string key;
    std::string heading;  // short
    std::string help;     // what it is, and its unit
    Form form = Form::number;
    std::string group;        // "point", "static", "measured", "verdict"
    bool short_list = false;  // in the terminal's table and at first on the page
};

/// In order, for measurements with these numbers of threads. A column in which no point has a value is left out of
/// tables.
std::vector<Column> sweep_columns(const std::vector<int>& threads);

/// Those of the columns in which some point has a figure.
std::vector<Column> used_columns(const std::vector<Column>& columns, const std::vector<Figures>& points);

/// A figure for a person: "" if the point does not have it.
std::string figure_text(const Figures& point, const Column& column);

/// As comma-separated values (RFC 4180), a heading of keys first.
std::string sweep_csv(const std::vector<Column>& columns, const std::vector<Figures>& points);

/// The short list, and what failed, for a terminal.
std::string sweep_text(const std::vector<Column>& columns, const std::vector<Figures>& points);

}  // namespace ssdgen
