#include "emit/folder/programs.h"

#include "emit/network/network.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/names.h"
#include "emit/print/numbers.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

std::string print_observer(const Plan& plan) {
    std::string layers, stages, steps;
    int layer_count = 0, stage_count = 0;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        int first_layer = 0;
        for (const Stage& stage : step.stages) {
            std::int64_t macs = 0;
            first_layer = layer_count;
            for (const ObservedLayer& layer : stage.layers) {
                layers += fmt::format("{{\"{}\", \"{}\", {}, {}, {}, {}, {}}},\n", layer.name, layer.kind, stage_count,
                                      layer.output.height, layer.output.width, layer.output.channels, layer.macs);
                macs += layer.macs;
                ++layer_count;
            }
            stages += fmt::format("{{\"{}\", \"{}\", {}, {}}},\n", stage.name, stage.kernel_name, macs, index);
            ++stage_count;
        }
        steps += fmt::format("{{\"{}\", {}, {}, {}}},\n", step.name, first_layer,
                             step.stream ? 0 : step.last().layers.size(), stage_count - 1);
    }
    const int chains = peak_chains(plan.target), values = chains * vector_unit(plan.target, Element::f32).lanes;
    return fill_template("programs/observer.h", {{"header", file_header(plan)},
                                                 {"network", plan.name},
                                                 {"outputs", output_parameters(plan)},
                                                 {"layer_count", std::to_string(layer_count)},
                                                 {"layers", layers},
                                                 {"stage_count", std::to_string(stage_count)},
                                                 {"stages", stages},
                                                 {"step_count", std::to_string(plan.steps.size())},
                                                 {"steps", steps},
                                                 {"total_macs", std::to_string(plan.total_macs)},
                                                 {"peak_values", std::to_string(values)},
                                                 {"peak_flops", fmt::format("{}.0", 2 * values)}});
}

std::string print_peak(const Plan& plan) {
    const KernelTree tree = simplify(lower_peak(plan.target));
    return fill_template("programs/peak.cpp", {{"header", file_header(plan)},
                                               {"network", plan.name},
                                               {"target_space", target_space(plan.target)},
                                               {"function", print_function(tree.functions.back(), plan.target)}});
}

void add_expected(const Plan& plan, const std::vector<ExpectedLayer>& expected, FileSet& files) {
    std::string values, layers;
    for (const ExpectedLayer& layer : expected) {
        const std::string name = identifier(layer.name);
        values += fmt::format("const float mean_of_{}[] = {{\n{}}};\n", name, print_floats(layer.mean));
        values += fmt::format("const float samples_of_{}[] = {{\n{}}};\n", name, print_floats(layer.samples));
        layers += fmt::format("{{\"{0}\", {1}, mean_of_{2}, samples_of_{2}}},\n", layer.name,
                              print_float(layer.magnitude), name);
    }
    std::string weights;
    for (const Stage* stage : all_stages(plan))
        for (std::size_t output = 0; output < stage->layers.size(); ++output) {
            const LayerWeights packed = layer_weights(plan, *stage, int(output));
            weights += fmt::format("{{{}, {}, {}U}},  // {}\n", packed.offset, packed.count, packed.hash,
                                   stage->layers[output].name);
        }
    const TemplateValues common{
        {"header", file_header(plan)}, {"network", plan.name}, {"layer_count", std::to_string(expected.size())}};
    files.add(plan.name + "_expected.h", fill_template("programs/expected.h", common));
    TemplateValues all = common;
    all["values"] = values;
    all["layers"] = layers;
    all["weights"] = weights;
    files.add(plan.name + "_expected.cpp", fill_template("programs/expected.cpp", all));
    files.add("selftest.cpp", fill_template("programs/selftest.cpp", {{"network", plan.name}}));
}

}  // namespace

void add_measures(const Plan& plan, const std::vector<ExpectedLayer>& expected, WeightsForm form, FileSet& files) {
    files.add(plan.name + "_observer.h", print_observer(plan));
    files.add("peak.cpp", print_peak(plan));
    files.add("bench.cpp", fill_template("programs/bench.cpp", {{"network", plan.name}}));
    if (!expected.empty()) add_expected(plan, expected, files);
    const char* weights =
        form == WeightsForm::file ? "programs/program_weights_file.h" : "programs/program_weights_linked.h";
    files.add("program_weights.h", fill_template(weights, {{"network", plan.name}}));
}

void add_application(const Plan& plan, FileSet& files) {
    const std::string application = plan.head ? "detect.cpp" : "classify.cpp";
    files.add(application, fill_template("programs/" + application, {{"network", plan.name}}));
    if (plan.head)
        for (const char* file : {"average_precision.h", "truth.h"})
            files.add(file, fill_template(std::string("programs/") + file, {}));
    for (const char* file : {"application.h", "labels.h", "orientation.h", "pictures.h", "pictures.cpp"})
        files.add(file, fill_template(std::string("programs/") + file, {}));
}

}  // namespace ssdgen
