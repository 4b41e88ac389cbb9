#include "kernel/lower.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

}  // namespace

int peak_chains(const Target& target) { return target.multiply_add_latency * target.multiply_adds <= 12 ? 12 : 16; }

KernelTree lower_peak(const Target& target) {
    KernelTree tree;
    tree.name = "multiply_add_chains";
    Function entry{tree.name, "", {{ParameterType::output, "values"}, {ParameterType::count, "iterations"}}, {}};
    const auto sum = [](int chain) { return fmt::format("sum_{}", chain); };
    entry.body.push_back(Broadcast{"a", {"values", 0}});
    entry.body.push_back(Broadcast{"b", {"values", 1}});
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Load{sum(chain), {"values", chain * target.lanes}, target.lanes});
    Loop loop{"i", 0, n("iterations"), 1, {}};
    for (int chain = 0; chain < peak_chains(target); ++chain) loop.body.push_back(MultiplyAdd{sum(chain), "a", "b"});
    entry.body.push_back(std::move(loop));
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Store{{"values", chain * target.lanes}, sum(chain), target.lanes});
    tree.functions.push_back(std::move(entry));
    return tree;
}

}  // namespace ssdgen
