#include "emit/build_file.h"

#include "emit/layers.h"
#include "emit/template.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

void add(std::string& list, const std::string& path) { list += (list.empty() ? "" : " ") + path; }

/// What the sources of several networks are for.
struct Sources {
    std::string kernels, networks, peaks, benches, selftests, weights_of_programs, properties;

    void add_network(const BuiltNetwork& network, bool selftest, WeightsForm form) {
        const std::string& name = network.plan.name;
        const std::string& folder = network.folder;
        for (const std::string& path : layer_sources(network.plan)) kernels += folder + path + "\n";
        const std::string assembler = folder + name + "_weights.S";
        if (form == WeightsForm::file) weights_of_programs += " " + assembler;
        if (form != WeightsForm::file) kernels += form == WeightsForm::array ? folder + name + "_weights.cpp\n" : assembler + "\n";
        if (form != WeightsForm::array) properties += fill_template("weights.cmake", {{"network", name}, {"folder", folder}});
        add(networks, folder + name + ".cpp");
        add(peaks, folder + "peak.cpp");
        add(benches, folder + "bench.cpp");
        if (selftest) add(selftests, folder + "selftest.cpp " + folder + name + "_expected.cpp");
    }
};

}  // namespace

std::string print_build_file(const Plan& front, const std::vector<BuiltNetwork>& networks, bool selftest, WeightsForm form) {
    Sources sources;
    if (networks.size() > 1) {
        sources.networks = front.name + ".cpp";
        sources.benches = "bench.cpp";
        if (selftest) sources.selftests = "selftest.cpp";
    }
    for (const BuiltNetwork& network : networks) sources.add_network(network, selftest, form);
    const std::string application = front.head ? "detect" : "classify";
    TemplateValues programs{{"network", front.name},
                            {"network_sources", sources.networks},
                            {"peak_sources", sources.peaks},
                            {"program_sources", sources.weights_of_programs}};
    TemplateValues values = programs;
    programs["selftest_sources"] = sources.selftests;
    values.insert({{"header", file_header(front, "#")},
                   {"sources", sources.kernels},
                   {"bench_sources", sources.benches},
                   {"application", front.name + "_" + application},
                   {"application_source", application + ".cpp"},
                   {"weights_properties", sources.properties},
                   {"selftest", selftest ? fill_template("selftest.cmake", programs) : ""},
                   {"programs", front.name + "_bench" + (selftest ? fmt::format(" {}_selftest", front.name) : "")}});
    return fill_template("CMakeLists.txt.in", values);
}

}  // namespace ssdgen
