#include "kernel/traits.h"

#include "support/error.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ssdgen {

namespace {

struct Costs {
    Cost operator()(const Comment&) const { return Cost::nothing; }
    Cost operator()(const Blank&) const { return Cost::nothing; }
    Cost operator()(const Loop&) const { return Cost::nothing; }
    Cost operator()(const Cases&) const { return Cost::nothing; }
    Cost operator()(const Pointer&) const { return Cost::nothing; }
    Cost operator()(const Advance&) const { return Cost::nothing; }
    Cost operator()(const Renew&) const { return Cost::nothing; }
    Cost operator()(const Load&) const { return Cost::load; }
    Cost operator()(const Prefetch&) const { return Cost::other; }
    Cost operator()(const Broadcast&) const { return Cost::load; }
    Cost operator()(const Constant&) const { return Cost::other; }
    Cost operator()(const Copy&) const { return Cost::other; }
    Cost operator()(const MultiplyAdd&) const { return Cost::multiply_add; }
    Cost operator()(const Arithmetic&) const { return Cost::other; }
    Cost operator()(const Store&) const { return Cost::store; }
    Cost operator()(const WholeLoad&) const { return Cost::load; }
    Cost operator()(const WholeBroadcast&) const { return Cost::load; }
    Cost operator()(const Interleave&) const { return Cost::load; }
    Cost operator()(const SumBytes&) const { return Cost::other; }
    Cost operator()(const WholeCompute&) const { return Cost::other; }
    Cost operator()(const WholeStore&) const { return Cost::store; }
    Cost operator()(const Block&) const { return Cost::nothing; }
    Cost operator()(const Call&) const { return Cost::nothing; }
};

struct Bodies {
    const std::function<void(const Body&)>& visit;

    void operator()(const Comment&) const {}
    void operator()(const Blank&) const {}
    void operator()(const Loop& loop) const { visit(loop.body); }
    void operator()(const Cases& cases) const {
        for (const Case& one : cases.cases) visit(one.body);
    }
    void operator()(const Pointer&) const {}
    void operator()(const Advance&) const {}
    void operator()(const Renew&) const {}
    void operator()(const Load&) const {}
    void operator()(const Prefetch&) const {}
    void operator()(const Broadcast&) const {}
    void operator()(const Constant&) const {}
    void operator()(const Copy&) const {}
    void operator()(const MultiplyAdd&) const {}
    void operator()(const Arithmetic&) const {}
    void operator()(const Store&) const {}
    void operator()(const WholeLoad&) const {}
    void operator()(const WholeBroadcast&) const {}
    void operator()(const Interleave&) const {}
    void operator()(const SumBytes&) const {}
    void operator()(const WholeCompute&) const {}
    void operator()(const WholeStore&) const {}
    void operator()(const Block& block) const { visit(block.body); }
    void operator()(const Call&) const {}
};

struct Addresses {
    const std::function<void(const Address&)>& visit;

    void operator()(const Comment&) const {}
    void operator()(const Blank&) const {}
    void operator()(const Loop&) const {}
    void operator()(const Cases&) const {}
    void operator()(const Pointer& pointer) const { visit(pointer.address); }
    void operator()(const Advance&) const {}
    void operator()(const Renew&) const {}
    void operator()(const Load& load) const { visit(load.address); }
    void operator()(const Prefetch& prefetch) const { visit(prefetch.address); }
    void operator()(const Broadcast& broadcast) const { visit(broadcast.address); }
    void operator()(const Constant&) const {}
    void operator()(const Copy&) const {}
    void operator()(const MultiplyAdd&) const {}
    void operator()(const Arithmetic&) const {}
    void operator()(const Store& store) const { visit(store.address); }
    void operator()(const WholeLoad& load) const { visit(load.address); }
    void operator()(const WholeBroadcast& load) const { visit(load.address); }
    void operator()(const Interleave& load) const {
        for (const Address& row : load.rows)
            if (!row.base.empty()) visit(row);
    }
    void operator()(const SumBytes& load) const { visit(load.address); }
    void operator()(const WholeCompute&) const {}
    void operator()(const WholeStore& store) const { visit(store.address); }
    void operator()(const Block&) const {}
    void operator()(const Call& call) const {
        for (const Address& argument : call.arguments) visit(argument);
    }
};

/// The expressions that are no offset of an address.
struct OwnExpressions {
    const std::function<void(const Expression&)>& visit;

    void operator()(const Comment& comment) const {
        if (comment.number) visit(*comment.number);
    }
    void operator()(const Blank&) const {}
    void operator()(const Loop& loop) const {
        visit(loop.first);
        visit(loop.end);
    }
    void operator()(const Cases& cases) const {
        for (std::size_t index = 0; index + 1 < cases.cases.size(); ++index)  // the last case has none
            visit(cases.cases[index].below);
    }
    void operator()(const Pointer&) const {}
    void operator()(const Advance& advance) const { visit(advance.by); }
    void operator()(const Renew&) const {}
    void operator()(const Load&) const {}
    void operator()(const Prefetch&) const {}
    void operator()(const Broadcast&) const {}
    void operator()(const Constant&) const {}
    void operator()(const Copy&) const {}
    void operator()(const MultiplyAdd&) const {}
    void operator()(const Arithmetic&) const {}
    void operator()(const Store&) const {}
    void operator()(const WholeLoad&) const {}
    void operator()(const WholeBroadcast&) const {}
    void operator()(const Interleave&) const {}
    void operator()(const SumBytes& load) const { visit(load.count); }
    void operator()(const WholeCompute&) const {}
    void operator()(const WholeStore&) const {}
    void operator()(const Block&) const {}
    void operator()(const Call&) const {}
};

struct Definitions {
    const std::function<void(const std::string&)>& visit;

    void operator()(const Comment&) const {}
    void operator()(const Blank&) const {}
    void operator()(const Loop&) const {}
    void operator()(const Cases&) const {}
    void operator()(const Pointer& pointer) const { visit(pointer.name); }
    void operator()(const Advance&) const {}
    void operator()(const Renew&) const {}
    void operator()(const Load& load) const { visit(load.name); }
    void operator()(const Prefetch&) const {}
    void operator()(const Broadcast& broadcast) const { visit(broadcast.name); }
    void operator()(const Constant& constant) const { visit(constant.name); }
    void operator()(const Copy& copy) const { visit(copy.name); }
    void operator()(const MultiplyAdd&) const {}
    void operator()(const Arithmetic&) const {}
    void operator()(const Store&) const {}
    void operator()(const WholeLoad& load) const { visit(load.name); }
    void operator()(const WholeBroadcast& load) const { visit(load.name); }
    void operator()(const Interleave& load) const {
        for (const std::string& name : load.names) visit(name);
    }
    void operator()(const SumBytes& load) const { visit(load.name); }
    void operator()(const WholeCompute& node) const {
        if (makes_register(node.op)) visit(node.target);
    }
    void operator()(const WholeStore&) const {}
    void operator()(const Block&) const {}
    void operator()(const Call&) const {}
};

/// The names that stand neither in an address nor in an expression.
struct OwnUses {
    const std::function<void(const std::string&)>& visit;

    void operator()(const Comment&) const {}
    void operator()(const Blank&) const {}
    void operator()(const Loop&) const {}
    void operator()(const Cases& cases) const { visit(cases.variable); }
    void operator()(const Pointer&) const {}
    void operator()(const Advance& advance) const { visit(advance.pointer); }
    void operator()(const Renew& renew) const { visit(renew.pointer); }
    void operator()(const Load&) const {}
    void operator()(const Prefetch&) const {}
    void operator()(const Broadcast&) const {}
    void operator()(const Constant&) const {}
    void operator()(const Copy& copy) const { visit(copy.source); }
    void operator()(const MultiplyAdd& sum) const {
        for (const std::string* name : {&sum.sum, &sum.a, &sum.b}) visit(*name);
    }
    void operator()(const Arithmetic& node) const {
        for (const std::string* name : {&node.a, &node.b}) visit(*name);
    }
    void operator()(const Store& store) const { visit(store.name); }
    void operator()(const WholeLoad&) const {}
    void operator()(const WholeBroadcast&) const {}
    void operator()(const Interleave&) const {}
    void operator()(const SumBytes&) const {}
    void operator()(const WholeCompute& node) const {
        if (!makes_register(node.op)) visit(node.target);
        for (const std::string& name : node.names) visit(name);
    }
    void operator()(const WholeStore& store) const {
        for (const std::string& name : store.names) visit(name);
    }
    void operator()(const Block&) const {}
    void operator()(const Call&) const {}
};

/// A visit of constant parts that hands them on as what they are parts of: a node that is not constant.
template <class Part>
std::function<void(const Part&)> changing(const std::function<void(Part&)>& visit) {
    return [&visit](const Part& part) { visit(const_cast<Part&>(part)); };
}

}  // namespace

Cost cost_of(const TreeNode& node) { return std::visit(Costs{}, node.value); }

void for_each_body(const TreeNode& node, const std::function<void(const Body&)>& visit) {
    std::visit(Bodies{visit}, node.value);
}

void for_each_body(TreeNode& node, const std::function<void(Body&)>& visit) {
    for_each_body(std::as_const(node), changing(visit));
}

void for_each_node(const Body& body, const std::function<void(const TreeNode&)>& visit) {
    for (const TreeNode& node : body) {
        visit(node);
        for_each_body(node, [&](const Body& inner) { for_each_node(inner, visit); });
    }
}

void for_each_node(Body& body, const std::function<void(TreeNode&)>& visit) {
    for_each_node(std::as_const(body), changing(visit));
}

void for_each_address(const TreeNode& node, const std::function<void(const Address&)>& visit) {
    std::visit(Addresses{visit}, node.value);
}

void for_each_address(TreeNode& node, const std::function<void(Address&)>& visit) {
    for_each_address(std::as_const(node), changing(visit));
}

void for_each_expression(const TreeNode& node, const std::function<void(const Expression&)>& visit) {
    for_each_address(node, [&](const Address& address) { visit(address.offset); });
    std::visit(OwnExpressions{visit}, node.value);
}

void for_each_expression(TreeNode& node, const std::function<void(Expression&)>& visit) {
    for_each_expression(std::as_const(node), changing(visit));
}

void for_each_definition(const TreeNode& node, const std::function<void(const std::string&)>& visit) {
    std::visit(Definitions{visit}, node.value);
}

void for_each_use(const TreeNode& node, const std::function<void(const std::string&)>& visit) {
    std::visit(OwnUses{visit}, node.value);
    for_each_address(node, [&](const Address& address) {
        if (!address.base.empty()) visit(address.base);
    });
    if (std::holds_alternative<Comment>(node.value)) return;
    std::set<std::string> names;
    for_each_expression(node, [&](const Expression& expression) { expression.collect_names(names); });
    for (const std::string& name : names) visit(name);
}

VectorUse vector_use(const Function& function) {
    const auto has = [&](ParameterRole role, Element element) {
        return std::any_of(function.parameters.begin(), function.parameters.end(), [&](const Parameter& parameter) {
            return parameter.role == role && parameter.element == element;
        });
    };
    if (has(ParameterRole::output, Element::u8)) return VectorUse::whole_numbers;
    return has(ParameterRole::weights, Element::u8) ? VectorUse::floats_of_bytes : VectorUse::floats;
}

bool makes_register(WholeOp op) {
    switch (op) {
        case WholeOp::inputs_of:
        case WholeOp::weights_of:
        case WholeOp::sums_of: return true;
        case WholeOp::keep_weights:
        case WholeOp::subtract_product:
        case WholeOp::scale_by_float:
        case WholeOp::scale_by_large_float:
        case WholeOp::scale_twice:
        case WholeOp::scale_once:
        case WholeOp::shift_left:
        case WholeOp::round_right:
        case WholeOp::divide_rounded:
        case WholeOp::rescale: return false;
    }
    throw InternalError("internal error: broken invariant: an operation makes a register or changes one");
}

}  // namespace ssdgen
