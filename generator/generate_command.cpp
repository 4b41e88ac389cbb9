#include "generate_command.h"

#include "driver/budget.h"
#include "driver/command.h"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <string_view>

namespace ssdgen {

namespace {

/// A file's name as a word of the command, which stands in a comment: of one line, and not with a backslash at its end.
std::string file_word(const std::string& path) {
    std::string name = std::filesystem::path(path).filename().string();
    bool plain = true;
    for (char& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 127) c = '?';
        plain = plain && (std::isalnum(byte) || std::string_view("._-+,=@%").find(c) != std::string_view::npos);
    }
    return plain ? name : shell_word(name);
}

std::string weights_words(const GenerateOptions& options) {
    if (!options.weights.empty()) return " --weights " + file_word(options.weights);
    return options.random_weights ? fmt::format(" --random-weights {}", *options.random_weights) : "";
}

std::string schedule_words(const GenerateOptions& options) {
    std::string text = options.compact ? " --unroll compact" : options.unroll_whole ? " --unroll full" : "";
    if (options.unroll_whole && options.code_budget != default_code_budget)
        text += " --code-budget " + bytes_text(options.code_budget);
    if (options.without_tuning) text += " --no-tuning";
    if (!options.tuning.empty()) text += " --tuning " + file_word(options.tuning);
    return text;
}

std::string form_words(const GenerateOptions& options) {
    const WeightsForm usual = options.single_file ? WeightsForm::array : WeightsForm::object;
    std::string text;
    if (options.weights_form != usual)
        text += options.weights_form == WeightsForm::file ? " --weights-as file" : " --weights-as array";
    if (options.single_file) return text + " --single-file";  // which has no self-test
    return text + (options.selftest ? "" : " --no-selftest");
}

}  // namespace

std::string generate_command(const GenerateOptions& options, const std::vector<const Plan*>& plans) {
    std::string targets;
    for (const Plan* plan : plans) targets += (targets.empty() ? "" : ",") + std::string(plan->target.name);
    return fmt::format("ssdgen generate {} --alpha {} --rho {} --target {}", file_word(options.config), plans[0]->alpha,
                       plans[0]->rho, targets) +
           (options.name.empty() ? "" : " --name " + options.name) + weights_words(options) + schedule_words(options) +
           form_words(options);
}

}  // namespace ssdgen
