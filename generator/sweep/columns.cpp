#include "sweep/columns.h"

#include "support/error.h"
#include "support/table.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

std::vector<Column> point_columns() {
    return {
        {"alpha", "alpha", "width multiplier", Form::number, "point", true},
        {"rho", "rho", "resolution multiplier", Form::number, "point", true},
        {"input", "input", "the network's input, width x height in pixels", Form::text, "point", true},
        {"target", "target", "instruction set", Form::text, "point", true},
        {"unroll", "unroll", "form of the code", Form::text, "point", true},
    };
}

std::vector<Column> static_columns() {
    return {
        {"macs", "M MACs", "multiply-adds of one inference, in millions", Form::millions, "static", true},
        {"macs_share", "of full", "multiply-adds over those at alpha 1, rho 1", Form::share, "static", true},
        {"textbook_share", "a² r²", "the textbook's law for the same: cost falls with alpha² and rho²", Form::share,
         "static", true},
        {"separable_share", "of standard",
         "multiply-adds over those with standard convolutions instead of separable ones", Form::share, "static", false},
        {"params", "parameters", "weights and biases", Form::count, "static", false},
        {"weights_bytes", "weights KiB", "packed weights, in KiB", Form::kib, "static", true},
        {"arena_bytes", "arena KiB", "memory that an inference works in on one thread, in KiB", Form::kib, "static",
         true},
        {"peak_live_bytes", "live KiB", "most of the arena that is in use at once, in KiB", Form::kib, "static", false},
        {"peak_layer", "peak at", "the step during which most of the arena is in use", Form::text, "static", false},
        {"activation_bytes", "maps KiB", "the outputs of all layers, were they all kept, in KiB", Form::kib, "static",
         false},
        {"priors", "priors", "default boxes", Form::count, "static", false},
        {"predicted_ms", "predicted ms", "one inference on one thread by the calibrated model, in milliseconds",
         Form::ms, "static", true},
    };
}

/// Mean average precision as NAME_detect computes it: VOC's of 2010 and later.
std::vector<Column> accuracy_columns() {
    const std::string of = "mean average precision at an overlap of 0.5";
    return {
        {"map", "mAP", of, Form::accuracy, "measured", true},
        {"map_small", "mAP small", of + " of objects whose longer side is below 0.2 of the picture's", Form::accuracy,
         "measured", false},
        {"map_medium", "mAP medium", of + " of objects whose longer side is 0.2 to below 0.4 of the picture's",
         Form::accuracy, "measured", false},
        {"map_large", "mAP large", of + " of objects whose longer side is 0.4 of the picture's or more", Form::accuracy,
         "measured", false},
    };
}

void add_measured(int threads, bool first, std::vector<Column>& columns) {
    const std::string suffix = fmt::format("_{}", threads);
    const std::string on = threads == 1 ? "" : fmt::format(" x{}", threads);
    const std::string with = fmt::format(" on {} thread{}", threads, threads == 1 ? "" : "s");
    columns.push_back({"ms" + suffix, "ms" + on, "one inference" + with + ", the median in milliseconds", Form::ms,
                       "measured", true});
    columns.push_back({"p90_ms" + suffix, "p90" + on,
                       "one inference" + with + ", nine of ten take no longer, in milliseconds", Form::ms, "measured",
                       false});
    columns.push_back({"percent_of_peak" + suffix, "% peak" + on,
                       "multiply-adds done, of those that the processor can do" + with, Form::percent, "measured",
                       true});
    columns.push_back({"memory_bytes" + suffix, "process KiB" + on,
                       "memory of a process that runs the network" + with + " above one that does nothing, in KiB",
                       Form::kib, "measured", first});
}

std::vector<Column> size_columns() {
    return {
        {"code_bytes", "code KiB", "machine code of the library, in KiB", Form::kib, "measured", true},
        {"library_bytes", "library KiB", "the library's file: code, weights, symbols, in KiB", Form::kib, "measured",
         false},
        {"source_bytes", "source KiB", "the network's C++, without weights and runtime, in KiB", Form::kib, "measured",
         false},
        {"generate_s", "generate s", "ssdgen generate, in seconds", Form::seconds, "measured", false},
        {"compile_s", "compile s", "all compiler runs of the library, in seconds, one after the other", Form::seconds,
         "measured", false},
    };
}

std::string csv_field(const nlohmann::ordered_json& value) {
    if (!value.is_string()) return value.dump();
    const std::string text = value;
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string field = "\"";
    for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
    return field + "\"";
}

/// Three digits.
std::string three_digits(double value) {
    if (value <= 0) return "0";
    const int decimals = std::max(0, 2 - int(std::floor(std::log10(value))));
    return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::vector<Column> sweep_columns(const std::vector<int>& threads) {
    std::vector<Column> columns = point_columns();
    for (const Column& column : static_columns()) columns.push_back(column);
    for (const Column& column : accuracy_columns()) columns.push_back(column);
    for (const int count : threads) add_measured(count, count == threads[0], columns);
    for (const Column& column : size_columns()) columns.push_back(column);
    columns.push_back({"flash_bytes", "flash KiB", "weights and machine code, in KiB", Form::kib, "verdict", false});
    columns.push_back({"accuracy_front", "front",
                       "whether no other network is as accurate and as fast, and better in one of them", Form::text,
                       "verdict", false});
    columns.push_back({"fits", "fits", "whether every limit of the budget is kept, or which is missed most", Form::text,
                       "verdict", true});
    columns.push_back({"failed", "failed", "why there are no more figures", Form::text, "verdict", false});
    return columns;
}

std::vector<Column> used_columns(const std::vector<Column>& columns, const std::vector<Figures>& points) {
    std::vector<Column> used;
    for (const Column& column : columns)
        if (std::any_of(points.begin(), points.end(), [&](const Figures& point) { return point.contains(column.key); }))
            used.push_back(column);
    return used;
}

std::string figure_text(const Figures& point, const Column& column) {
    const auto found = point.find(column.key);
    if (found == point.end()) return "";
    if (found->is_string()) return *found;
    const double value = *found;
    switch (column.form) {
        case Form::text: return found->dump();
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

std::string sweep_csv(const std::vector<Column>& columns, const std::vector<Figures>& points) {
    std::string text;
    for (const Column& column : columns) text += (text.empty() ? "" : ",") + column.key;
    text += "\r\n";
    for (const Figures& point : points) {
        std::string line;
        for (const Column& column : columns) {
            if (&column != columns.data()) line += ",";
            if (point.contains(column.key)) line += csv_field(point[column.key]);
        }
        text += line + "\r\n";
    }
    return text;
}

std::string sweep_text(const std::vector<Column>& columns, const std::vector<Figures>& points) {
    const auto differs = [&](const Column& column) {
        return std::any_of(points.begin(), points.end(), [&](const Figures& point) {
            return point.value(column.key, Figures()) != points[0].value(column.key, Figures());
        });
    };
    Table table;
    std::vector<Column> shown;
    std::vector<std::string> heading;
    for (const Column& column : columns) {
        // One target or form for all says nothing.
        if (!column.short_list || ((column.key == "target" || column.key == "unroll") && !differs(column))) continue;
        shown.push_back(column);
        heading.push_back(column.key == "textbook_share" ? "a^2 r^2"
                                                         : column.heading);  // a terminal may know ASCII alone
    }
    table.add(heading);
    std::string failures;
    for (const Figures& point : points) {
        std::vector<std::string> cells;
        for (const Column& column : shown) cells.push_back(figure_text(point, column));
        table.add(cells);
        if (point.contains("failed"))
            failures += fmt::format("failed: alpha {}, rho {}, {}, {}: {}\n", double(point.at("alpha")),
                                    double(point.at("rho")), std::string(point.at("target")),
                                    std::string(point.at("unroll")), std::string(point.at("failed")));
    }
    return table.text() + failures;
}

}  // namespace ssdgen
