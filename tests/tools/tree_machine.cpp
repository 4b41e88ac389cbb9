#include "tools/tree_machine.h"

#include "tools/prepared_tree.h"
#include "weights/number_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace ssdgen::test {

namespace {

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

struct Place {
    Area* area = nullptr;
    std::int64_t at = 0;  // in bytes
};

/// Numbers, pointers and vectors of the functions that run, those of a called one behind its caller's.
struct Frame {
    std::int64_t* numbers;
    Place* pointers;
    float* vectors;
};

/// A run of a function.
class Running {
  public:
    Running(const std::string& kernel, const std::vector<prepared::Function>& functions, const Target& target)
        : kernel_(kernel),
          functions_(functions),
          lanes_(vector_unit(target, Element::f32).lanes),
          fused_(vector_unit(target, Element::f32).fused) {}

    void run(const prepared::Function& function, const std::vector<Argument>& arguments) {
        if (arguments.size() != function.parameters.size())
            throw TreeError(fmt::format("kernel {}, function {}: it takes {} arguments, not {}", kernel_, function.name,
                                        function.parameters.size(), arguments.size()));
        std::vector<std::int64_t> numbers(std::size_t(function.all_numbers));
        std::vector<Place> pointers(std::size_t(function.all_pointers));
        std::vector<float> vectors(std::size_t(function.all_vectors) * std::size_t(lanes_));
        const Frame frame{numbers.data(), pointers.data(), vectors.data()};
        for (std::size_t index = 0; index < arguments.size(); ++index) {
            const prepared::Parameter& parameter = function.parameters[index];
            const Argument& argument = arguments[index];
            prepared::check_argument(kernel_, function.name, parameter, argument.kind == Argument::Kind::pointer);
            if (parameter.is_pointer)
                pointers[std::size_t(parameter.place)] = {argument.area, argument.number};
            else
                numbers[std::size_t(parameter.place)] = argument.number;
        }
        run(function, frame);
    }

  private:
    template <class... Parts>
    [[noreturn]] void fail(const char* what, const Parts&... parts) const {
        throw TreeError(fmt::format("kernel {}, function {}: ", kernel_, function_->name) +
                        fmt::format(fmt::runtime(what), parts...));
    }

    void run(const prepared::Function& function, const Frame& frame) {
        const prepared::Function* const outer_function = function_;
        const Frame outer_frame = frame_;
        function_ = &function;
        frame_ = frame;
        frame_.numbers[0] = 1;
        run(function.body);
        function_ = outer_function;
        frame_ = outer_frame;
    }

    void run(const prepared::Body& body) {
        for (const prepared::Node& node : body) std::visit([&](const auto& one) { step(one); }, node.value);
    }

    void step(const prepared::Loop& loop) {
        const std::int64_t first = value(loop.first), end = value(loop.end);
        for (std::int64_t number = first; number < end; number += loop.step) {
            frame_.numbers[loop.variable] = number;
            run(loop.body);
        }
    }
    void step(const prepared::Cases& cases) {
        const std::int64_t number = frame_.numbers[cases.variable];
        for (const auto& [below, body] : cases.cases)
            if (&body == &cases.cases.back().second || number < value(below)) return run(body);
    }
    void step(const prepared::Call& call) {
        const prepared::Function& called = functions_[std::size_t(call.function)];
        const Frame inner{frame_.numbers + function_->numbers, frame_.pointers + function_->pointers,
                          frame_.vectors + std::ptrdiff_t(function_->vectors) * lanes_};
        for (std::size_t index = 0; index < call.arguments.size(); ++index) {
            const int place = called.parameters[index].place;
            if (const auto* address = std::get_if<prepared::Address>(&call.arguments[index]))
                inner.pointers[place] = moved(*address);
            else
                inner.numbers[place] = value(std::get<prepared::Sum>(call.arguments[index]));
        }
        run(called, inner);
    }

    std::int64_t value(const prepared::Sum& sum) const {
        std::int64_t value = sum.constant;
        for (const prepared::Term& term : sum.terms)
            value += term.factor * frame_.numbers[term.first] * frame_.numbers[term.second];
        return value;
    }

    // --- Pointers.

    void step(const prepared::Move& move) { frame_.pointers[move.pointer] = moved(move.to); }

    Place moved(const prepared::Address& address) const {
        Place place = frame_.pointers[address.pointer];
        const std::int64_t by = value(address.offset) * bytes_of(address.element);
        place.at += by;
        if (place.area == nullptr) {
            if (by != 0) fail("{} points to nothing", *address.base);
            return place;
        }
        if (place.at < 0 || place.at > place.area->size())
            fail("{} + {} lies outside: byte {} of {}, which has {}", *address.base, address.distance->text(), place.at,
                 place.area->name(), place.area->size());
        return place;
    }

    void step(const prepared::Fetch& fetch) const {
        const Place place = frame_.pointers[fetch.address.pointer];
        if (place.area)
            place.area->note_fetch(place.at + value(fetch.address.offset) * bytes_of(fetch.address.element));
    }

    Place accessed(const prepared::Address& address) const {
        const Place place = moved(address);
        if (place.area == nullptr) fail("{} points to nothing", *address.base);
        return place;
    }

    // --- Memory.

    void step(const prepared::Load& load) {
        float* const to = vector(load.vector);
        read(load.address, load.memory.element, load.memory.lanes, to);
        std::fill(to + load.memory.lanes, to + lanes_, 0.0F);
    }
    void step(const prepared::Broadcast& broadcast) {
        float value = 0;
        read(broadcast.address, broadcast.memory, 1, &value);
        std::fill_n(vector(broadcast.vector), lanes_, value);
    }
    void step(const prepared::Store& store) {
        const Place place = accessed(store.address);
        guard([&] { place.area->write(place.at, vector(store.vector), std::int64_t(sizeof(float)) * store.lanes); });
    }

    void read(const prepared::Address& address, Element element, int count, float* to) const {
        const Place place = accessed(address);
        const int size = bytes_of(element);
        guard([&] {
            const std::uint8_t* const bytes = place.area->written(place.at, std::int64_t(size) * count);
            if (element == Element::f32) {
                std::memcpy(to, bytes, std::size_t(size) * std::size_t(count));
                return;
            }
            for (int lane = 0; lane < count; ++lane) to[lane] = as_float(element, bytes + std::ptrdiff_t(lane) * size);
        });
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

    float* vector(int place) const { return frame_.vectors + std::ptrdiff_t(place) * lanes_; }

    void step(const prepared::Constant& constant) {
        std::copy(constant.lanes.begin(), constant.lanes.end(), vector(constant.vector));
    }
    void step(const prepared::Copy& copy) { std::copy_n(vector(copy.source), lanes_, vector(copy.vector)); }
    void step(const prepared::MultiplyAdd& node) {
        const float *a = vector(node.a), *b = vector(node.b);
        float* const sum = vector(node.sum);
        if (fused_)
            for (int lane = 0; lane < lanes_; ++lane) sum[lane] = std::fma(a[lane], b[lane], sum[lane]);
        else
            for (int lane = 0; lane < lanes_; ++lane) sum[lane] = a[lane] * b[lane] + sum[lane];
    }
    void step(const prepared::Arithmetic& node) {
        const float *a = vector(node.a), *b = vector(node.b);
        float* const target = vector(node.target);
        for (int lane = 0; lane < lanes_; ++lane) target[lane] = combine(node.op, a[lane], b[lane]);
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

    const std::string& kernel_;
    const std::vector<prepared::Function>& functions_;
    const int lanes_;
    const bool fused_;
    const prepared::Function* function_ = nullptr;
    Frame frame_{};
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

const std::uint8_t* Area::written(std::int64_t at, std::int64_t count) const {
    check_inside(at, count);
    if (count != 0 && std::memchr(written_.data() + at, 0, std::size_t(count)) != nullptr)
        throw TreeError(fmt::format("{} bytes at byte {} of {} are not all written", count, at, name_));
    return bytes_.data() + at;
}

void Area::read(std::int64_t at, void* to, std::int64_t count) const {
    const std::uint8_t* const from = written(at, count);
    if (count != 0) std::memcpy(to, from, std::size_t(count));
}

void Area::write(std::int64_t at, const void* from, std::int64_t count) {
    check_inside(at, count);
    if (count == 0) return;
    std::memcpy(bytes_.data() + at, from, std::size_t(count));
    std::memset(written_.data() + at, 1, std::size_t(count));
}

void Area::forget(std::int64_t at, std::int64_t count) {
    check_inside(at, count);
    if (count != 0) std::memset(written_.data() + at, 0, std::size_t(count));
}

std::vector<float> Area::floats() const {
    std::vector<float> values(bytes_.size() / sizeof(float));
    if (!values.empty()) read(0, values.data(), std::int64_t(values.size() * sizeof(float)));
    return values;
}

class PreparedTree::Code {
  public:
    Code(const KernelTree& tree, const Target& target)
        : tree_(tree), target_(target), functions_(prepared::prepare(tree_, target)) {}

    void run(const std::vector<Argument>& arguments, const std::string& function) const {
        const auto found = std::find_if(functions_.begin(), functions_.end(),
                                        [&](const prepared::Function& one) { return one.name == function; });
        if (functions_.empty() || (!function.empty() && found == functions_.end()))
            throw TreeError(fmt::format("kernel {}: there is no function {}", tree_.name, function));
        Running(tree_.name, functions_, target_).run(function.empty() ? functions_.back() : *found, arguments);
    }

  private:
    KernelTree tree_;
    Target target_;
    std::vector<prepared::Function> functions_;
};

PreparedTree::PreparedTree(const KernelTree& tree, const Target& target)
    : code_(std::make_shared<Code>(tree, target)) {}

PreparedTree::PreparedTree(const Function& function, const Target& target)
    : PreparedTree(KernelTree{function.name, {}, {function}}, target) {}

void PreparedTree::run(const std::vector<Argument>& arguments, const std::string& function) const {
    code_->run(arguments, function);
}

void run_tree(const KernelTree& tree, const Target& target, const std::vector<Argument>& arguments,
              const std::string& function) {
    PreparedTree(tree, target).run(arguments, function);
}

void run_function(const Function& function, const Target& target, const std::vector<Argument>& arguments) {
    PreparedTree(function, target).run(arguments);
}

}  // namespace ssdgen::test
