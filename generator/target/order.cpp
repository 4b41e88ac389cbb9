#include "target/order.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

bool has(const Target& target, const std::string& feature) {
    return std::find(target.features.begin(), target.features.end(), feature) != target.features.end();
}

void refuse(const Target& found, const Target& beside, const char* allowed) {
    throw UsageError(fmt::format("--target: found {} beside {}; allowed: {}", found.name, beside.name, allowed));
}

}  // namespace

bool holds(const Target& target, const Target& other) {
    if (other.family != Family::any && other.family != target.family) return false;
    return std::all_of(other.features.begin(), other.features.end(),
                       [&](const std::string& feature) { return has(target, feature); });
}

std::vector<Target> most_general_first(const std::vector<Target>& targets) {
    std::vector<Target> left = targets, sorted;
    const auto is_next = [&](const Target& target) {
        return std::none_of(left.begin(), left.end(),
                            [&](const Target& other) { return holds(target, other) && !holds(other, target); });
    };
    while (!left.empty()) {
        const auto next = std::find_if(left.begin(), left.end(), is_next);
        sorted.push_back(*next);
        left.erase(next);
    }
    return sorted;
}

std::vector<Target> order_of_choice(const std::vector<Target>& targets) {
    const std::vector<Target> sorted = most_general_first(targets);
    const Target* of_family = nullptr;
    for (const Target& target : sorted) {
        if (&target != &sorted[0] && target.toolchain.probe.condition.empty())
            refuse(target, sorted[0], "one that no processor has to be asked for");
        if (target.family == Family::any) continue;
        if (of_family != nullptr && of_family->family != target.family)
            refuse(target, *of_family, "targets of one family of processors");
        of_family = &target;
    }
    return sorted;
}

}  // namespace ssdgen
