#pragma once

#include "emit/network/emission.h"
#include "graph/build.h"
#include "import/import.h"
#include "pipeline/make_plan.h"
#include "quantize/options.h"
#include "sweep/sweep.h"
#include "tune/tune.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

struct GenerateOptions {
    std::string config;
    std::string out;   // empty: generated/NAME
    std::string name;  // empty: the description's
    Multipliers multipliers;
    std::string weights;
    std::optional<std::uint64_t> random_weights;
    std::string target = "native";
    WeightsForm weights_form = WeightsForm::object;
    bool single_file = false;
    PlanOptions plan;
    std::optional<std::int64_t> max_ram, max_flash;  // bytes
    bool selftest = true;
    std::string tuning;  // a file; empty: the built-in one
    bool without_tuning = false;
    std::string dump;  // a stage; empty: write the folder
};

struct InspectOptions {
    std::string config;
    Multipliers multipliers;
    bool json = false;
    bool tensors = false;  // the tensors of its weights file instead of its layers
};

struct ImportCommand {
    std::string model;
    std::string out_config;
    std::string into;  // a description that exists; or empty
    std::string out_weights;
    ImportOptions options;
};

struct ExportCommand {
    std::string config;
    Multipliers multipliers;
    std::string weights;
    std::optional<std::uint64_t> random_weights;
    std::string prototxt;
    std::string caffemodel;
};

struct QuantizeCommand {
    std::string config;
    Multipliers multipliers;
    std::string weights;
    std::string out_weights;
    std::string report;  // a JSON file to write; or empty
    QuantizeOptions options;
};

struct TuneCommand {
    std::string config;
    Multipliers multipliers;
    std::string target = "native";
    TuneOptions options;
};

/// A step of a sweep's build.ninja: "attempt" RECORD PRODUCT COMMAND..., "row" FOLDER or "collect" FOLDER.
struct SweepStep {
    std::string kind;
    std::vector<std::string> arguments;
};

/// What the command line asks for; one of them is there.
struct Options {
    std::optional<GenerateOptions> generate;
    std::optional<InspectOptions> inspect;
    std::optional<ImportCommand> import;
    std::optional<ExportCommand> export_;
    std::optional<QuantizeCommand> quantize;
    std::optional<TuneCommand> tune;
    std::optional<SweepOptions> sweep;
    std::optional<SweepStep> sweep_step;
    bool warnings_as_errors = false;
};

/// Reads the command line. Prints the help and gives no command if that was asked for. UsageError if it is wrong or
/// asks for what is not built yet.
Options read_options(int argc, const char* const* argv);

}  // namespace ssdgen
