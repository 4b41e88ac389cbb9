#include "kernel/unroll.h"

#include "kernel/count.h"
#include "kernel/simplify.h"
#include "kernel/traits.h"
#include "plan/kernels.h"
#include "plan/names.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ssdgen {

namespace {

/// What names stand for while a function's body is walked.
struct Scope {
    std::map<std::string, std::int64_t> numbers;
    std::map<std::string, Address> pointers;  // base: a parameter of the entry; offset: a number
};

class Unroller {
  public:
    explicit Unroller(const KernelTree& tree) : tree_(tree) {
        for (const NamedNumber& number : tree.numbers) numbers_[number.name] = number.value;
    }

    Scope scope_of(const Function& entry) const {
        Scope scope{numbers_, {}};
        for (const Parameter& parameter : entry.parameters) scope.pointers[parameter.name] = {parameter.name, 0};
        return scope;
    }

    /// The body of a called function in a block of its own. An argument without a base is a number.
    Block call(const std::string& name, const std::vector<Address>& arguments) {
        const auto found = std::find_if(tree_.functions.begin(), tree_.functions.end(),
                                        [&](const Function& function) { return function.name == name; });
        check(found != tree_.functions.end(), "kernel function " + name + " is defined");
        Scope scope{numbers_, {}};
        for (std::size_t index = 0; index < arguments.size(); ++index) {
            const std::string& parameter = found->parameters[index].name;
            if (arguments[index].base.empty())
                scope.numbers[parameter] = arguments[index].offset.evaluate({});
            else
                scope.pointers[parameter] = arguments[index];
        }
        return Block{body(found->body, scope)};
    }

    Body body(const Body& nodes, Scope& scope) {
        Body result;
        for (const TreeNode& node : nodes) std::visit([&](const auto& one) { append(result, one, scope); }, node.value);
        return result;
    }

  private:
    static Address resolve(const Address& address, const Scope& scope) {
        if (address.base.empty()) return {"", address.offset.evaluate(scope.numbers)};
        const auto found = scope.pointers.find(address.base);
        check(found != scope.pointers.end(), "the pointer " + address.base + " is known");
        return {found->second.base, found->second.offset + Expression(address.offset.evaluate(scope.numbers))};
    }

    void append(Body& result, const Loop& loop, Scope& scope) {
        const std::int64_t end = loop.end.evaluate(scope.numbers);
        for (std::int64_t value = loop.first.evaluate(scope.numbers); value < end; value += loop.step) {
            scope.numbers[loop.variable] = value;
            append_block(result, body(loop.body, scope));
        }
    }
    void append(Body& result, const Cases& cases, Scope& scope) {
        const std::int64_t value = scope.numbers.at(cases.variable);
        for (std::size_t index = 0; index < cases.cases.size(); ++index) {
            const Case& one = cases.cases[index];
            if (index + 1 < cases.cases.size() && value >= one.below.evaluate(scope.numbers)) continue;
            return append_block(result, body(one.body, scope));
        }
    }
    void append(Body& result, const Block& block, Scope& scope) { append_block(result, body(block.body, scope)); }
    void append(Body&, const Pointer& pointer, Scope& scope) {
        scope.pointers[pointer.name] = resolve(pointer.address, scope);
    }
    void append(Body&, const Advance& advance, Scope& scope) {
        scope.pointers.at(advance.pointer).offset += Expression(advance.by.evaluate(scope.numbers));
    }
    static void append(Body& result, const Comment& comment, const Scope& scope) {
        result.push_back(comment);
        auto& number = std::get<Comment>(result.back().value).number;
        if (number) number = number->evaluate(scope.numbers);
    }
    void append(Body&, const Renew&, Scope&) {}     // addresses count from parameters
    void append(Body&, const Prefetch&, Scope&) {}  // a straight line of code is not short of time
    void append(Body& result, const Call& node, Scope& scope) {
        std::vector<Address> arguments;
        for (const Address& argument : node.arguments) arguments.push_back(resolve(argument, scope));
        append_block(result, call(node.function, arguments).body);
    }
    template <class Kind, class = std::enable_if_t<is_plain<Kind>>>
    void append(Body& result, const Kind& node, const Scope& scope) {
        result.push_back(node);
        for_each_address(result.back(), [&](Address& address) { address = resolve(address, scope); });
    }

    /// A block, unless it makes no names.
    static void append_block(Body& result, Body more) {
        const bool plain = std::all_of(more.begin(), more.end(), [](const TreeNode& node) {
            return std::holds_alternative<Block>(node.value) || std::holds_alternative<Store>(node.value) ||
                   std::holds_alternative<WholeStore>(node.value) || std::holds_alternative<Comment>(node.value) ||
                   std::holds_alternative<Blank>(node.value);
        });
        if (!plain) return result.push_back(Block{std::move(more)});
        for (TreeNode& node : more) result.push_back(std::move(node));
    }

    const KernelTree& tree_;
    std::map<std::string, std::int64_t> numbers_;
};

}  // namespace

KernelTree unroll_whole(const KernelTree& tree, int units) {
    Unroller unroller(tree);
    KernelTree whole;
    whole.name = tree.name;
    Function entry = tree.functions.back();
    Scope scope = unroller.scope_of(entry);
    scope.numbers["first"] = 0;
    scope.numbers["end"] = units;
    entry.body = unroller.body(entry.body, scope);
    whole.functions.push_back(std::move(entry));
    return whole;
}

std::vector<UnrolledRows> unroll_rows(const Kernel& kernel, const KernelTree& tree) {
    Unroller unroller(tree);
    std::vector<UnrolledRows> forms;
    for (int form : unrolled_forms(kernel)) {
        Function function = tree.functions.back();
        Scope scope = unroller.scope_of(function);
        scope.numbers["y"] = 0;  // where the form is a number of rows: what it fetches is left out
        scope.numbers[takes_rows_side_by_side(kernel) ? "rows" : "y"] = form;
        function.body = unroller.body(function.body, scope);
        function.parameters.pop_back();
        if (takes_first_of_rows(kernel)) function.parameters.pop_back();
        function.name = unrolled_rows_name(function.name, kernel, form);
        unname_unused_parameters(function);
        forms.push_back({std::move(function), form});
    }
    return forms;
}

Function unroll_function(const Function& function) {
    const KernelTree tree{function.name, {}, {function}};
    Unroller unroller(tree);
    Function result = function;
    Scope scope = unroller.scope_of(function);
    result.body = unroller.body(function.body, scope);
    return result;
}

std::int64_t unrolled_bytes(const Body& body, const Target& target) {
    // An instruction with a far address takes 7 to 11 bytes; a fused multiply-add takes its input from memory in one,
    // two apart move it besides.
    Counts counts;
    for_each_node(body, [&](const TreeNode& node) { add(counts, counts_of(cost_of(node))); });
    return (vector_unit(target, Element::f32).fused ? 8 : 16) * counts.multiply_adds +
           9 * (counts.loads + counts.stores);
}

}  // namespace ssdgen
