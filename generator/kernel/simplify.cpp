#include "kernel/simplify.h"

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

using Values = std::map<std::string, std::int64_t>;

/// Calls visit(expression) for every expression below a body.
template <class Visit>
void for_each_expression(Body& body, const Visit& visit);

template <class Visit>
struct Expressions {
    const Visit& visit;

    void operator()(Loop& loop) const {
        visit(loop.first);
        visit(loop.end);
        for_each_expression(loop.body, visit);
    }
    void operator()(Cases& cases) const {
        for (std::size_t index = 0; index < cases.cases.size(); ++index) {
            if (index + 1 < cases.cases.size()) visit(cases.cases[index].below);  // the last case has none
            for_each_expression(cases.cases[index].body, visit);
        }
    }
    void operator()(Block& block) const { for_each_expression(block.body, visit); }
    void operator()(Pointer& pointer) const { visit(pointer.address.offset); }
    void operator()(Advance& advance) const { visit(advance.by); }
    void operator()(Load& load) const { visit(load.address.offset); }
    void operator()(LoadBytes& load) const { visit(load.address.offset); }
    void operator()(Prefetch& prefetch) const { visit(prefetch.address.offset); }
    void operator()(Broadcast& broadcast) const { visit(broadcast.address.offset); }
    void operator()(Store& store) const { visit(store.address.offset); }
    void operator()(Call& call) const {
        for (Address& argument : call.arguments) visit(argument.offset);
    }
    template <class T>
    void operator()(T&) const {}  // holds no expression
};

template <class Visit>
void for_each_expression(Body& body, const Visit& visit) {
    for (TreeNode& node : body) std::visit(Expressions<Visit>{visit}, node.value);
}

void substitute(Body& body, const std::string& name, const Expression& by) {
    for_each_expression(body, [&](Expression& expression) { expression = expression.substitute(name, by); });
}

Body simplify_body(Body body, const Values& values);

/// The trips of a loop whose bounds are known; -1 if one of them is a parameter.
std::int64_t trips(const Loop& loop, const Values& values) {
    if (!loop.first.is_known(values) || !loop.end.is_known(values)) return -1;
    const std::int64_t span = loop.end.evaluate(values) - loop.first.evaluate(values);
    return span <= 0 ? 0 : (span + loop.step - 1) / loop.step;
}

void append(Body& body, Body more) {
    for (TreeNode& node : more) body.push_back(std::move(node));
}

void append_loop(Body& result, Loop loop, const Values& values) {
    const std::int64_t count = trips(loop, values);
    if (count == 0) return;
    if (count == 1) {
        substitute(loop.body, loop.variable, loop.first);
        Body body = simplify_body(std::move(loop.body), values);
        // The names of a longer body must not meet those outside.
        if (body.size() == 1)
            append(result, std::move(body));
        else
            result.push_back(Block{std::move(body)});
        return;
    }
    loop.body = simplify_body(std::move(loop.body), values);
    result.push_back(std::move(loop));
}

Body simplify_body(Body body, const Values& values) {
    Body result;
    for (TreeNode& node : body) {
        if (auto* loop = std::get_if<Loop>(&node.value)) {
            append_loop(result, std::move(*loop), values);
        } else if (auto* cases = std::get_if<Cases>(&node.value)) {
            for (Case& one : cases->cases) one.body = simplify_body(std::move(one.body), values);
            if (cases->cases.size() == 1)
                append(result, std::move(cases->cases[0].body));
            else
                result.push_back(std::move(node));
        } else if (auto* block = std::get_if<Block>(&node.value)) {
            result.push_back(Block{simplify_body(std::move(block->body), values)});
        } else {
            result.push_back(std::move(node));
        }
    }
    return result;
}

/// The new names that a body's own statements make.
struct NewNames {
    std::set<std::string>& names;

    void operator()(const Pointer& pointer) const { names.insert(pointer.name); }
    void operator()(const Load& load) const { names.insert(load.name); }
    void operator()(const LoadBytes& load) const { names.insert(load.name); }
    void operator()(const Broadcast& broadcast) const { names.insert(broadcast.name); }
    void operator()(const Constant& constant) const { names.insert(constant.name); }
    void operator()(const Copy& copy) const { names.insert(copy.name); }
    template <class T>
    void operator()(const T&) const {}  // makes none
};

std::set<std::string> new_names(const Body& body) {
    std::set<std::string> names;
    for (const TreeNode& node : body) std::visit(NewNames{names}, node.value);
    return names;
}

/// A function with one block needs none, unless names inside meet those outside.
Body flatten_only_block(Body body) {
    const Block* only = nullptr;
    for (const TreeNode& node : body) {
        const auto* block = std::get_if<Block>(&node.value);
        if (block && only) return body;
        if (block) only = block;
    }
    if (!only) return body;
    const std::set<std::string> outside = new_names(body);
    for (const std::string& name : new_names(only->body))
        if (outside.count(name)) return body;
    Body flat;
    for (TreeNode& node : body) {
        if (auto* block = std::get_if<Block>(&node.value))
            append(flat, std::move(block->body));
        else
            flat.push_back(std::move(node));
    }
    return flat;
}

void remove_unused_numbers(KernelTree& tree) {
    std::set<std::string> used;
    for (Function& function : tree.functions)
        for_each_expression(function.body, [&](const Expression& expression) { expression.collect_names(used); });
    auto& numbers = tree.numbers;
    const auto unused = [&](const NamedNumber& number) { return used.count(number.name) == 0; };
    numbers.erase(std::remove_if(numbers.begin(), numbers.end(), unused), numbers.end());
}

/// What a body says of parameters: the bases of its addresses and the variables of its choices and expressions.
struct UsedNames {
    std::set<std::string>& names;

    void operator()(const Loop& loop) const { all(loop.body); }
    void operator()(const Cases& cases) const {
        names.insert(cases.variable);
        for (const Case& one : cases.cases) all(one.body);
    }
    void operator()(const Block& block) const { all(block.body); }
    void operator()(const Pointer& pointer) const { names.insert(pointer.address.base); }
    void operator()(const Load& load) const { names.insert(load.address.base); }
    void operator()(const LoadBytes& load) const { names.insert(load.address.base); }
    void operator()(const Broadcast& broadcast) const { names.insert(broadcast.address.base); }
    void operator()(const Store& store) const { names.insert(store.address.base); }
    void operator()(const Call& call) const {
        for (const Address& argument : call.arguments) names.insert(argument.base);
    }
    template <class T>
    void operator()(const T&) const {}  // names no parameter
    void all(const Body& body) const {
        for (const TreeNode& node : body) std::visit(*this, node.value);
    }
};

}  // namespace

void unname_unused_parameters(Function& function) {
    std::set<std::string> used;
    UsedNames{used}.all(function.body);
    for_each_expression(function.body, [&](const Expression& expression) { expression.collect_names(used); });
    for (Parameter& parameter : function.parameters)
        if (used.count(parameter.name) == 0) parameter.name.clear();
}

KernelTree simplify(KernelTree tree) {
    Values values;
    for (const NamedNumber& number : tree.numbers) values[number.name] = number.value;
    for (Function& function : tree.functions)
        function.body = flatten_only_block(simplify_body(std::move(function.body), values));
    remove_unused_numbers(tree);
    for (Function& function : tree.functions) unname_unused_parameters(function);
    return tree;
}

}  // namespace ssdgen
