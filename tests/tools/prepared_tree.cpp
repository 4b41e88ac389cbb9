#include "tools/prepared_tree.h"

#include "kernel/traits.h"
#include "support/words.h"
#include "tools/tree_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace ssdgen::test::prepared {

namespace {

/// What a name stands for in the bodies where it is known.
template <class Value>
class Names {
  public:
    std::size_t count() const { return names_.size(); }
    void forget_from(std::size_t count) { names_.resize(count); }
    int add(std::string_view name, const Value& value) {
        names_.push_back({name, value});
        most_ = std::max(most_, names_.size());
        return int(names_.size()) - 1;
    }

    /// The place of the innermost; -1 if there is none from the place `first` on.
    int find(std::string_view name, std::size_t first = 0) const {
        for (std::size_t index = names_.size(); index > first; --index)
            if (same(names_[index - 1].first, name)) return int(index) - 1;
        return -1;
    }

    const Value& operator[](int place) const { return names_[std::size_t(place)].second; }
    int most() const { return int(most_); }

  private:
    /// Names of a tree differ at their ends.
    static bool same(std::string_view a, std::string_view b) {
        return a.size() == b.size() && (a.empty() || a.back() == b.back()) && a == b;
    }

    std::vector<std::pair<std::string_view, Value>> names_;  // names are those of the tree
    std::size_t most_ = 0;
};

struct Pointed {
    Element element = Element::f32;
    bool is_const = true;
};
struct Nothing {};

class Preparing {
  public:
    Preparing(const KernelTree& tree, const Target& target, const ssdgen::Function& function,
              const std::vector<Function>& before)
        : tree_(tree), source_(function), before_(before), lanes_(vector_unit(target, Element::f32).lanes) {
        for (const NamedNumber& number : tree.numbers) named_[number.name] = number.value;
        numbers_.add("1", {});  // no name
    }

    Function prepare() {
        result_.name = source_.name;
        for (const ssdgen::Parameter& parameter : source_.parameters) result_.parameters.push_back(take(parameter));
        add(result_.body, source_.body);
        result_.numbers = numbers_.most();
        result_.pointers = pointers_.most();
        result_.vectors = vectors_.most();
        result_.all_numbers += result_.numbers;
        result_.all_pointers += result_.pointers;
        result_.all_vectors += result_.vectors;
        return std::move(result_);
    }

  private:
    template <class... Parts>
    [[noreturn]] void fail(const char* what, const Parts&... parts) const {
        throw TreeError(fmt::format("kernel {}, function {}: ", tree_.name, source_.name) +
                        fmt::format(fmt::runtime(what), parts...));
    }

    Parameter take(const ssdgen::Parameter& parameter) {
        switch (parameter.role) {
            case ParameterRole::input:
            case ParameterRole::weights:
            case ParameterRole::output:
                return {true, pointer(parameter.name, {parameter.element, parameter.role != ParameterRole::output}),
                        parameter.name};
            case ParameterRole::index:
            case ParameterRole::count:
                return {false, parameter.name.empty() ? numbers_.add("", {}) : number(parameter.name), parameter.name};
        }
        fail("a parameter has a role");
    }

    // --- Names.

    int number(const std::string& name) {
        if (named_.count(name) || numbers_.find(name) >= 0) fail("there are two of {}", name);
        return numbers_.add(name, {});
    }
    int pointer(const std::string& name, const Pointed& pointed) {
        if (!name.empty() && pointers_.find(name, first_pointer_) >= 0) fail("there are two of {}", name);
        return pointers_.add(name, pointed);
    }
    int vector(const std::string& name) {
        if (vectors_.find(name, first_vector_) >= 0) fail("there are two of {}", name);
        return vectors_.add(name, {});
    }

    int known_vector(const std::string& name) const {
        const int found = vectors_.find(name);
        if (found < 0) fail("there is no vector {}", name);
        return found;
    }
    int known_pointer(const std::string& name) const {
        const int found = name.empty() ? -1 : pointers_.find(name);
        if (found < 0) fail("there is no pointer {}", name);
        return found;
    }
    int known_number(const std::string& name) const {
        const int found = numbers_.find(name);
        if (found < 0) fail("{} is no number", name);
        return found;
    }

    // --- Numbers and addresses.

    Sum sum(const Expression& expression) const {
        if (expression.is_number()) return {expression.evaluate({})};
        Expression left = expression;
        std::set<std::string> names;
        expression.collect_names(names);
        for (const std::string& name : names) {
            const auto named = named_.find(name);
            if (named != named_.end()) left = left.substitute(name, named->second);
        }
        Sum sum;
        add_terms(sum, {}, left);
        return sum;
    }

    /// times * expression
    void add_terms(Sum& sum, const Term& times, const Expression& expression) const {
        std::set<std::string> names;
        expression.collect_names(names);
        if (names.empty()) {
            Term term = times;
            term.factor = expression.evaluate({});
            if (term.first == 0)
                sum.constant += term.factor;
            else if (term.factor != 0)
                sum.terms.push_back(term);
            return;
        }
        const std::string& name = *names.begin();
        const Expression without = expression.substitute(name, 0);
        const Expression factor = expression.substitute(name, 1) - without;
        if (!(without + factor * Expression::name(name) == expression) || times.second)
            fail("{} is more than a product of two", expression.text());
        add_terms(sum, times, without);
        Term more = times;
        (times.first ? more.second : more.first) = known_number(name);
        add_terms(sum, more, factor);
    }

    Address address(const ssdgen::Address& address) const { return this->address(address.base, address.offset); }
    Address address(const std::string& base, const Expression& offset) const {
        const int pointer = known_pointer(base);
        return {pointer, pointers_[pointer].element, sum(offset), &base, &offset};
    }

    bool is_const(const Address& address) const { return pointers_[address.pointer].is_const; }

    /// The address of numbers of a type.
    Address accessed(const ssdgen::Address& source, Element element) const {
        Address result = address(source);
        if (result.element != element && result.element != Element::u8)
            fail("{} behind {}, which points to {}", spell(element), source.base, spell(result.element));
        return result;
    }

    // --- Bodies.

    void add(Body& to, const ssdgen::Body& body) {
        const std::size_t outer_first_vector = first_vector_, outer_first_pointer = first_pointer_;
        first_vector_ = vectors_.count();
        first_pointer_ = pointers_.count();
        for (const TreeNode& node : body) std::visit([&](const auto& one) { add(to, one); }, node.value);
        vectors_.forget_from(first_vector_);
        pointers_.forget_from(first_pointer_);
        first_vector_ = outer_first_vector;
        first_pointer_ = outer_first_pointer;
    }
    Body body(const ssdgen::Body& source) {
        Body result;
        add(result, source);
        return result;
    }

    /// What kernels of whole numbers are made of is run by emitted programs alone.
    template <class Whole, class = std::enable_if_t<is_plain<Whole>>>
    void add(Body&, const Whole&) const {
        fail("whole numbers");
    }
    static void add(Body&, const Comment&) {}
    static void add(Body&, const Blank&) {}
    void add(Body& to, const ssdgen::Loop& loop) {
        if (loop.step <= 0) fail("a loop goes on");
        const Sum first = sum(loop.first), end = sum(loop.end);
        const std::size_t outer = numbers_.count();
        const int variable = number(loop.variable);
        to.push_back({Loop{variable, first, end, loop.step, body(loop.body)}});
        numbers_.forget_from(outer);
    }
    void add(Body& to, const ssdgen::Cases& cases) {
        Cases result{known_number(cases.variable), {}};
        for (const Case& one : cases.cases) {
            const bool last = &one == &cases.cases.back();
            result.cases.emplace_back(last ? Sum{} : sum(one.below), body(one.body));
        }
        to.push_back({std::move(result)});
    }
    void add(Body& to, const ssdgen::Block& block) { add(to, block.body); }

    void add(Body& to, const ssdgen::Call& call) {
        const auto called = std::find_if(tree_.functions.begin(), tree_.functions.end(),
                                         [&](const ssdgen::Function& one) { return one.name == call.function; });
        if (called == tree_.functions.end()) fail("there is no function {}", call.function);
        if (&*called >= &source_) fail("{} does not stand before it", call.function);
        if (call.arguments.size() != called->parameters.size())
            fail("{} takes {} arguments, not {}", call.function, called->parameters.size(), call.arguments.size());
        Call result{int(called - tree_.functions.begin()), {}};
        const Function& callee = before_[std::size_t(result.function)];
        for (std::size_t index = 0; index < call.arguments.size(); ++index) {
            const ssdgen::Address& argument = call.arguments[index];
            check_argument(tree_.name, callee.name, callee.parameters[index], !argument.base.empty());
            if (argument.base.empty())
                result.arguments.emplace_back(sum(argument.offset));
            else
                result.arguments.emplace_back(passed(argument, called->parameters[index]));
        }
        result_.all_numbers = std::max(result_.all_numbers, callee.all_numbers);
        result_.all_pointers = std::max(result_.all_pointers, callee.all_pointers);
        result_.all_vectors = std::max(result_.all_vectors, callee.all_vectors);
        to.push_back({std::move(result)});
    }
    Address passed(const ssdgen::Address& argument, const ssdgen::Parameter& parameter) const {
        Address result = address(argument);
        if (result.element != parameter.element)
            fail("{} points to {}, but {} is taken", argument.base, spell(result.element), spell(parameter.element));
        if (is_const(result) && parameter.role == ParameterRole::output) fail("{} is only read through", argument.base);
        return result;
    }

    void add(Body& to, const ssdgen::Pointer& pointer) {
        Address from = address(pointer.address);
        if (is_const(from) && !pointer.is_const) fail("{} is only read through", pointer.address.base);
        to.push_back({Move{this->pointer(pointer.name, {from.element, pointer.is_const}), std::move(from)}});
    }
    void add(Body& to, const Advance& advance) {
        to.push_back({Move{known_pointer(advance.pointer), address(advance.pointer, advance.by)}});
    }
    void add(Body&, const Renew& renew) const { known_pointer(renew.pointer); }
    void add(Body& to, const Prefetch& prefetch) const {
        Address from = address(prefetch.address);
        if (prefetch.into == CacheLevel::second) to.push_back({Fetch{std::move(from)}});
    }

    void add(Body& to, const ssdgen::Load& load) {
        if (load.memory.lanes < 1 || load.memory.lanes > lanes_)
            fail("{} has {} lanes of {}", load.name, load.memory.lanes, lanes_);
        Address from = accessed(load.address, load.memory.element);
        to.push_back({Load{vector(load.name), std::move(from), load.memory}});
    }
    void add(Body& to, const ssdgen::Broadcast& broadcast) {
        Address from = accessed(broadcast.address, broadcast.memory);
        to.push_back({Broadcast{vector(broadcast.name), std::move(from), broadcast.memory}});
    }
    void add(Body& to, const ssdgen::Store& store) const {
        const int from = known_vector(store.name);
        if (store.memory.element != Element::f32) fail("{} is stored", spell(store.memory.element));
        if (store.memory.lanes < 1 || store.memory.lanes > lanes_)
            fail("{} of {} lanes are stored", store.memory.lanes, lanes_);
        Address address = accessed(store.address, store.memory.element);
        if (is_const(address)) fail("{} is only read through", store.address.base);
        to.push_back({Store{std::move(address), from, store.memory.lanes}});
    }

    void add(Body& to, const ssdgen::Constant& constant) {
        std::vector<float> lanes = constant.values;
        if (lanes.size() == 1) lanes.resize(std::size_t(lanes_), lanes[0]);
        if (int(lanes.size()) != lanes_) fail("{} has {} values of {}", constant.name, lanes.size(), lanes_);
        to.push_back({Constant{vector(constant.name), std::move(lanes)}});
    }
    void add(Body& to, const ssdgen::Copy& copy) {
        const int source = known_vector(copy.source);
        to.push_back({Copy{vector(copy.name), source}});
    }
    void add(Body& to, const ssdgen::MultiplyAdd& node) const {
        const int a = known_vector(node.a), b = known_vector(node.b);
        to.push_back({MultiplyAdd{known_vector(node.sum), a, b}});
    }
    void add(Body& to, const ssdgen::Arithmetic& node) const {
        const int a = known_vector(node.a), b = known_vector(node.b);
        to.push_back({Arithmetic{node.op, known_vector(node.target), a, b}});
    }

    const KernelTree& tree_;
    const ssdgen::Function& source_;
    const std::vector<Function>& before_;
    const int lanes_;
    std::map<std::string, std::int64_t> named_;
    Names<Nothing> numbers_, vectors_;
    Names<Pointed> pointers_;
    std::size_t first_vector_ = 0, first_pointer_ = 0;  // of the body
    Function result_;
};

}  // namespace

std::vector<Function> prepare(const KernelTree& tree, const Target& target) {
    std::vector<Function> functions;
    for (const ssdgen::Function& function : tree.functions)
        functions.push_back(Preparing(tree, target, function, functions).prepare());
    return functions;
}

void check_argument(const std::string& kernel, const std::string& function, const Parameter& parameter,
                    bool is_pointer) {
    if (parameter.is_pointer != is_pointer)
        throw TreeError(fmt::format("kernel {}, function {}: {} is a {}", kernel, function, parameter.name,
                                    parameter.is_pointer ? "pointer" : "number"));
}

}  // namespace ssdgen::test::prepared
