#include "kernel/pressure.h"

#include "kernel/traits.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ssdgen {

namespace {

/// What stands in memory: the pointer that leads there, as often as that was changed, the offset and how it is read.
template <class Read>
std::string place_of(const Read& read, const std::string& scope, const std::map<std::string, int>& changes) {
    const auto changed = changes.find(scope + read.address.base);
    return fmt::format("{}{}{}[{}]", scope, read.address.base, changed == changes.end() ? 0 : changed->second,
                       read.address.offset.text());
}

const Function& function_of(const KernelTree& tree, const std::string& name) {
    const auto found = std::find_if(tree.functions.begin(), tree.functions.end(),
                                    [&](const Function& function) { return function.name == name; });
    check(found != tree.functions.end(), "kernel function " + name + " is defined");
    return *found;
}

/// A loop of fewer operations, all its rounds together, is taken for straight code: Clang 14 unrolls such a one with
/// -O3.
constexpr std::int64_t unrolled_size = 300;

/// Walks a function from top to bottom and notes when each value is made and when it is used last.
class Walk {
  public:
    Walk(const KernelTree& tree, const VectorUnit& unit) : tree_(tree), unit_(unit) {
        for (const NamedNumber& number : tree.numbers) numbers_[number.name] = number.value;
    }

    void body(const Body& nodes) {
        for (const TreeNode& node : nodes) std::visit([&](const auto& one) { visit(one); }, node.value);
    }

    int most_alive() const {
        std::vector<int> changes(std::size_t(time_) + 2);
        for (const Value& value : values_) {
            ++changes[std::size_t(value.made)];
            --changes[std::size_t(value.used) + 1];
        }
        int alive = 0, most = 0;
        for (int change : changes) most = std::max(most, alive += change);
        return most;
    }

    int ahead() const { return ahead_; }

  private:
    struct Value {
        int made, used;
        bool is_read;  // as it stands in memory
        bool is_kept;  // in a register, whatever the compiler thinks
        int uses;
    };
    using Names = std::map<std::string, int>;  // the value of each vector

    void visit(const Loop& loop) {
        if (const std::int64_t rounds = rounds_of(loop); rounds * size_of(loop.body) <= unrolled_size) {
            const std::string scope = scope_;
            for (std::int64_t round = 0; round < rounds; ++round) {
                scope_ = fmt::format("{}{}.", scope, ++calls_);
                const Names outer = names_;
                body(loop.body);
                leave(outer);
            }
            scope_ = scope;
            return;
        }
        compute_all();
        const int begin = ++time_;
        const Names outer = names_;
        const std::size_t older = values_.size();
        body(loop.body);
        compute_all();
        ++time_;
        for (std::size_t index = 0; index < older; ++index)  // the next round needs what this one found
            if (values_[index].used >= begin) values_[index].used = time_;
        leave(outer);
    }
    /// Of a loop that compilers may unroll; of another more than any.
    std::int64_t rounds_of(const Loop& loop) const {
        if (!loop.first.is_known(numbers_) || !loop.end.is_known(numbers_)) return unrolled_size + 1;
        const std::int64_t way = loop.end.evaluate(numbers_) - loop.first.evaluate(numbers_);
        return std::clamp<std::int64_t>((way + loop.step - 1) / loop.step, 0, unrolled_size + 1);
    }
    /// Operations on vectors, where loops are unrolled that may be.
    std::int64_t size_of(const Body& nodes) const {
        std::int64_t size = 1;
        for (const TreeNode& node : nodes) {
            size += cost_of(node) == Cost::nothing ? 0 : 1;
            const auto* loop = std::get_if<Loop>(&node.value);
            const std::int64_t rounds = loop ? rounds_of(*loop) : 1;
            for_each_body(
                node, [&](const Body& inner) { size = std::min(size + rounds * size_of(inner), unrolled_size + 1); });
        }
        return size;
    }
    void visit(const Cases& cases) {
        std::vector<int> reads;
        const Names outer = names_;
        compute_all();
        for (const Case& one : cases.cases) {
            const std::set<std::string> before = std::exchange(at_first_, {});
            const bool stored = std::exchange(stored_, false);
            body(one.body);
            compute_all();
            leave(outer);
            reads.push_back(int(at_first_.size()));
            at_first_.insert(before.begin(), before.end());
            stored_ = stored_ || stored;
        }
        std::sort(reads.begin(), reads.end());
        if (reads.size() > 1) ahead_ = std::max(ahead_, reads[reads.size() - 2]);
    }
    void visit(const Block& block) {
        const Names outer = names_;
        body(block.body);
        leave(outer);
    }
    void visit(const Call& call) {
        Names outer;
        std::swap(outer, names_);
        const std::string scope = std::exchange(scope_, fmt::format("{}:", ++calls_));
        body(function_of(tree_, call.function).body);
        scope_ = scope;
        std::swap(outer, names_);
    }
    void visit(const Advance& advance) { ++changes_[scope_ + advance.pointer]; }
    void visit(const Renew& renew) { ++changes_[scope_ + renew.pointer]; }
    void visit(const Pointer& pointer) { ++changes_[scope_ + pointer.name]; }
    void visit(const Load& load) {
        read(load);
        if (load.keep) values_[std::size_t(names_.at(load.name))].is_kept = true;
    }
    void visit(const Broadcast& broadcast) { read(broadcast); }
    void visit(const Constant& constant) { make(constant.name); }
    void visit(const Copy& copy) {
        use(copy.source);
        make(copy.name);
    }
    void visit(const MultiplyAdd& sum) { compute(sum.sum, sum.a, sum.b); }
    void visit(const Arithmetic& node) { compute(node.target, node.a, node.b); }
    void visit(const Store& store) {
        use(store.name);
        const std::vector<int> operands = take_waiting(names_.at(store.name));
        if (!unit_.fused || store.memory.lanes == 1) compute_from(operands);
        known_.clear();
        stored_ = true;
    }
    void visit(const WholeLoad& load) {
        read(load);
        if (load.keep) values_[std::size_t(names_.at(load.name))].is_kept = true;
    }
    void visit(const WholeBroadcast& broadcast) { read(broadcast); }
    void visit(const Interleave& node) {
        // Each row for itself at first.
        for (std::size_t row = 1; row < node.rows.size(); ++row) make(node.names[0]);
        for (const std::string& name : node.names) make(name);
    }
    void visit(const SumBytes& node) { make(node.name); }
    void visit(const WholeCompute& node) {
        for (const std::string& name : node.names) use(name);
        if (makes_register(node.op)) return make(node.target);
        compute_from(take_waiting(names_.at(node.target)));
        change(node.target);
    }
    void visit(const WholeStore& store) {
        for (const std::string& name : store.names) {
            use(name);
            compute_from(take_waiting(names_.at(name)));
        }
        known_.clear();
        stored_ = true;
    }
    void visit(const Comment&) {}
    void visit(const Blank&) {}
    void visit(const Prefetch&) {}

    template <class Read>
    void read(const Read& node) {
        const std::string place = place_of(node, scope_, changes_);
        if (!stored_) at_first_.insert(place);
        const auto known = known_.find(place);
        if (known == known_.end()) {
            make(node.name, true);
            known_[place] = names_.at(node.name);
        } else {
            names_[node.name] = known->second;
            use(node.name);
        }
    }
    void make(const std::string& name, bool is_read = false) {
        ++time_;
        names_[name] = int(values_.size());
        values_.push_back({time_, time_, is_read, false, 0});
    }
    void use(const std::string& name) {
        Value& value = values_[std::size_t(names_.at(name))];
        value.used = ++time_;
        ++value.uses;
    }
    /// Now the sum is computed. What nothing else needs is read only then.
    void compute_from(const std::vector<int>& operands) {
        for (const int operand : operands) {
            Value& value = values_[std::size_t(operand)];
            if (value.uses > 1 || value.is_kept) value.used = time_;
        }
    }
    void compute(const std::string& target, const std::string& a, const std::string& b) {
        use(a);
        use(b);
        std::vector<int> operands = take_waiting(names_.at(target));
        for (const int operand : {names_.at(a), names_.at(b)}) {
            operands.push_back(operand);
            const std::vector<int> more = take_waiting(operand);  // a sum itself, perhaps
            operands.insert(operands.end(), more.begin(), more.end());
        }
        change(target);
        waiting_[names_.at(target)] = std::move(operands);
    }
    /// The names of a body end with it; others have got new values there.
    void leave(const Names& outer) {
        Names names;
        for (const auto& [name, value] : outer) names[name] = names_.at(name);
        names_ = std::move(names);
    }
    std::vector<int> take_waiting(int sum) {
        const auto waiting = waiting_.find(sum);
        if (waiting == waiting_.end()) return {};
        std::vector<int> operands = std::move(waiting->second);
        waiting_.erase(waiting);
        return operands;
    }
    /// A block of straight code is over.
    void compute_all() {
        ++time_;
        if (!unit_.fused)
            for (const auto& [sum, operands] : waiting_) compute_from(operands);
        waiting_.clear();
    }
    /// A sum takes the place of what it was.
    void change(const std::string& name) {
        use(name);
        if (values_[std::size_t(names_.at(name))].is_read) make(name);
    }

    const KernelTree& tree_;
    const VectorUnit& unit_;
    std::map<std::string, std::int64_t> numbers_;
    std::map<int, std::vector<int>> waiting_;  // what sums are computed from that are not computed yet
    std::vector<Value> values_;
    Names names_;
    std::map<std::string, int> known_;  // places whose numbers are in a value already
    std::map<std::string, int> changes_;
    std::set<std::string> at_first_;
    std::string scope_;
    bool stored_ = false;
    int calls_ = 0;
    int time_ = 0;
    int ahead_ = 0;
};

}  // namespace

Pressure pressure(const Function& function, const KernelTree& tree, const VectorUnit& unit) {
    Walk walk(tree, unit);
    walk.body(function.body);
    return {walk.most_alive(), walk.ahead()};
}

}  // namespace ssdgen
