#include "target/table.h"

#include "support/error.h"
#include "target/families.h"
#include "target/order.h"

#include <algorithm>
#include <iterator>

namespace ssdgen {

namespace {

/// Names that are taken for targets to come.
const char* const planned_targets[] = {"aarch64"};

std::vector<Target> all_targets() {
    std::vector<Target> all;
    for (std::vector<Target> family : {portable_targets(), x86_targets()})
        std::move(family.begin(), family.end(), std::back_inserter(all));
    return most_general_first(all);
}

const Target* find_built(const std::string& name) {
    const auto found =
        std::find_if(targets().begin(), targets().end(), [&](const Target& target) { return target.name == name; });
    return found == targets().end() ? nullptr : &*found;
}

/// As an emitted program chooses among all targets that compute with such numbers in their own way.
const Target& native_target(Numbers numbers) {
    const auto fits = [&](const Target& target) {
        return runs_here(target) && (numbers == Numbers::whole || target.floats_as.empty());
    };
    const auto last = std::find_if(targets().rbegin(), targets().rend(), fits);
    check(last != targets().rend(), "every machine runs a target");
    return *last;
}

}  // namespace

const std::vector<Target>& targets() {
    static const std::vector<Target> all = all_targets();
    return all;
}

std::string target_list() {
    std::string list;
    for (const Target& target : targets()) list += (list.empty() ? "" : ", ") + target.name;
    return list;
}

const Target& find_target(const std::string& name, Numbers numbers) {
    if (name == "native") return native_target(numbers);
    if (const Target* target = find_built(name)) return *target;
    const bool planned =
        std::find(std::begin(planned_targets), std::end(planned_targets), name) != std::end(planned_targets);
    throw UsageError(
        fmt::format("--target: {}{}; allowed: native, {}", name, planned ? " is not built yet" : "", target_list()));
}

bool runs_here(const Target& target) {
    switch (target.family) {
        case Family::any: return true;
        case Family::x86: return std::all_of(target.features.begin(), target.features.end(), x86_has);
    }
    throw InternalError("internal error: broken invariant: a machine can be asked for the features of a family");
}

}  // namespace ssdgen
