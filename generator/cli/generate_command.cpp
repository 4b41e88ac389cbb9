#include "cli/generate_command.h"

#include "cost/budget.h"
#include "support/process.h"
#include "support/words.h"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <string_view>

namespace ssdgen {

namespace {

/// A path of one line.
std::string printable(std::string path) {
    for (char& c : path)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
    return path;
}

/// A path as a word of a command, which may stand in a comment: of one line, and not with a backslash at its end.
std::string path_word(const std::string& given) {
    const std::string path = printable(given);
    bool plain = true;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        plain = plain && (std::isalnum(byte) || std::string_view("/._-+,=@%").find(c) != std::string_view::npos);
    }
    return plain ? path : shell_word(path);
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

std::string file_word(const std::string& path) { return path_word(file_name(path)); }

std::string weights_words(const GenerateOptions& options) {
    if (!options.weights.empty()) return " --weights " + file_word(options.weights);
    return options.random_weights ? fmt::format(" --random-weights {}", *options.random_weights) : "";
}

std::string schedule_words(const GenerateOptions& options) {
    const PlanOptions& plan = options.plan;
    std::string text =
        plan.weights_type == Element::f32 ? "" : fmt::format(" --weights-type {}", spell(plan.weights_type));
    if (plan.precision != Precision::automatic) text += fmt::format(" --precision {}", spell(plan.precision));
    if (plan.requantization) text += fmt::format(" --requantization {}", spell(*plan.requantization));
    text += plan.unroll == PlanOptions().unroll ? "" : fmt::format(" --unroll {}", spell(plan.unroll));
    if (plan.unroll == Unroll::full && plan.code_budget != default_code_budget)
        text += " --code-budget " + bytes_text(plan.code_budget);
    if (options.without_tuning) text += " --no-tuning";
    if (!options.tuning.empty()) text += " --tuning " + file_word(options.tuning);
    return text;
}

std::string form_words(const GenerateOptions& options) {
    const WeightsForm usual = options.single_file ? WeightsForm::array : WeightsForm::object;
    std::string text;
    if (options.weights_form != usual) text += fmt::format(" --weights-as {}", spell(options.weights_form));
    if (options.single_file) return text + " --single-file";  // which has no self-test
    return text + (options.selftest ? "" : " --no-selftest");
}

}  // namespace

std::string generate_command(const GenerateOptions& options, const std::vector<Plan>& plans) {
    std::string targets;
    for (const Plan& plan : plans) targets += (targets.empty() ? "" : ",") + std::string(plan.target.name);
    return fmt::format("ssdgen generate {} --alpha {} --rho {} --target {}", file_word(options.config), plans[0].alpha,
                       plans[0].rho, targets) +
           (options.name.empty() ? "" : " --name " + options.name) + weights_words(options) + schedule_words(options) +
           form_words(options);
}

Inputs generate_inputs(const GenerateOptions& options, const Description& description, const Weights& weights,
                       const std::vector<Tuning>& tunings) {
    Inputs inputs;
    inputs.description = InputFile{printable(file_name(options.config)), description.sha256};
    if (!options.weights.empty())
        inputs.weights = InputFile{printable(file_name(options.weights)), weights.sha256};
    else
        inputs.random_weights = options.random_weights;
    // A file is for one target, and is refused where there are others.
    if (!options.tuning.empty()) inputs.tuning = InputFile{printable(file_name(options.tuning)), tunings.at(0).sha256};
    return inputs;
}

std::string generate_report(const GenerateOptions& options, const std::string& name, const std::string& folder,
                            std::size_t files) {
    const std::string place = path_word(folder), build = path_word(folder + "/build");
    const std::string next =
        options.single_file
            ? fmt::format("c++ -std=c++17 -O2 -ffp-contract=off -c {}", path_word(folder + "/" + name + ".cpp"))
            : fmt::format("cmake -S {} -B {} && cmake --build {}", place, build, build);
    return fmt::format("wrote {}: {} files\nnext: {}\n", folder, files, next);
}

std::string import_report(const ImportCommand& command, const std::string& name) {
    const std::string next = fmt::format("next: ssdgen generate {} --weights {}\n",
                                         path_word(command.into.empty() ? command.out_config : command.into),
                                         path_word(command.out_weights));
    if (!command.into.empty()) return fmt::format("wrote {}: weights of {}\n{}", command.out_weights, name, next);
    return fmt::format("wrote {} and {}: {}\n{}", command.out_config, command.out_weights, name, next);
}

}  // namespace ssdgen
