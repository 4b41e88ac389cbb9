#include "emit/folder/programs.h"

#include "emit/network/observer.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/numbers.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "plan/names.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

std::string print_peak(const Emission& emission) {
    const Target& target = emission.plan.target;
    const KernelTree tree = simplify(lower_peak(target, maps_type(emission.plan)));
    return fill_template("programs/peak.cpp", {{"header", file_header(emission.command)},
                                               {"network", emission.name},
                                               {"target_space", target_space(target)},
                                               {"function", print_function(tree.functions.back(), target)}});
}

TemplateValues bench_values(const Emission& emission) {
    const bool whole = maps_type(emission.plan) == Element::u8;
    return {{"network", emission.name},
            {"number", map_number(emission.plan)},
            {"values", whole ? "64 * 16 * 4" : "64 * 16"},
            {"value", whole ? "std::uint8_t{1}" : "0.5F"}};
}

TemplateValues selftest_values(const Emission& emission) {
    const bool whole = maps_type(emission.plan) == Element::u8;
    const std::string value = "values[pixel * info.pixel_stride + c]";
    return {{"network", emission.name},
            {"weight", weights_number(emission.plan)},
            {"number", map_number(emission.plan)},
            {"sample", whole ? fmt::format("static_cast<float>({})", value) : value},
            {"mean", whole ? "static_cast<double>(static_cast<float>(channel.sum / pixels))" : "channel.sum / pixels"},
            {"tolerance",
             whole ? "// Whole numbers: every map is that of the reference, to the last one.\n"
                     "constexpr double tolerance = 0;"
                   : "// Products are summed in another order, and in float here but in double there: every map agrees "
                     "within about 1e-5 of\n// its largest value. One wrong weight, tap or shape constant shows well "
                     "above 5e-5.\nconstexpr double tolerance = 5e-5;"}};
}

void add_expected(const Emission& emission, const std::vector<ExpectedLayer>& expected, FileSet& files) {
    std::string values, layers;
    for (const ExpectedLayer& layer : expected) {
        const std::string name = identifier(layer.name);
        values += fmt::format("const float mean_of_{}[] = {{\n{}}};\n", name, print_floats(layer.mean));
        values += fmt::format("const float samples_of_{}[] = {{\n{}}};\n", name, print_floats(layer.samples));
        layers += fmt::format("{{\"{0}\", {1}, mean_of_{2}, samples_of_{2}}},\n", layer.name,
                              print_float(layer.magnitude), name);
    }
    std::string weights;
    for (const Stage* stage : all_stages(emission.plan))
        for (std::size_t output = 0; output < stage->layers.size(); ++output) {
            const LayerWeights packed = layer_weights(emission.plan, *stage, int(output));
            weights += fmt::format("{{{}, {}, {}U}},  // {}\n", packed.offset, packed.words, packed.hash,
                                   stage->layers[output].name);
        }
    const TemplateValues common{{"header", file_header(emission.command)},
                                {"network", emission.name},
                                {"layer_count", std::to_string(expected.size())}};
    TemplateValues header = common;
    header["units"] = weights_pointer(emission.plan) == Element::u8 ? "bytes; words of 4 bytes" : "floats";
    files.add(emission.name + "_expected.h", fill_template("programs/expected.h", header));
    TemplateValues all = common;
    all["values"] = values;
    all["layers"] = layers;
    all["weights"] = weights;
    files.add(emission.name + "_expected.cpp", fill_template("programs/expected.cpp", all));
    files.add("selftest.cpp", fill_template("programs/selftest.cpp", selftest_values(emission)));
}

}  // namespace

void add_measures(const Emission& emission, const std::vector<ExpectedLayer>& expected, FileSet& files) {
    add_observer(emission, files);
    files.add("peak.cpp", print_peak(emission));
    files.add("bench.cpp", fill_template("programs/bench.cpp", bench_values(emission)));
    if (!expected.empty()) add_expected(emission, expected, files);
    const char* weights = emission.weights_form == WeightsForm::file ? "programs/program_weights_file.h"
                                                                     : "programs/program_weights_linked.h";
    files.add("program_weights.h",
              fill_template(weights, {{"network", emission.name}, {"weight", weights_number(emission.plan)}}));
}

std::vector<std::string> application_sources(bool detector) {
    return {detector ? "detect.cpp" : "classify.cpp", "pictures.cpp"};
}

std::vector<std::string> application_headers(bool detector) {
    std::vector<std::string> headers{"application.h", "labels.h", "orientation.h", "pictures.h"};
    if (detector) headers.insert(headers.end(), {"average_precision.h", "truth.h"});
    return headers;
}

void add_application(const Interface& interface, FileSet& files) {
    const bool detector = interface.head != nullptr;
    const std::vector<std::string> sources = application_sources(detector);
    files.add(sources[0], fill_template("programs/" + sources[0], {{"network", interface.name}}));
    files.add(sources[1], fill_template("programs/" + sources[1], {}));
    for (const std::string& file : application_headers(detector))
        files.add(file, fill_template("programs/" + file, {}));
}

}  // namespace ssdgen
