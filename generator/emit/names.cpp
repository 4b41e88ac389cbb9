#include "emit/names.h"

#include "support/error.h"

#include <cctype>
#include <set>

namespace ssdgen {

std::string identifier(const std::string& layer) {
    std::string name;
    for (char c : layer) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) name = "layer_" + name;
    return name;
}

std::string macro_name(const std::string& network) {
    std::string name;
    for (const char c : network) name += char(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

std::vector<std::string> step_identifiers(const Plan& plan) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            check(seen.insert(identifier(stage.name)).second, "layers have names of their own: " + stage.name);
    for (const Step& step : plan.steps) {
        names.push_back(identifier(step.name));
        check(seen.insert(names.back()).second || step.name == step.last().name, "steps have names of their own: " + step.name);
    }
    return names;
}

}  // namespace ssdgen
