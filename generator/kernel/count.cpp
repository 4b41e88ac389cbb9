#include "kernel/count.h"

#include "support/error.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ssdgen {

namespace {

using Values = std::map<std::string, std::int64_t>;

class Counter {
  public:
    explicit Counter(const KernelTree& tree) : tree_(tree) {
        for (const NamedNumber& number : tree.numbers) numbers_[number.name] = number.value;
    }

    Counts function(const Call& call, const Values& values) {
        for (const Function& function : tree_.functions) {
            if (function.name != call.function) continue;
            Values taken;
            for (std::size_t index = 0; index < call.arguments.size(); ++index) {
                const Address& argument = call.arguments[index];
                if (argument.base.empty()) taken[function.parameters[index].name] = argument.offset.evaluate(values);
            }
            const auto [known, fresh] = known_.emplace(std::pair(call.function, taken), Counts{});
            taken.insert(numbers_.begin(), numbers_.end());
            if (fresh) known->second = body(function.body, taken);
            return known->second;
        }
        throw InternalError("internal error: broken invariant: kernel function " + call.function + " is defined");
    }

    Counts body(const Body& nodes, Values values) {
        Counts sum;
        for (const TreeNode& node : nodes)
            add(sum, std::visit([&](const auto& one) { return count(one, values); }, node.value));
        return sum;
    }

  private:
    Counts count(const Loop& loop, Values values) {
        Counts sum;
        const std::int64_t end = loop.end.evaluate(values);
        const std::int64_t first = loop.first.evaluate(values);
        if (!has_cases(loop.body)) {
            const std::int64_t trips = end <= first ? 0 : (end - first + loop.step - 1) / loop.step;
            values[loop.variable] = first;
            if (trips) add(sum, body(loop.body, values), trips);
            return sum;
        }
        for (std::int64_t value = first; value < end; value += loop.step) {
            values[loop.variable] = value;
            add(sum, body(loop.body, values));
        }
        return sum;
    }
    Counts count(const Cases& cases, const Values& values) {
        const std::int64_t value = values.at(cases.variable);
        for (std::size_t index = 0; index + 1 < cases.cases.size(); ++index)
            if (value < cases.cases[index].below.evaluate(values)) return body(cases.cases[index].body, values);
        return body(cases.cases.back().body, values);
    }
    Counts count(const Block& block, const Values& values) { return body(block.body, values); }
    Counts count(const Call& call, const Values& values) { return function(call, values); }
    Counts count(const Pointer&, const Values&) { return {}; }
    Counts count(const Advance&, const Values&) { return {}; }
    Counts count(const Renew&, const Values&) { return {}; }
    template <class Kind, class = std::enable_if_t<is_plain<Kind>>>
    Counts count(const Kind& node, const Values&) {
        return counts_of(cost_of(node));
    }

    static bool has_cases(const Body& nodes) {
        for (const TreeNode& node : nodes)
            if (std::holds_alternative<Cases>(node.value)) return true;
        return false;
    }

    const KernelTree& tree_;
    Values numbers_;
    std::map<std::pair<std::string, Values>, Counts> known_;  // of a function, by the numbers that it is called with
};

}  // namespace

Counts counts_of(Cost cost) {
    switch (cost) {
        case Cost::multiply_add: return {1, 0, 0};
        case Cost::load: return {0, 1, 0};
        case Cost::store: return {0, 0, 1};
        case Cost::other:
        case Cost::nothing: return {};
    }
    throw InternalError("internal error: broken invariant: a node counts as something or nothing");
}

void add(Counts& sum, const Counts& more, std::int64_t times) {
    sum.multiply_adds += more.multiply_adds * times;
    sum.loads += more.loads * times;
    sum.stores += more.stores * times;
}

Counts count(const KernelTree& tree, int units) {
    Counter counter(tree);
    Values values{{"first", 0}, {"end", units}};
    for (const NamedNumber& number : tree.numbers) values[number.name] = number.value;
    const Function& entry = tree.functions.back();
    const auto has = [&](const char* name) {
        return std::any_of(entry.parameters.begin(), entry.parameters.end(),
                           [&](const Parameter& one) { return one.name == name; });
    };
    if (has("end")) return counter.body(entry.body, values);
    Counts sum;  // a stage of a stream, one row after the other
    values["rows"] = 1;
    for (int y = 0; y < units; ++y) {
        values["y"] = y;
        add(sum, counter.body(entry.body, values));
    }
    return sum;
}

}  // namespace ssdgen
