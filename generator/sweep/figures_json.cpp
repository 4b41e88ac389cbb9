#include "sweep/figures_json.h"

#include "support/error.h"

#include <algorithm>
#include <charconv>

namespace ssdgen {

namespace {

using Json = nlohmann::ordered_json;

const char* form_name(Form form) {
    switch (form) {
        case Form::text: return "text";
        case Form::number: return "number";
        case Form::count: return "count";
        case Form::millions: return "millions";
        case Form::kib: return "kib";
        case Form::ms: return "ms";
        case Form::seconds: return "seconds";
        case Form::percent: return "percent";
        case Form::share: return "share";
        case Form::accuracy: return "accuracy";
    }
    throw InternalError("internal error: broken invariant: a figure has a form");
}

const char* group_name(Group group) {
    switch (group) {
        case Group::point: return "point";
        case Group::planned: return "static";
        case Group::measured: return "measured";
        case Group::verdict: return "verdict";
    }
    throw InternalError("internal error: broken invariant: a column has a group");
}

/// The N of a key that ends with "_N", as those of measurements on N threads do.
std::optional<int> threads_of(const std::string& key) {
    const std::size_t line = key.rfind('_');
    if (line == std::string::npos) return std::nullopt;
    int threads = 0;
    const char* const end = key.data() + key.size();
    const auto [stop, error] = std::from_chars(key.data() + line + 1, end, threads);
    return error == std::errc() && stop == end && threads > 0 ? std::optional(threads) : std::nullopt;
}

/// Every column that a point with these keys may have a figure in.
std::vector<Column> columns_of(const Json& figures) {
    std::vector<int> threads;
    for (const auto& [key, value] : figures.items()) {
        const std::optional<int> found = threads_of(key);
        if (found && std::find(threads.begin(), threads.end(), *found) == threads.end()) threads.push_back(*found);
    }
    return sweep_columns(threads);
}

std::vector<Column> in_order_of_steps(const PointFigures& point) {
    std::vector<int> threads;
    for (const Measurement& measurement : point.measurements) threads.push_back(measurement.threads);
    std::vector<Column> columns = sweep_columns(threads);
    std::stable_sort(columns.begin(), columns.end(),
                     [](const Column& one, const Column& other) { return one.found_in < other.found_in; });
    return columns;
}

FigureValue value_of(const Json& json) {
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number_float()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return {};
}

}  // namespace

Json figure_json(const FigureValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return nullptr;
}

Json figures_json(const PointFigures& point, Json before) {
    for (const Column& column : in_order_of_steps(point))
        if (const FigureValue value = column.figure.get(point); value != FigureValue())
            before[column.key] = figure_json(value);
    return before;
}

PointFigures read_figures(const Json& json, const std::string& file) {
    PointFigures point;
    for (const Column& column : columns_of(json)) {
        const auto found = json.find(column.key);
        if (found == json.end()) {
            if (column.found_in == FoundIn::point)
                fail_input(file, "its figures have no {}; allowed: a row that ssdgen sweep wrote", column.key);
            continue;
        }
        if (!found->is_null() && !column.figure.set(point, value_of(*found)))
            fail_input(at(file, "/figures/" + column.key), "found {}; allowed: what ssdgen sweep writes there",
                       found->dump());
    }
    return point;
}

Json columns_json(const std::vector<Column>& columns) {
    Json list = Json::array();
    for (const Column& column : columns)
        list.push_back({{"key", column.key},
                        {"heading", column.heading},
                        {"help", column.help},
                        {"form", form_name(column.form)},
                        {"group", group_name(column.group)},
                        {"short", column.listed != Listed::on_demand}});
    return list;
}

}  // namespace ssdgen
