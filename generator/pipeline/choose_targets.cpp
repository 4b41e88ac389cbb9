#include "pipeline/choose_targets.h"

#include "support/error.h"
#include "target/order.h"
#include "target/table.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace ssdgen {

std::vector<Target> choose_targets(const std::string& names, Numbers numbers) {
    std::set<std::string> wanted;
    std::istringstream list(names + ",");
    for (std::string name; std::getline(list, name, ',');)
        if (const Target& target = find_target(name, numbers); !wanted.insert(target.name).second)
            throw UsageError(fmt::format("--target: found {} twice in {}; allowed: each once", target.name, names));
    std::vector<Target> chosen;
    for (const Target& target : targets())
        if (wanted.count(target.name)) chosen.push_back(target);
    return order_of_choice(chosen);
}

}  // namespace ssdgen
