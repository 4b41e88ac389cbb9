#include "kernel/simplify.h"

#include "kernel/traits.h"

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

using Values = std::map<std::string, std::int64_t>;

void substitute(Body& body, const std::string& name, const Expression& by) {
    for_each_node(body, [&](TreeNode& node) {
        for_each_expression(node, [&](Expression& expression) { expression = expression.substitute(name, by); });
    });
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
std::set<std::string> new_names(const Body& body) {
    std::set<std::string> names;
    for (const TreeNode& node : body) for_each_definition(node, [&](const std::string& name) { names.insert(name); });
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

std::set<std::string> used_names(const Function& function) {
    std::set<std::string> names;
    for_each_node(function.body, [&](const TreeNode& node) {
        for_each_use(node, [&](const std::string& name) { names.insert(name); });
    });
    return names;
}

/// The call that is all that a function does; null if it does more.
const Call* only_call(const Function& function) {
    return function.body.size() == 1 ? std::get_if<Call>(&function.body[0].value) : nullptr;
}

/// What a function that only calls another one has that called, for a call of itself.
Call forwarded(const Function& wrapper, const Call& call) {
    Call result = *only_call(wrapper);
    for (Address& argument : result.arguments) {
        const std::string base = argument.base;
        for (std::size_t index = 0; index < call.arguments.size(); ++index) {
            const Address& given = call.arguments[index];
            const std::string& parameter = wrapper.parameters[index].name;
            if (given.base.empty())
                argument.offset = argument.offset.substitute(parameter, given.offset);
            else if (parameter == base)
                argument.base = given.base;
        }
        for (std::size_t index = 0; index < call.arguments.size(); ++index)
            if (!base.empty() && wrapper.parameters[index].name == base)
                argument.offset += call.arguments[index].offset;
    }
    return result;
}

/// Functions stand before those that call them, so no call of a wrapper is left when its turn is over.
void remove_wrappers(KernelTree& tree) {
    for (std::size_t index = 0; index + 1 < tree.functions.size();) {
        if (!only_call(tree.functions[index])) {
            ++index;
            continue;
        }
        const Function wrapper = std::move(tree.functions[index]);
        tree.functions.erase(tree.functions.begin() + std::ptrdiff_t(index));
        for (Function& function : tree.functions)
            for_each_node(function.body, [&](TreeNode& node) {
                auto* call = std::get_if<Call>(&node.value);
                if (call && call->function == wrapper.name) *call = forwarded(wrapper, *call);
            });
    }
}

}  // namespace

void unname_unused_parameters(Function& function) {
    const std::set<std::string> used = used_names(function);
    for (Parameter& parameter : function.parameters)
        if (used.count(parameter.name) == 0) parameter.name.clear();
}

KernelTree simplify(KernelTree tree) {
    Values values;
    for (const NamedNumber& number : tree.numbers) values[number.name] = number.value;
    for (Function& function : tree.functions)
        function.body = flatten_only_block(simplify_body(std::move(function.body), values));
    remove_wrappers(tree);
    for (Function& function : tree.functions) unname_unused_parameters(function);
    return tree;
}

}  // namespace ssdgen
