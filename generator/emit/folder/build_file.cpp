#include "emit/folder/build_file.h"

#include "emit/print/file_header.h"
#include "emit/print/template.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

const std::vector<std::string> warnings{"-Wall", "-Wextra", "-Wpedantic", "-Wconversion"};

/// Says why: templates/build/CMakeLists.txt.in.
const std::vector<std::string> arithmetic{"-ffp-contract=off",     "-fno-fast-math",        "-ffp-contract=off",
                                          "-fno-finite-math-only", "-fno-associative-math", "-fno-reciprocal-math",
                                          "-fsigned-zeros"};

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
        std::vector<std::string> both = warnings;
        both.insert(both.end(), arithmetic.begin(), arithmetic.end());
        return both;
    }();
    return options;
}

std::string print_build_file(const Interface& front, const std::vector<Emission>& targets, const Manifest& manifest) {
    const auto words = [&](Role role) { return fmt::format("{}", fmt::join(manifest.paths({role}), " ")); };
    const std::string selftests = words(Role::selftest), weights = words(Role::program_weights);
    const std::string application = front.head ? "detect" : "classify";
    TemplateValues programs{{"network", front.name},
                            {"network_sources", words(Role::network)},
                            {"peak_sources", words(Role::peak)},
                            {"program_sources", weights.empty() ? "" : " " + weights}};
    TemplateValues values = programs;
    programs["selftest_sources"] = selftests;
    values.insert(
        {{"header", file_header(front.command, "#")},
         {"warnings", fmt::format("{}", fmt::join(warnings, " "))},
         {"arithmetic", fmt::format("{}", fmt::join(arithmetic, " "))},
         {"sources", fmt::format("{}\n", fmt::join(manifest.paths({Role::kernel, Role::weights_source}), "\n"))},
         {"bench_sources", words(Role::benchmark)},
         {"application", front.name + "_" + application},
         {"application_sources", words(Role::application)},
         {"c_sources", words(Role::c_source)},
         {"weights_properties", print_weights_properties(targets)},
         {"selftest", selftests.empty() ? "" : fill_template("build/selftest.cmake", programs)},
         {"programs", front.name + "_bench" + (selftests.empty() ? "" : fmt::format(" {}_selftest", front.name))}});
    return fill_template("build/CMakeLists.txt.in", values);
}

}  // namespace ssdgen
