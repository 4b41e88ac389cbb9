#include "emit/network/observer.h"

#include "emit/network/entries.h"
#include "emit/network/run_order.h"
#include "emit/network/streams.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/template.h"
#include "kernel/lower.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// The lines of tables.
struct Observed {
    std::string layers, stages, steps;
    int layer_count = 0, stage_count = 0;

    explicit Observed(const Plan& plan) {
        for (std::size_t index = 0; index < plan.steps.size(); ++index) add(plan.steps[index], int(index));
    }

  private:
    void add(const Step& step, int index) {
        int first_layer = 0;
        for (const Stage& stage : step.stages) {
            first_layer = layer_count;
            add(stage, index);
        }
        steps += fmt::format("{{\"{}\", {}, {}, {}}},\n", step.name, first_layer,
                             step.stream ? 0 : step.last().layers.size(), stage_count - 1);
    }

    void add(const Stage& stage, int step) {
        std::int64_t macs = 0;
        for (const ObservedLayer& layer : stage.layers) {
            layers +=
                fmt::format("{{\"{}\", \"{}\", {}, {}, {}, {}, {}, {}}},\n", layer.name, layer.kind, stage_count,
                            layer.rows, layer.output.width, layer.output.channels, layer.pixel_stride, layer.macs);
            macs += layer.macs;
            ++layer_count;
        }
        stages += fmt::format("{{\"{}\", \"{}\", {}, {}}},\n", stage.name, stage.kernel_name, macs, step);
        ++stage_count;
    }
};

std::string print_forward_observed(const Emission& emission) {
    return print_signature(observed_entry(find_entry(entries_of(interface_of(emission, {})), "forward")));
}

std::string print_header(const Emission& emission) {
    const Plan& plan = emission.plan;
    const Observed observed(plan);
    const Element operand = maps_type(plan);
    const VectorUnit& unit = vector_unit(plan.target, operand);
    const int chains = peak_chains(plan.target, operand);
    const int values = chains * unit.lanes * (operand == Element::f32 ? 1 : 4);  // sums take four bytes
    return fill_template("programs/observer.h",
                         {{"header", file_header(emission.command)},
                          {"network", emission.name},
                          {"number", map_number(plan)},
                          {"unit", unit_of_maps(plan)},
                          {"forward_observed", print_forward_observed(emission)},
                          {"layer_count", std::to_string(observed.layer_count)},
                          {"layers", observed.layers},
                          {"stage_count", std::to_string(observed.stage_count)},
                          {"stages", observed.stages},
                          {"step_count", std::to_string(plan.steps.size())},
                          {"steps", observed.steps},
                          {"total_macs", std::to_string(plan.total_macs)},
                          {"peak_values", std::to_string(values)},
                          {"peak_flops", fmt::format("{}.0", 2 * chains * unit.lanes * unit.products)}});
}

std::string print_source(const Emission& emission) {
    const Plan& plan = emission.plan;
    return fill_template("programs/observer.cpp", {{"header", file_header(emission.command)},
                                                   {"network", emission.name},
                                                   {"number", map_number(plan)},
                                                   {"quantized_header", quantized_header(plan)},
                                                   {"weights_declaration", print_weights_declaration(emission)},
                                                   {"streams", print_stream_classes(plan, RunKind::observed)},
                                                   {"layers", print_stream_functions(plan, RunKind::observed)},
                                                   {"run_order", print_run_order(emission, RunKind::observed)},
                                                   {"forward_observed", print_forward_observed(emission)},
                                                   {"output_names", output_names(plan)}});
}

}  // namespace

void add_observer(const Emission& emission, FileSet& files) {
    files.add(observer_header(emission.name), print_header(emission));
    files.add(observer_source(emission.name), print_source(emission));
}

std::string observer_header(const std::string& network) { return network + "_observer.h"; }

std::string observer_source(const std::string& network) { return network + "_observer.cpp"; }

}  // namespace ssdgen
