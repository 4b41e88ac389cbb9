#pragma once

#include "cli/options.h"

#include <CLI/CLI.hpp>

#include <string>

namespace ssdgen {

/// A number above 0 and at most 1; UsageError about the option `name` for any other text.
double read_multiplier(const std::string& name, const std::string& text);

/// The command sweep.
/// --weights-type.
void add_weights_type(CLI::App& command, Element& type);

CLI::App* add_sweep(CLI::App& app, SweepOptions& options);

/// The command that a sweep's build.ninja calls; no part of the help.
CLI::App* add_sweep_step(CLI::App& app, SweepStep& step);

}  // namespace ssdgen
