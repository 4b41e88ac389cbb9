#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

/// What the benchmark of a point found on a number of threads.
struct Measurement {
    int threads = 1;
    std::optional<double> ms, p90_ms;          // one inference: the median, and what nine of ten do not exceed
    std::optional<double> percent_of_peak;     // of the processor with so many threads
    std::optional<std::int64_t> memory_bytes;  // of a process that runs the network above one that does nothing
};

/// What is known of one point of a sweep. A figure that is not known is none; `failed` says why. Units and meaning are
/// in sweep_columns().
struct PointFigures {
    double alpha = 1, rho = 1;
    std::string target, unroll;

    // From the graph.
    std::optional<std::string> input{};  // "300x300": width x height
    std::optional<std::int64_t> macs{};
    std::optional<double> macs_share{}, textbook_share{}, separable_share{};
    std::optional<std::int64_t> params{}, activation_bytes{}, priors{};

    // From the plan.
    std::optional<std::int64_t> weights_bytes{}, arena_bytes{}, peak_live_bytes{};
    std::optional<std::string> peak_layer{};
    std::optional<double> predicted_ms{};
    std::optional<std::int64_t> flash_bytes{};  // estimated until the library is there

    // From generating and compiling.
    std::optional<double> generate_s{}, compile_s{};
    std::optional<std::int64_t> code_bytes{}, library_bytes{}, source_bytes{};

    // From running it.
    std::optional<double> map{}, map_small{}, map_medium{}, map_large{};
    std::vector<Measurement> measurements{};  // each number of threads once

    // The judgement.
    std::optional<std::string> failed{};  // the first reason; some of the figures above may be known all the same
    std::optional<std::string> fits{};    // "yes", "failed", or the limit that is missed most and by how much
    std::optional<bool> accuracy_front{};

    /// The median latency on so many threads, in milliseconds.
    std::optional<double> ms(int threads) const;
    /// That on so many threads, made if it is not there.
    Measurement& measurement(int threads);
};

/// A figure as tables and files take it; std::monostate: it is not known.
using FigureValue = std::variant<std::monostate, std::int64_t, double, std::string>;

/// One figure of a point.
struct FigureAccess {
    std::function<FigureValue(const PointFigures&)> get;
    std::function<bool(PointFigures&, const FigureValue&)> set;  // false: the figure is of another kind
};

/// The step of a sweep in which a figure becomes known.
enum class FoundIn { point, graph, plan, generate, compile, code, library, evaluate, measure, failure, budget, front };

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

enum class Group { point, planned, measured, verdict };

/// Where a person sees a column: in the terminal's table and at first on the page, or on the page on demand.
enum class Listed { at_first, at_first_if_points_differ, on_demand };

/// A column of every table of a sweep: sweep.csv, sweep.json, the page, the terminal. It is also how a figure is
/// written into and read from the files between the steps. Another figure of a point is one more member of
/// PointFigures, one more line in the table of sweep_columns(), and the place that finds it: points.cpp (planned) or
/// row.cpp (measured).
struct Column {
    std::string key;
    FigureAccess figure;
    FoundIn found_in;
    std::string heading;  // short
    std::string help;     // what it is, and its unit
    Form form;
    Group group;
    Listed listed;
    std::string ascii_heading{};  // for a terminal; empty: the heading is ASCII
};

/// In the order of tables, for measurements on these numbers of threads.
std::vector<Column> sweep_columns(const std::vector<int>& threads);

/// Those of the columns in which some point has a figure: a column in which none has is left out of tables.
std::vector<Column> used_columns(const std::vector<Column>& columns, const std::vector<PointFigures>& points);

}  // namespace ssdgen
