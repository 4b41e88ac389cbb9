#include "emit/print/names.h"

#include "description/identifier.h"
#include "support/error.h"

#include <set>

namespace ssdgen {

std::string identifier(const std::string& layer) { return c_identifier(layer); }

std::string function_name(const std::string& layer) { return "run_" + identifier(layer); }

std::string stage_row_name(const Stage& stage) { return stage.kernel_name + "_stage_row"; }

std::string macro_name(const std::string& network) { return upper_case(network); }

std::vector<std::string> step_functions(const Plan& plan) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            check(seen.insert(function_name(stage.name)).second, "layers have names of their own: " + stage.name);
    for (const Step& step : plan.steps) {
        std::string name = function_name(step.name);
        // A step of several layers is called a_to_b, as a layer may be.
        if (step.name != step.last().name)
            while (!seen.insert(name).second) name += '_';
        names.push_back(name);
    }
    return names;
}

}  // namespace ssdgen
