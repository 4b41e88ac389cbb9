#include "emit/network/emission.h"

#include "plan/names.h"
#include "support/error.h"

namespace ssdgen {

std::string guide_file(const std::string& network) { return network + "_guide.md"; }

Emission emission_of(const Plan& plan, const EmitOptions& options) {
    return {plan, plan.name, "", guide_file(plan.name), options.command, options.inputs, options.weights_form};
}

bool is_quantized(const std::vector<Emission>& targets) {
    return std::any_of(targets.begin(), targets.end(),
                       [](const Emission& emission) { return maps_type(emission.plan) == Element::u8; });
}

std::vector<Emission> emissions(const std::vector<Plan>& plans, const EmitOptions& options) {
    if (plans.size() == 1) return {emission_of(plans[0], options)};
    std::vector<Emission> targets;
    for (const Plan& plan : plans) {
        check(targets.empty() || !plan.target.toolchain.probe.condition.empty(),
              "a machine can be asked for the target");
        const std::string name = network_of_target(plan.name, plan.target);
        targets.push_back({plan, name, target_folder(plan.target), guide_file(options.single_file ? plan.name : name),
                           options.command, options.inputs, options.weights_form});
    }
    return targets;
}

Interface interface_of(const Emission& emission, const Footprint& footprint) {
    const Plan& plan = emission.plan;
    return {emission.name, emission.command, emission.inputs, emission.weights_form, false,
            plan.input,    plan.order,       plan.resize,     plan.classes,          plan.head ? &*plan.head : nullptr,
            footprint};
}

Interface interface_of(const std::vector<Emission>& targets, const std::vector<Footprint>& footprints) {
    Interface interface = interface_of(targets.back(), together(footprints));
    interface.name = targets.back().plan.name;
    interface.several_targets = targets.size() > 1;
    return interface;
}

}  // namespace ssdgen
