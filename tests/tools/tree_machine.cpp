#include "tools/tree_machine.h"

#include "support/words.h"
#include "weights/number_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string_view>

namespace ssdgen::test {

namespace {

constexpr int most_lanes = 64;

struct Vector {
    float lane[most_lanes];
};

struct Place {
    Area* area = nullptr;
    std::int64_t at = 0;  // in bytes
    Element element = Element::f32;
    bool is_const = true;
};

/// A name's values, those of inner bodies behind those of outer ones.
template <class Value>
class Names {
  public:
    std::size_t count() const { return values_.size(); }
    void forget_from(std::size_t count) { values_.erase(values_.begin() + std::ptrdiff_t(count), values_.end()); }
    void add(std::string_view name, const Value& value) { values_.emplace_back(name, value); }

    /// Null if there is none from the place `first` on.
    Value* find(std::string_view name, std::size_t first = 0) {
        for (std::size_t index = values_.size(); index > first; --index)
            if (same(values_[index - 1].first, name)) return &values_[index - 1].second;
        return nullptr;
    }

  private:
    /// Names of a tree differ at their ends.
    static bool same(std::string_view a, std::string_view b) {
        return a.size() == b.size() && (a.empty() || a.back() == b.back()) && a == b;
    }

    std::vector<std::pair<std::string_view, Value>> values_;  // names are those of the tree
};

float as_float(Element element, const std::uint8_t* bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), std::size_t(bytes_of(element)));
    switch (element) {
        case Element::f32: return load_little_endian<float>(text, 0);
        case Element::f16: return from_half(load_little_endian<std::uint16_t>(text, 0));
        case Element::bf16: return from_bfloat16(load_little_endian<std::uint16_t>(text, 0));
        case Element::u8: return float(load_little_endian<std::uint8_t>(text, 0));
        case Element::s8: return float(load_little_endian<std::int8_t>(text, 0));
        case Element::s32: return float(load_little_endian<std::int32_t>(text, 0));
    }
    throw TreeError("a number has a type");
}

/// A call of one function.
class Frame {
  public:
    Frame(const KernelTree& tree, const Target& target, const Function& function)
        : tree_(tree),
          target_(target),
          function_(function),
          lanes_(vector_unit(target, Element::f32).lanes),
          fused_(vector_unit(target, Element::f32).fused) {
        if (lanes_ > most_lanes) fail("vectors have at most {} lanes", most_lanes);
        for (const NamedNumber& number : tree.numbers) numbers_[number.name] = number.value;
    }

    void run(const std::vector<Argument>& arguments) {
        take(arguments);
        run(function_.body);
    }

  private:
    template <class... Parts>
    [[noreturn]] void fail(const char* what, const Parts&... parts) const {
        throw TreeError(fmt::format("kernel {}, function {}: ", tree_.name, function_.name) +
                        fmt::format(fmt::runtime(what), parts...));
    }

    void take(const std::vector<Argument>& arguments) {
        if (arguments.size() != function_.parameters.size())
            fail("it takes {} arguments, not {}", function_.parameters.size(), arguments.size());
        for (std::size_t index = 0; index < arguments.size(); ++index)
            take(function_.parameters[index], arguments[index]);
    }
    void take(const Parameter& parameter, const Argument& argument) {
        switch (parameter.role) {
            case ParameterRole::input:
            case ParameterRole::weights:
            case ParameterRole::output:
                if (argument.kind != Argument::Kind::pointer) fail("{} is a pointer", parameter.name);
                if (parameter.name.empty()) return;
                return add(
                    pointers_, parameter.name,
                    Place{argument.area, argument.number, parameter.element, parameter.role != ParameterRole::output});
            case ParameterRole::index:
            case ParameterRole::count:
                if (argument.kind != Argument::Kind::number) fail("{} is a number", parameter.name);
                if (!parameter.name.empty()) set(parameter.name, argument.number);
                return;
        }
    }

    // --- Bodies.

    void run(const Body& body) {
        const std::size_t outer_first_vector = first_vector_, outer_first_pointer = first_pointer_;
        first_vector_ = vectors_.count();
        first_pointer_ = pointers_.count();
        for (const TreeNode& node : body) std::visit([&](const auto& one) { step(one); }, node.value);
        vectors_.forget_from(first_vector_);
        pointers_.forget_from(first_pointer_);
        first_vector_ = outer_first_vector;
        first_pointer_ = outer_first_pointer;
    }

    void step(const Comment&) {}
    void step(const Blank&) {}
    void step(const Loop& loop) {
        const std::int64_t first = loop.first.evaluate(numbers_), end = loop.end.evaluate(numbers_);
        if (loop.step <= 0) fail("a loop goes on");
        for (std::int64_t value = first; value < end; value += loop.step) {
            set(loop.variable, value);
            run(loop.body);
            numbers_.erase(loop.variable);
        }
    }
    void step(const Cases& cases) {
        const auto variable = numbers_.find(cases.variable);
        if (variable == numbers_.end()) fail("{} is no number", cases.variable);
        for (std::size_t index = 0; index < cases.cases.size(); ++index) {
            const Case& one = cases.cases[index];
            if (index + 1 == cases.cases.size() || variable->second < one.below.evaluate(numbers_))
                return run(one.body);
        }
    }
    void step(const Block& block) { run(block.body); }
    void step(const Call& call) {
        const auto called = std::find_if(tree_.functions.begin(), tree_.functions.end(),
                                         [&](const Function& one) { return one.name == call.function; });
        if (called == tree_.functions.end()) fail("there is no function {}", call.function);
        if (&*called >= &function_) fail("{} does not stand before it", call.function);
        if (call.arguments.size() != called->parameters.size())
            fail("{} takes {} arguments, not {}", call.function, called->parameters.size(), call.arguments.size());
        std::vector<Argument> arguments;
        for (std::size_t index = 0; index < call.arguments.size(); ++index)
            arguments.push_back(argument(call.arguments[index], called->parameters[index]));
        Frame(tree_, target_, *called).run(arguments);
    }
    Argument argument(const Address& address, const Parameter& parameter) {
        if (address.base.empty()) return Argument::value(address.offset.evaluate(numbers_));
        const Place place = moved(address);
        if (place.element != parameter.element)
            fail("{} points to {}, but {} is taken", address.base, spell(place.element), spell(parameter.element));
        if (place.is_const && parameter.role == ParameterRole::output) fail("{} is only read through", address.base);
        return {Argument::Kind::pointer, place.area, place.at};
    }

    // --- Pointers.

    void step(const Pointer& pointer) {
        Place place = moved(pointer.address);
        if (place.is_const && !pointer.is_const) fail("{} is only read through", pointer.address.base);
        place.is_const = pointer.is_const;
        add(pointers_, pointer.name, place, first_pointer_);
    }
    void step(const Advance& advance) {
        const Place place = moved(advance.pointer, advance.by);
        pointer(advance.pointer) = place;
    }
    void step(const Renew& renew) { pointer(renew.pointer); }
    void step(const Prefetch& prefetch) {
        pointer(prefetch.address.base);
        prefetch.address.offset.evaluate(numbers_);
    }

    Place& pointer(const std::string& name) {
        Place* const place = pointers_.find(name);
        if (place == nullptr) fail("there is no pointer {}", name);
        return *place;
    }

    Place moved(const Address& address) { return moved(address.base, address.offset); }
    Place moved(const std::string& base, const Expression& offset) {
        Place place = pointer(base);
        const std::int64_t by = offset.evaluate(numbers_) * bytes_of(place.element);
        place.at += by;
        if (place.area == nullptr) {
            if (by != 0) fail("{} points to nothing", base);
            return place;
        }
        if (place.at < 0 || place.at > place.area->size())
            fail("{} + {} lies outside: byte {} of {}, which has {}", base, offset.text(), place.at, place.area->name(),
                 place.area->size());
        return place;
    }

    // --- Memory.

    void step(const Load& load) {
        if (load.memory.lanes < 1 || load.memory.lanes > lanes_)
            fail("{} has {} lanes of {}", load.name, load.memory.lanes, lanes_);
        Vector vector{};
        read(load.address, load.memory, vector);
        make(load.name, vector);
    }
    void step(const Broadcast& broadcast) {
        Vector one{}, vector{};
        read(broadcast.address, {broadcast.memory, 1}, one);
        std::fill_n(vector.lane, lanes_, one.lane[0]);
        make(broadcast.name, vector);
    }
    void step(const Store& store) {
        const Vector& from = vector(store.name);
        if (store.memory.element != Element::f32) fail("{} is stored", spell(store.memory.element));
        if (store.memory.lanes < 1 || store.memory.lanes > lanes_)
            fail("{} of {} lanes are stored", store.memory.lanes, lanes_);
        const Place place = accessed(store.address, store.memory.element);
        if (place.is_const) fail("{} is only read through", store.address.base);
        guard([&] { place.area->write(place.at, from.lane, std::int64_t(sizeof(float)) * store.memory.lanes); });
    }

    void read(const Address& address, const VectorType& memory, Vector& to) {
        const Place place = accessed(address, memory.element);
        std::uint8_t bytes[most_lanes * sizeof(float)];
        const int size = bytes_of(memory.element);
        guard([&] { place.area->read(place.at, bytes, std::int64_t(size) * memory.lanes); });
        for (int lane = 0; lane < memory.lanes; ++lane)
            to.lane[lane] = as_float(memory.element, bytes + std::ptrdiff_t(lane) * size);
    }

    Place accessed(const Address& address, Element element) {
        const Place place = moved(address);
        if (place.area == nullptr) fail("{} points to nothing", address.base);
        if (place.element != element && place.element != Element::u8)
            fail("{} behind {}, which points to {}", spell(element), address.base, spell(place.element));
        return place;
    }

    /// An area's error with the place in the tree.
    template <class Access>
    void guard(const Access& access) const {
        try {
            access();
        } catch (const TreeError& error) {
            fail("{}", std::string(error.what()));
        }
    }

    // --- Arithmetic.

    void step(const Constant& constant) {
        if (constant.values.size() != 1 && int(constant.values.size()) != lanes_)
            fail("{} has {} values of {}", constant.name, constant.values.size(), lanes_);
        Vector made{};
        for (int lane = 0; lane < lanes_; ++lane)
            made.lane[lane] = constant.values[constant.values.size() == 1 ? 0 : std::size_t(lane)];
        make(constant.name, made);
    }
    void step(const Copy& copy) {
        const Vector source = vector(copy.source);
        make(copy.name, source);
    }
    void step(const MultiplyAdd& node) {
        const Vector &a = vector(node.a), &b = vector(node.b);
        Vector& sum = vector(node.sum);
        for (int lane = 0; lane < lanes_; ++lane)
            sum.lane[lane] = fused_ ? std::fma(a.lane[lane], b.lane[lane], sum.lane[lane])
                                    : a.lane[lane] * b.lane[lane] + sum.lane[lane];
    }
    void step(const Arithmetic& node) {
        const Vector &a = vector(node.a), &b = vector(node.b);
        Vector& target = vector(node.target);
        for (int lane = 0; lane < lanes_; ++lane) target.lane[lane] = combine(node.op, a.lane[lane], b.lane[lane]);
    }
    static float combine(Operator op, float a, float b) {
        switch (op) {
            case Operator::add: return a + b;
            case Operator::subtract: return a - b;
            case Operator::multiply: return a * b;
            case Operator::minimum: return a < b ? a : b;
            case Operator::maximum: return a > b ? a : b;
        }
        throw TreeError("an operator does something");
    }

    // --- Names.

    Vector& vector(const std::string& name) {
        Vector* const found = vectors_.find(name);
        if (found == nullptr) fail("there is no vector {}", name);
        return *found;
    }
    void make(const std::string& name, const Vector& vector) { add(vectors_, name, vector, first_vector_); }
    template <class Value>
    void add(Names<Value>& names, const std::string& name, const Value& value, std::size_t first = 0) const {
        if (names.find(name, first) != nullptr) fail("there are two of {}", name);
        names.add(name, value);
    }
    void set(const std::string& name, std::int64_t value) {
        if (!numbers_.emplace(name, value).second) fail("there are two of {}", name);
    }

    const KernelTree& tree_;
    const Target& target_;
    const Function& function_;
    const int lanes_;
    const bool fused_;
    std::map<std::string, std::int64_t> numbers_;
    Names<Place> pointers_;
    Names<Vector> vectors_;
    std::size_t first_vector_ = 0, first_pointer_ = 0;  // of the body that runs
};

}  // namespace

Area::Area(std::string name, std::int64_t bytes)
    : name_(std::move(name)), bytes_(std::size_t(bytes)), written_(std::size_t(bytes)) {}

Area::Area(std::string name, const std::vector<float>& values)
    : Area(std::move(name), std::int64_t(values.size() * sizeof(float))) {
    if (!values.empty()) write(0, values.data(), size());
}

Area::Area(std::string name, const std::vector<std::uint8_t>& bytes)
    : Area(std::move(name), std::int64_t(bytes.size())) {
    if (!bytes.empty()) write(0, bytes.data(), size());
}

Area::Area(std::string name, const std::vector<std::byte>& bytes) : Area(std::move(name), std::int64_t(bytes.size())) {
    if (!bytes.empty()) write(0, bytes.data(), size());
}

void Area::check_inside(std::int64_t at, std::int64_t count) const {
    if (at < 0 || count < 0 || at + count > size())
        throw TreeError(fmt::format("{} bytes at byte {} of {}, which has {}", count, at, name_, size()));
}

void Area::read(std::int64_t at, void* to, std::int64_t count) const {
    check_inside(at, count);
    const auto first = written_.begin() + std::ptrdiff_t(at);
    if (!std::all_of(first, first + std::ptrdiff_t(count), [](bool written) { return written; }))
        throw TreeError(fmt::format("{} bytes at byte {} of {} are not all written", count, at, name_));
    std::memcpy(to, bytes_.data() + at, std::size_t(count));
}

void Area::write(std::int64_t at, const void* from, std::int64_t count) {
    check_inside(at, count);
    std::memcpy(bytes_.data() + at, from, std::size_t(count));
    std::fill_n(written_.begin() + std::ptrdiff_t(at), count, true);
}

std::vector<float> Area::floats() const {
    std::vector<float> values(bytes_.size() / sizeof(float));
    if (!values.empty()) read(0, values.data(), std::int64_t(values.size() * sizeof(float)));
    return values;
}

void run_tree(const KernelTree& tree, const Target& target, const std::vector<Argument>& arguments,
              const std::string& function) {
    const auto found = std::find_if(tree.functions.begin(), tree.functions.end(),
                                    [&](const Function& one) { return one.name == function; });
    if (tree.functions.empty() || (!function.empty() && found == tree.functions.end()))
        throw TreeError(fmt::format("kernel {}: there is no function {}", tree.name, function));
    Frame(tree, target, function.empty() ? tree.functions.back() : *found).run(arguments);
}

void run_function(const Function& function, const Target& target, const std::vector<Argument>& arguments) {
    run_tree({function.name, {}, {function}}, target, arguments);
}

}  // namespace ssdgen::test
