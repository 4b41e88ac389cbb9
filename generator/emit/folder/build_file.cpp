#include "emit/folder/build_file.h"

#include "emit/network/layers.h"
#include "emit/print/file_header.h"
#include "emit/print/template.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

void add(std::string& list, const std::string& path) { list += (list.empty() ? "" : " ") + path; }

const std::vector<std::string> warnings{"-Wall", "-Wextra", "-Wpedantic", "-Wconversion"};

/// Says why: templates/CMakeLists.txt.in.
const std::vector<std::string> arithmetic{"-ffp-contract=off",     "-fno-fast-math",        "-ffp-contract=off",
                                          "-fno-finite-math-only", "-fno-associative-math", "-fno-reciprocal-math",
                                          "-fsigned-zeros"};

/// What brings the weights into the library; nothing where the caller hands them over.
std::string weights_source(const std::string& name, WeightsForm form) {
    if (form == WeightsForm::file) return "";
    return name + (form == WeightsForm::array ? "_weights.cpp" : "_weights.S");
}

/// What the sources of several networks are for.
struct Sources {
    std::string kernels, networks, peaks, benches, selftests, weights_of_programs, properties;

    void add_network(const Emission& emission, bool selftest) {
        const std::string& name = emission.name;
        const std::string& folder = emission.folder;
        const WeightsForm form = emission.weights_form;
        for (const std::string& path : layer_sources(emission.plan)) kernels += folder + path + "\n";
        if (form == WeightsForm::file)
            weights_of_programs += " " + folder + name + "_weights.S";
        else
            kernels += folder + weights_source(name, form) + "\n";
        if (form != WeightsForm::array)
            properties += fill_template("build/weights.cmake", {{"network", name}, {"folder", folder}});
        add(networks, folder + name + ".cpp");
        add(peaks, folder + "peak.cpp");
        add(benches, folder + "bench.cpp");
        if (selftest) add(selftests, folder + "selftest.cpp " + folder + name + "_expected.cpp");
    }
};

}  // namespace

const std::vector<std::string>& emitted_options() {
    static const std::vector<std::string> options = [] {
        std::vector<std::string> both = warnings;
        both.insert(both.end(), arithmetic.begin(), arithmetic.end());
        return both;
    }();
    return options;
}

std::vector<std::string> library_sources(const Emission& emission) {
    std::vector<std::string> sources{emission.name + ".cpp", emission.name + "_c.cpp"};
    for (const std::string& path : layer_sources(emission.plan)) sources.push_back(path);
    const std::string weights = weights_source(emission.name, emission.weights_form);
    if (!weights.empty()) sources.push_back(weights);
    return sources;
}

std::string print_build_file(const Interface& front, const std::vector<Emission>& targets, bool selftest) {
    Sources sources;
    if (front.several_targets) {
        sources.networks = front.name + ".cpp";
        sources.benches = "bench.cpp";
        if (selftest) sources.selftests = "selftest.cpp";
    }
    for (const Emission& target : targets) sources.add_network(target, selftest);
    const std::string application = front.head ? "detect" : "classify";
    TemplateValues programs{{"network", front.name},
                            {"network_sources", sources.networks},
                            {"peak_sources", sources.peaks},
                            {"program_sources", sources.weights_of_programs}};
    TemplateValues values = programs;
    programs["selftest_sources"] = sources.selftests;
    values.insert({{"header", file_header(front.command, "#")},
                   {"warnings", fmt::format("{}", fmt::join(warnings, " "))},
                   {"arithmetic", fmt::format("{}", fmt::join(arithmetic, " "))},
                   {"sources", sources.kernels},
                   {"bench_sources", sources.benches},
                   {"application", front.name + "_" + application},
                   {"application_source", application + ".cpp"},
                   {"weights_properties", sources.properties},
                   {"selftest", selftest ? fill_template("build/selftest.cmake", programs) : ""},
                   {"programs", front.name + "_bench" + (selftest ? fmt::format(" {}_selftest", front.name) : "")}});
    return fill_template("build/CMakeLists.txt.in", values);
}

}  // namespace ssdgen
