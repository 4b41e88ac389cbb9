#pragma once

#include "cli/options.h"
#include "plan/plan.h"
#include "support/inputs.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The command that makes a folder again: what it rests on, and the options that are not the usual ones, such as
///
///     ssdgen generate my.json --alpha 0.5 --rho 1 --target portable --name half --weights my.safetensors
///
/// Files are named without their folders. It leaves out what has no part in the bytes, such as --out and the limits.
/// `plans`: one a target.
std::string generate_command(const GenerateOptions& options, const std::vector<Plan>& plans);

/// The files that it names, with the hashes of what was read of them.
Inputs generate_inputs(const GenerateOptions& options, const Description& description, const Weights& weights,
                       const std::vector<Tuning>& tunings);

/// What a person is told in the end: the folder, how many files are in it, and the command that compiles them.
std::string generate_report(const GenerateOptions& options, const std::string& name, const std::string& folder,
                            std::size_t files);

/// The same of `import`, with the command that generates from the two files.
std::string import_report(const ImportCommand& command, const std::string& name);

}  // namespace ssdgen
