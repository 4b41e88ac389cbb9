#include "kernel/lower.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

}  // namespace

int peak_chains(const Target& target) {
    const VectorUnit& unit = vector_unit(target, Element::f32);
    return unit.latency * unit.multiply_adds <= 12 ? 12 : 16;
}

KernelTree lower_peak(const Target& target) {
    const int lanes = vector_unit(target, Element::f32).lanes;
    KernelTree tree;
    tree.name = "multiply_add_chains";
    Function entry{tree.name, "", {{ParameterRole::output, "values"}, {ParameterRole::count, "iterations"}}, {}};
    const auto acc = [](int chain) { return fmt::format("acc_{}", chain); };
    entry.body.push_back(Broadcast{"a", {"values", 0}});
    entry.body.push_back(Broadcast{"b", {"values", 1}});
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Load{acc(chain), {"values", chain * lanes}, lanes});
    Loop loop{"i", 0, n("iterations"), 1, {}};
    for (int chain = 0; chain < peak_chains(target); ++chain) loop.body.push_back(MultiplyAdd{acc(chain), "a", "b"});
    entry.body.push_back(std::move(loop));
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Store{{"values", chain * lanes}, acc(chain), lanes});
    tree.functions.push_back(std::move(entry));
    return tree;
}

}  // namespace ssdgen
