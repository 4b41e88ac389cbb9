#include "emit/folder/build_file.h"

#include "emit/print/file_header.h"
#include "emit/print/template.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace ssdgen {

namespace {

const std::vector<std::string> warnings{"-Wall", "-Wextra", "-Wpedantic", "-Wconversion"};

/// Says why: templates/build/CMakeLists.txt.in.
const std::vector<std::string> arithmetic{"-ffp-contract=off", "-fno-fast-math", "-ffp-contract=off"};
const std::vector<std::string> sums_in_order{"-fno-finite-math-only", "-fno-associative-math", "-fno-reciprocal-math",
                                             "-fsigned-zeros"};

/// Whether weights come in through the assembler: the library's or its programs'.
bool any_assembler(const std::vector<Emission>& targets) {
    return std::any_of(targets.begin(), targets.end(),
                       [](const Emission& target) { return target.weights_form != WeightsForm::array; });
}

/// What the assembler has to know of the weights that it takes in.
std::string print_weights_properties(const std::vector<Emission>& targets) {
    std::string text;
    for (const Emission& target : targets)
        if (target.weights_form != WeightsForm::array)
            text += fill_template("build/weights.cmake", {{"network", target.name}, {"folder", target.folder}});
    return text;
}

}  // namespace

const std::vector<std::string>& emitted_options() {
    static const std::vector<std::string> options = [] {
        std::vector<std::string> all = warnings;
        for (const auto& more : {arithmetic, sums_in_order}) all.insert(all.end(), more.begin(), more.end());
        return all;
    }();
    return options;
}

std::string print_build_file(const Interface& front, const std::vector<Emission>& targets, const Manifest& manifest) {
    const auto lines = [&](const std::vector<Role>& roles) {
        return fmt::format("{}", fmt::join(manifest.paths(roles), "\n"));
    };
    const auto words = [&](Role role) { return fmt::format("{}", fmt::join(manifest.paths({role}), " ")); };
    const bool selftest = !manifest.paths({Role::selftest}).empty();
    const std::string weights = words(Role::program_weights);
    const std::string application = front.head ? "detect" : "classify";
    const std::string selftest_text =
        selftest
            ? fill_template(
                  "build/selftest.cmake",
                  {{"network", front.name},
                   {"selftest_sources", lines({Role::selftest, Role::observer, Role::peak, Role::program_weights})}})
            : "";
    const TemplateValues values{
        {"header", file_header(front.command, "#")},
        {"languages", any_assembler(targets) ? "CXX ASM" : "CXX"},
        {"network", front.name},
        {"warnings", fmt::format("{}", fmt::join(warnings, " "))},
        {"arithmetic", fmt::format("{}", fmt::join(arithmetic, " "))},
        {"sums_in_order", fmt::format("{}", fmt::join(sums_in_order, " "))},
        {"sources", lines({Role::network, Role::kernel, Role::weights_source})},
        {"bench_sources", lines({Role::benchmark, Role::observer, Role::peak, Role::program_weights})},
        {"application", front.name + "_" + application},
        {"application_sources", words(Role::application)},
        {"program_sources", weights.empty() ? "" : " " + weights},
        {"c_sources", words(Role::c_source)},
        {"weights_properties", print_weights_properties(targets)},
        {"selftest", selftest_text},
        {"programs", front.name + "_bench" + (selftest ? fmt::format(" {}_selftest", front.name) : "")}};
    return fill_template("build/CMakeLists.txt.in", values);
}

}  // namespace ssdgen
