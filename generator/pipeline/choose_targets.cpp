#include "pipeline/choose_targets.h"

#include "support/error.h"
#include "target/target.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace ssdgen {

std::vector<Target> choose_targets(const std::string& names) {
    std::set<std::string> wanted;
    std::istringstream list(names + ",");
    for (std::string name; std::getline(list, name, ',');)
        if (const Target& target = find_target(name); !wanted.insert(target.name).second)
            throw UsageError(fmt::format("--target: found {} twice in {}; allowed: each once", target.name, names));
    std::vector<Target> chosen;
    for (const Target& target : targets()) {
        if (!wanted.count(target.name)) continue;
        if (!chosen.empty() && target.features.empty())
            throw UsageError(
                fmt::format("--target: found {} beside {}; allowed: one that no processor has to be asked for",
                            target.name, chosen[0].name));
        chosen.push_back(target);
    }
    return chosen;
}

}  // namespace ssdgen
