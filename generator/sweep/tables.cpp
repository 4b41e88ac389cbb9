#include "sweep/tables.h"

#include "support/error.h"
#include "support/table.h"
#include "sweep/figures_json.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

std::string csv_field(const FigureValue& value) {
    const std::string* text = std::get_if<std::string>(&value);
    if (!text) return figure_json(value).dump();
    if (text->find_first_of(",\"\r\n") == std::string::npos) return *text;
    std::string field = "\"";
    for (const char c : *text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
    return field + "\"";
}

/// Three digits.
std::string three_digits(double value) {
    if (value <= 0) return "0";
    const int decimals = std::max(0, 2 - int(std::floor(std::log10(value))));
    return fmt::format("{:.{}f}", value, decimals);
}

std::string number_text(double value, Form form) {
    switch (form) {
        case Form::text:
        case Form::number: return fmt::format("{}", value);
        case Form::count: return with_commas(static_cast<long long>(value));
        case Form::millions: return three_digits(value / 1e6);
        case Form::kib: return with_commas(std::llround(value / 1024));
        case Form::seconds: return fmt::format("{:.1f}", value);
        case Form::accuracy: return fmt::format("{:.3f}", value);
        case Form::percent: return fmt::format("{:.1f}", value);
        case Form::ms:
        case Form::share: return three_digits(value);
    }
    throw InternalError("internal error: broken invariant: a figure has a form");
}

bool differs(const Column& column, const std::vector<PointFigures>& points) {
    return std::any_of(points.begin(), points.end(), [&](const PointFigures& point) {
        return column.figure.get(point) != column.figure.get(points[0]);
    });
}

bool is_shown(const Column& column, const std::vector<PointFigures>& points) {
    switch (column.listed) {
        case Listed::at_first: return true;
        case Listed::at_first_if_points_differ: return differs(column, points);
        case Listed::on_demand: return false;
    }
    throw InternalError("internal error: broken invariant: a column is listed somewhere");
}

}  // namespace

std::string figure_text(const PointFigures& point, const Column& column) {
    const FigureValue value = column.figure.get(point);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return number_text(double(*whole), column.form);
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number, column.form);
    return "";
}

std::string sweep_csv(const std::vector<Column>& columns, const std::vector<PointFigures>& points) {
    std::string text;
    for (const Column& column : columns) text += (text.empty() ? "" : ",") + column.key;
    text += "\r\n";
    for (const PointFigures& point : points) {
        std::string line;
        for (const Column& column : columns) {
            if (&column != columns.data()) line += ",";
            const FigureValue value = column.figure.get(point);
            if (value != FigureValue()) line += csv_field(value);
        }
        text += line + "\r\n";
    }
    return text;
}

std::string sweep_text(const std::vector<Column>& columns, const std::vector<PointFigures>& points) {
    Table table;
    std::vector<Column> shown;
    std::vector<std::string> heading;
    for (const Column& column : columns) {
        if (!is_shown(column, points)) continue;
        shown.push_back(column);
        heading.push_back(column.ascii_heading.empty() ? column.heading : column.ascii_heading);
    }
    table.add(heading);
    std::string failures;
    for (const PointFigures& point : points) {
        std::vector<std::string> cells;
        for (const Column& column : shown) cells.push_back(figure_text(point, column));
        table.add(cells);
        if (point.failed)
            failures += fmt::format("failed: alpha {}, rho {}, {}, {}: {}\n", point.alpha, point.rho, point.target,
                                    point.unroll, *point.failed);
    }
    return table.text() + failures;
}

}  // namespace ssdgen
