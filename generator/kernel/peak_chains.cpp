#include "kernel/lower.h"

#include <fmt/format.h>

#include <utility>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

}  // namespace

int peak_chains(const Target& target, Element operand) {
    const VectorUnit& unit = vector_unit(target, operand);
    return unit.latency * unit.multiply_adds <= 12 ? 12 : 16;
}

namespace {

std::string chain_name(int chain) { return fmt::format("acc_{}", chain); }

Function peak_entry(const KernelTree& tree, Element operand) {
    return {tree.name, "", {{ParameterRole::output, "values", operand}, {ParameterRole::count, "iterations"}}, {}};
}

/// The weights are read anew in every round, and are as new in every chain: of products that are always the same one
/// would be made for all.
KernelTree lower_whole_peak(const Target& target) {
    const int lanes = vector_unit(target, Element::u8).lanes, chains = peak_chains(target, Element::u8);
    KernelTree tree;
    tree.name = "multiply_add_chains";
    Function entry = peak_entry(tree, Element::u8);
    entry.body.push_back(WholeBroadcast{"in", {"values", 0}});
    entry.body.push_back(Pointer{"w", {"values", 0}});
    for (int chain = 0; chain < chains; ++chain)
        entry.body.push_back(WholeLoad{chain_name(chain), {"values", chain * lanes * 4}, {Element::s32, lanes}});
    Loop loop{"i", 0, n("iterations"), 1, {}};
    loop.body.push_back(Renew{"w"});
    loop.body.push_back(WholeLoad{"weights", {"w", 0}, {Element::s8, lanes}});
    for (int chain = 0; chain < chains; ++chain) {
        if (chain > 0) loop.body.push_back(WholeCompute{WholeOp::keep_weights, "weights", {}});
        loop.body.push_back(MultiplyAdd{chain_name(chain), "in", "weights"});
    }
    entry.body.push_back(std::move(loop));
    for (int chain = 0; chain < chains; ++chain)
        entry.body.push_back(WholeStore{{"values", chain * lanes * 4}, {chain_name(chain)}, lanes});
    tree.functions.push_back(std::move(entry));
    return tree;
}

}  // namespace

KernelTree lower_peak(const Target& target, Element operand) {
    if (operand == Element::u8) return lower_whole_peak(target);
    const int lanes = vector_unit(target, Element::f32).lanes, chains = peak_chains(target, Element::f32);
    KernelTree tree;
    tree.name = "multiply_add_chains";
    Function entry = peak_entry(tree, Element::f32);
    entry.body.push_back(Broadcast{"a", {"values", 0}});
    entry.body.push_back(Broadcast{"b", {"values", 1}});
    for (int chain = 0; chain < chains; ++chain)
        entry.body.push_back(Load{chain_name(chain), {"values", chain * lanes}, lanes});
    Loop loop{"i", 0, n("iterations"), 1, {}};
    for (int chain = 0; chain < chains; ++chain) loop.body.push_back(MultiplyAdd{chain_name(chain), "a", "b"});
    entry.body.push_back(std::move(loop));
    for (int chain = 0; chain < chains; ++chain)
        entry.body.push_back(Store{{"values", chain * lanes}, chain_name(chain), lanes});
    tree.functions.push_back(std::move(entry));
    return tree;
}

}  // namespace ssdgen
