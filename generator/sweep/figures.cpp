#include "sweep/figures.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

const Measurement* find_measurement(const PointFigures& point, int threads) {
    for (const Measurement& one : point.measurements)
        if (one.threads == threads) return &one;
    return nullptr;
}

// --- From a figure to its value, and back.

FigureValue value_of(double figure) { return figure; }
FigureValue value_of(std::int64_t figure) { return figure; }
FigureValue value_of(bool figure) { return std::string(figure ? "yes" : "no"); }
FigureValue value_of(const std::string& figure) { return figure; }
template <class T>
FigureValue value_of(const std::optional<T>& figure) {
    return figure ? value_of(*figure) : FigureValue();
}

template <class T>
bool take_alike(const FigureValue& value, T& figure) {
    const T* same = std::get_if<T>(&value);
    if (same) figure = *same;
    return same != nullptr;
}

bool take(const FigureValue& value, std::string& figure) { return take_alike(value, figure); }
bool take(const FigureValue& value, std::int64_t& figure) { return take_alike(value, figure); }

/// A whole number may be written without a point.
bool take(const FigureValue& value, double& figure) {
    const std::int64_t* whole = std::get_if<std::int64_t>(&value);
    if (whole) figure = double(*whole);
    return whole || take_alike(value, figure);
}

bool take(const FigureValue& value, bool& figure) {
    const std::string* word = std::get_if<std::string>(&value);
    if (!word || (*word != "yes" && *word != "no")) return false;
    figure = *word == "yes";
    return true;
}

template <class T>
bool take(const FigureValue& value, std::optional<T>& figure) {
    T taken{};
    if (!take(value, taken)) return false;
    figure = taken;
    return true;
}

template <class T>
FigureAccess access(T PointFigures::*member) {
    return {[member](const PointFigures& point) { return value_of(point.*member); },
            [member](PointFigures& point, const FigureValue& value) { return take(value, point.*member); }};
}

template <class T>
FigureAccess access(int threads, std::optional<T> Measurement::*member) {
    return {
        [=](const PointFigures& point) {
            const Measurement* found = find_measurement(point, threads);
            return found ? value_of(found->*member) : FigureValue();
        },
        [=](PointFigures& point, const FigureValue& value) { return take(value, point.measurement(threads).*member); }};
}

/// Of a number that an emitted program prints, with six digits at most: a whole one has no point there, and none here.
FigureAccess printed(const FigureAccess& access) {
    return {[get = access.get](const PointFigures& point) {
                const FigureValue value = get(point);
                const double* number = std::get_if<double>(&value);
                const bool whole = number && *number == std::trunc(*number) && std::abs(*number) < 1e6;
                return whole ? FigureValue(std::int64_t(*number)) : value;
            },
            access.set};
}

// --- The table.

using Columns = std::vector<Column>;

Columns point_columns() {
    return {
        {"alpha", access(&PointFigures::alpha), FoundIn::point, "alpha", "width multiplier", Form::number, Group::point,
         Listed::at_first},
        {"rho", access(&PointFigures::rho), FoundIn::point, "rho", "resolution multiplier", Form::number, Group::point,
         Listed::at_first},
        {"input", access(&PointFigures::input), FoundIn::graph, "input",
         "the network's input, width x height in pixels", Form::text, Group::point, Listed::at_first},
        {"target", access(&PointFigures::target), FoundIn::point, "target", "instruction set", Form::text, Group::point,
         Listed::at_first_if_points_differ},
        {"unroll", access(&PointFigures::unroll), FoundIn::point, "unroll", "form of the code", Form::text,
         Group::point, Listed::at_first_if_points_differ},
    };
}

Columns work_columns() {
    return {
        {"macs", access(&PointFigures::macs), FoundIn::graph, "M MACs", "multiply-adds of one inference, in millions",
         Form::millions, Group::planned, Listed::at_first},
        {"macs_share", access(&PointFigures::macs_share), FoundIn::graph, "of full",
         "multiply-adds over those at alpha 1, rho 1", Form::share, Group::planned, Listed::at_first},
        {"textbook_share", access(&PointFigures::textbook_share), FoundIn::graph, "a² r²",
         "the textbook's law for the same: cost falls with alpha² and rho²", Form::share, Group::planned,
         Listed::at_first, "a^2 r^2"},
        {"separable_share", access(&PointFigures::separable_share), FoundIn::graph, "of standard",
         "multiply-adds over those with standard convolutions instead of separable ones", Form::share, Group::planned,
         Listed::on_demand},
    };
}

Columns memory_columns() {
    return {
        {"params", access(&PointFigures::params), FoundIn::graph, "parameters", "weights and biases", Form::count,
         Group::planned, Listed::on_demand},
        {"weights_bytes", access(&PointFigures::weights_bytes), FoundIn::plan, "weights KiB", "packed weights, in KiB",
         Form::kib, Group::planned, Listed::at_first},
        {"arena_bytes", access(&PointFigures::arena_bytes), FoundIn::plan, "arena KiB",
         "memory that an inference works in on one thread, in KiB", Form::kib, Group::planned, Listed::at_first},
        {"peak_live_bytes", access(&PointFigures::peak_live_bytes), FoundIn::plan, "live KiB",
         "most of the arena that is in use at once, in KiB", Form::kib, Group::planned, Listed::on_demand},
        {"peak_layer", access(&PointFigures::peak_layer), FoundIn::plan, "peak at",
         "the step during which most of the arena is in use", Form::text, Group::planned, Listed::on_demand},
        {"activation_bytes", access(&PointFigures::activation_bytes), FoundIn::graph, "maps KiB",
         "the outputs of all layers, were they all kept, in KiB", Form::kib, Group::planned, Listed::on_demand},
        {"priors", access(&PointFigures::priors), FoundIn::graph, "priors", "default boxes", Form::count,
         Group::planned, Listed::on_demand},
    };
}

Columns predicted_columns() {
    return {{"predicted_ms", access(&PointFigures::predicted_ms), FoundIn::plan, "predicted ms",
             "one inference on one thread by the calibrated model, in milliseconds", Form::ms, Group::planned,
             Listed::at_first}};
}

/// Mean average precision as NAME_detect computes it: VOC's of 2010 and later.
Columns accuracy_columns() {
    const std::string of = "mean average precision at an overlap of 0.5";
    return {
        {"map", printed(access(&PointFigures::map)), FoundIn::evaluate, "mAP", of, Form::accuracy, Group::measured,
         Listed::at_first},
        {"map_small", printed(access(&PointFigures::map_small)), FoundIn::evaluate, "mAP small",
         of + " of objects whose longer side is below 0.2 of the picture's", Form::accuracy, Group::measured,
         Listed::on_demand},
        {"map_medium", printed(access(&PointFigures::map_medium)), FoundIn::evaluate, "mAP medium",
         of + " of objects whose longer side is 0.2 to below 0.4 of the picture's", Form::accuracy, Group::measured,
         Listed::on_demand},
        {"map_large", printed(access(&PointFigures::map_large)), FoundIn::evaluate, "mAP large",
         of + " of objects whose longer side is 0.4 of the picture's or more", Form::accuracy, Group::measured,
         Listed::on_demand},
    };
}

Columns measured_columns(int threads, bool first) {
    const std::string suffix = fmt::format("_{}", threads);
    const std::string on = threads == 1 ? "" : fmt::format(" x{}", threads);
    const std::string with = fmt::format(" on {} thread{}", threads, threads == 1 ? "" : "s");
    return {
        {"ms" + suffix, printed(access(threads, &Measurement::ms)), FoundIn::measure, "ms" + on,
         "one inference" + with + ", the median in milliseconds", Form::ms, Group::measured, Listed::at_first},
        {"p90_ms" + suffix, printed(access(threads, &Measurement::p90_ms)), FoundIn::measure, "p90" + on,
         "one inference" + with + ", nine of ten take no longer, in milliseconds", Form::ms, Group::measured,
         Listed::on_demand},
        {"percent_of_peak" + suffix, printed(access(threads, &Measurement::percent_of_peak)), FoundIn::measure,
         "% peak" + on, "multiply-adds done, of those that the processor can do" + with, Form::percent, Group::measured,
         Listed::at_first},
        {"memory_bytes" + suffix, access(threads, &Measurement::memory_bytes), FoundIn::measure, "process KiB" + on,
         "memory of a process that runs the network" + with + " above one that does nothing, in KiB", Form::kib,
         Group::measured, first ? Listed::at_first : Listed::on_demand},
    };
}

Columns built_columns() {
    return {
        {"code_bytes", access(&PointFigures::code_bytes), FoundIn::code, "code KiB",
         "machine code of the library, in KiB", Form::kib, Group::measured, Listed::at_first},
        {"library_bytes", access(&PointFigures::library_bytes), FoundIn::library, "library KiB",
         "the library's file: code, weights, symbols, in KiB", Form::kib, Group::measured, Listed::on_demand},
        {"source_bytes", access(&PointFigures::source_bytes), FoundIn::library, "source KiB",
         "the network's C++, without weights and runtime, in KiB", Form::kib, Group::measured, Listed::on_demand},
        {"generate_s", access(&PointFigures::generate_s), FoundIn::generate, "generate s",
         "ssdgen generate, in seconds", Form::seconds, Group::measured, Listed::on_demand},
        {"compile_s", access(&PointFigures::compile_s), FoundIn::compile, "compile s",
         "all compiler runs of the library, in seconds, one after the other", Form::seconds, Group::measured,
         Listed::on_demand},
    };
}

Columns verdict_columns() {
    return {
        {"flash_bytes", access(&PointFigures::flash_bytes), FoundIn::code, "flash KiB",
         "weights and machine code, in KiB", Form::kib, Group::verdict, Listed::on_demand},
        {"accuracy_front", access(&PointFigures::accuracy_front), FoundIn::front, "front",
         "whether no other network is as accurate and as fast, and better in one of them", Form::text, Group::verdict,
         Listed::on_demand},
        {"fits", access(&PointFigures::fits), FoundIn::budget, "fits",
         "whether every limit of the budget is kept, or which is missed most", Form::text, Group::verdict,
         Listed::at_first},
        {"failed", access(&PointFigures::failed), FoundIn::failure, "failed", "why there are no more figures",
         Form::text, Group::verdict, Listed::on_demand},
    };
}

}  // namespace

std::optional<double> PointFigures::ms(int threads) const {
    const Measurement* found = find_measurement(*this, threads);
    return found ? found->ms : std::nullopt;
}

Measurement& PointFigures::measurement(int threads) {
    for (Measurement& one : measurements)
        if (one.threads == threads) return one;
    measurements.push_back({threads, {}, {}, {}, {}});
    return measurements.back();
}

std::vector<Column> sweep_columns(const std::vector<int>& threads) {
    Columns columns;
    const auto add = [&](const Columns& more) { columns.insert(columns.end(), more.begin(), more.end()); };
    add(point_columns());
    add(work_columns());
    add(memory_columns());
    add(predicted_columns());
    add(accuracy_columns());
    for (const int count : threads) add(measured_columns(count, count == threads[0]));
    add(built_columns());
    add(verdict_columns());
    return columns;
}

std::vector<Column> used_columns(const std::vector<Column>& columns, const std::vector<PointFigures>& points) {
    std::vector<Column> used;
    for (const Column& column : columns) {
        const auto known = [&](const PointFigures& point) { return column.figure.get(point) != FigureValue(); };
        if (std::any_of(points.begin(), points.end(), known)) used.push_back(column);
    }
    return used;
}

}  // namespace ssdgen
