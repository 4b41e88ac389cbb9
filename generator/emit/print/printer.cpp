#include "emit/print/printer.h"

#include "emit/print/numbers.h"
#include "emit/print/vectors.h"
#include "kernel/traits.h"
#include "support/error.h"
#include "support/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace ssdgen {

namespace {

const char* operator_name(Operator op) {
    switch (op) {
        case Operator::add: return "add";
        case Operator::subtract: return "subtract";
        case Operator::multiply: return "multiply";
        case Operator::minimum: return "minimum";
        case Operator::maximum: return "maximum";
    }
    throw InternalError("internal error: broken invariant: an operator has a name");
}

/// What loads so typed numbers, which lie behind a pointer of such a type.
std::string load_function(Element memory, Element pointer) {
    check(pointer == Element::u8 || (pointer == Element::f32 && memory == pointer),
          "numbers are loaded through a pointer to floats or bytes");
    switch (memory) {
        case Element::f32: return pointer == Element::f32 ? "load" : "load_f32";
        case Element::f16: return "load_f16";
        case Element::bf16: return "load_bf16";
        case Element::u8: return "load_bytes";
        case Element::s8:
        case Element::s32: break;
    }
    throw InternalError(fmt::format("internal error: broken invariant: {} is loaded by a function", spell(memory)));
}

/// What __builtin_prefetch is told besides the address.
const char* locality(CacheLevel into) {
    switch (into) {
        case CacheLevel::first: return "";
        case CacheLevel::second: return ", 0, 2";
    }
    throw InternalError("internal error: broken invariant: a prefetch has a locality");
}

const char* type_name(Element element) {
    switch (element) {
        case Element::f32: return "float";
        case Element::u8: return "std::uint8_t";
        case Element::s8: return "std::int8_t";
        case Element::s32: return "std::int32_t";
        case Element::f16:
        case Element::bf16: break;
    }
    throw InternalError(fmt::format("internal error: broken invariant: C++ has a name for {}", spell(element)));
}

/// A register's type by the numbers in memory, and what loads it.
struct WholeType {
    const char *name, *load;
};

const WholeType& whole_type(Element memory) {
    static constexpr WholeType sums{"Sums", "load_sums"}, numbers{"Sums", "load_numbers"},
        weights{"Weights", "load_weights"}, factors{"Vector", "load_factors"};
    switch (memory) {
        case Element::s32: return sums;
        case Element::u8: return numbers;
        case Element::s8: return weights;
        case Element::f32: return factors;
        case Element::f16:
        case Element::bf16: break;
    }
    throw InternalError("internal error: broken invariant: whole numbers are of 8 or 32 bits");
}

/// What a row of bytes for so many registers is called, and what interleaves such.
struct RowForm {
    const char *row, *suffix;
};

const RowForm& row_form(int registers) {
    static constexpr RowForm one{"row", ""}, two{"pair_row", "_pair"}, four{"quad_row", "_quad"};
    switch (registers) {
        case 1: return one;
        case 2: return two;
        case 4: return four;
        default: throw InternalError("internal error: broken invariant: one, two or four registers are interleaved");
    }
}

/// What an operation is called, behind the type of what it makes.
struct WholeFunction {
    const char *type, *name;
};

const WholeFunction& whole_function(WholeOp op) {
    static constexpr WholeFunction functions[] = {
        {"Inputs ", "inputs_of"}, {"Weights ", "weights_of"}, {"Sums ", "sums_of"},         {"", "keep"},
        {"", "subtract_product"}, {"", "scale_by_float"},     {"", "scale_by_large_float"}, {"", "scale_twice"},
        {"", "scale_once"},       {"", "shift_left"},         {"", "round_right"},          {"", "divide_rounded"},
        {"", "rescale"}};
    return functions[std::size_t(op)];
}

std::string print_address(const std::string& base, const std::string& offset) {
    if (base.empty()) return offset;
    if (offset == "0") return base;
    const bool one_term = offset.find(" + ") == std::string::npos && offset.find(" - ") == std::string::npos;
    if (offset[0] == '-' && one_term) return fmt::format("{} - {}", base, offset.substr(1));
    // In brackets, so that no part of the sum lies outside the array.
    if (offset.find('-') != std::string::npos) return fmt::format("{} + ({})", base, offset);
    return fmt::format("{} + {}", base, offset);
}

class Printer {
  public:
    Printer(const Function& function, const std::vector<NamedNumber>& shape, int lanes) : lanes_(lanes) {
        for (const NamedNumber& number : shape) shape_.insert(number.name);
        for (const Parameter& parameter : function.parameters) pointers_[parameter.name] = parameter.element;
    }

    std::string print(const Body& body, int depth) {
        const bool blank_first = !body.empty() && std::holds_alternative<Blank>(body[0].value);
        lines(blank_first ? Body(body.begin() + 1, body.end()) : body, depth);
        return std::move(text_);
    }

  private:
    void line(int depth, const std::string& text) {
        if (!text.empty()) text_.append(std::size_t(depth) * 4, ' ').append(text);
        text_ += '\n';
    }

    void lines(const Body& body, int depth) {
        for (const TreeNode& node : body) std::visit([&](const auto& one) { print(one, depth); }, node.value);
    }

    void print(const Comment& comment, int depth) {
        line(depth, "// " + comment.text + (comment.number ? comment.number->text() + "." : ""));
    }
    void print(const Blank&, int depth) { line(depth, ""); }
    void print(const Loop& loop, int depth) {
        const std::string step =
            loop.step == 1 ? "++" + loop.variable : fmt::format("{} += {}", loop.variable, loop.step);
        line(depth, fmt::format("for (int {0} = {1}; {0} < {2}; {3}) {{", loop.variable, text(loop.first),
                                text(loop.end), step));
        lines(loop.body, depth + 1);
        line(depth, "}");
    }
    void print(const Cases& cases, int depth) {
        for (std::size_t index = 0; index < cases.cases.size(); ++index) {
            const Case& one = cases.cases[index];
            if (index + 1 == cases.cases.size())
                line(depth, "} else {");
            else
                line(depth, fmt::format("{}if ({} < {}) {{", index ? "} else " : "", cases.variable, text(one.below)));
            lines(one.body, depth + 1);
        }
        line(depth, "}");
    }
    void print(const Pointer& pointer, int depth) {
        const Element element = behind(pointer.address);
        pointers_[pointer.name] = element;
        line(depth, fmt::format("{}{}* {} = {};", pointer.is_const ? "const " : "", type_name(element), pointer.name,
                                print_address(pointer.address)));
    }
    void print(const Advance& advance, int depth) {
        line(depth, fmt::format("{} += {};", advance.pointer, text(advance.by)));
    }
    void print(const Renew& node, int depth) { line(depth, fmt::format("{0} = renewed({0});", node.pointer)); }
    void print(const Load& load, int depth) {
        const std::string value = fmt::format("{}{}({})", load_function(load.memory.element, behind(load.address)),
                                              lanes_suffix(load.memory.lanes), print_address(load.address));
        line(depth, fmt::format(load.keep ? "Vector {} = keep({});" : "Vector {} = {};", load.name, value));
    }
    void print(const Prefetch& node, int depth) {
        line(depth, fmt::format("__builtin_prefetch({}{});", print_address(node.address), locality(node.into)));
    }
    void print(const Broadcast& broadcast, int depth) {
        check_floats(broadcast.memory, broadcast.address);
        line(depth, fmt::format("Vector {} = broadcast({});", broadcast.name, print_address(broadcast.address)));
    }
    void print(const Constant& constant, int depth) {
        if (constant.values.size() == 1) {
            line(depth, fmt::format("Vector {} = constant({});", constant.name, print_float(constant.values[0])));
            return;
        }
        std::string values;
        for (float value : constant.values) values += (values.empty() ? "" : ", ") + print_float(value);
        line(depth, fmt::format("static const float {}_lanes[] = {{{}}};", constant.name, values));
        line(depth, fmt::format("Vector {0} = load({0}_lanes);", constant.name));
    }
    void print(const Copy& copy, int depth) {
        const bool sums = sums_.count(copy.source) != 0;
        if (sums) sums_.insert(copy.name);
        line(depth, fmt::format("{} {} = {};", sums ? "Sums" : "Vector", copy.name, copy.source));
    }
    void print(const MultiplyAdd& sum, int depth) {
        line(depth, fmt::format("{0} = multiply_add({1}, {2}, {0});", sum.sum, sum.a, sum.b));
    }
    void print(const Arithmetic& node, int depth) {
        line(depth, fmt::format("{} = {}({}, {});", node.target, operator_name(node.op), node.a, node.b));
    }
    void print(const Store& store, int depth) {
        if (store.memory.element == Element::s32)
            return line(depth, fmt::format("store_sums({}, {});", print_address(store.address), store.name));
        check_floats(store.memory.element, store.address);
        line(depth, fmt::format("store{}({}, {});", lanes_suffix(store.memory.lanes), print_address(store.address),
                                store.name));
    }
    void print(const WholeLoad& load, int depth) {
        const WholeType& type = whole_type(load.memory.element);
        if (load.memory.element == Element::s32 || load.memory.element == Element::u8) sums_.insert(load.name);
        const std::string value =
            fmt::format("{}{}({})", type.load, lanes_suffix(load.memory.lanes), print_address(load.address));
        line(depth, fmt::format(load.keep ? "{} {} = keep({});" : "{} {} = {};", type.name, load.name, value));
    }
    void print(const WholeBroadcast& load, int depth) {
        if (load.some)
            return line(depth, fmt::format("Inputs {} = broadcast_some({}, {});", load.name,
                                           print_address(load.address), text(*load.some)));
        line(depth,
             fmt::format("Inputs {} = broadcast{}({});", load.name,
                         load.bytes == 4 ? "" : fmt::format("_bytes<{}>", load.bytes), print_address(load.address)));
    }
    void print(const Interleave& node, int depth) {
        const RowForm& form = row_form(int(node.names.size()));
        std::string rows;
        for (const Address& row : node.rows) {
            rows += rows.empty() ? "" : ", ";
            if (row.base.empty())
                rows += fmt::format("{}_of({})", form.row, node.outside);
            else
                rows += fmt::format("load_{}{}({})", form.row, lanes_suffix(node.lanes), print_address(row));
        }
        const std::string value = fmt::format("interleave{}({})", form.suffix, rows);
        if (node.names.size() == 1) return line(depth, fmt::format("Inputs {} = {};", node.names[0], value));
        line(depth, fmt::format("const auto [{}] = {};", fmt::join(node.names, ", "), value));
    }
    void print(const SumBytes& node, int depth) {
        line(depth,
             fmt::format("Sums {} = sum_of_bytes({}, {});", node.name, print_address(node.address), text(node.count)));
    }
    void print(const WholeCompute& node, int depth) {
        const WholeFunction& function = whole_function(node.op);
        std::string arguments = makes_register(node.op) ? "" : node.target;
        const auto add = [&](const std::string& argument) { arguments += (arguments.empty() ? "" : ", ") + argument; };
        for (const std::string& name : node.names) add(name);
        for (const std::int64_t number : node.numbers) add(std::to_string(number));
        line(depth, fmt::format("{}{} = {}({});", function.type, node.target, function.name, arguments));
    }
    void print(const WholeStore& store, int depth) {
        const bool all = store.channels == lanes_ * int(store.names.size());
        line(depth,
             fmt::format("store_numbers<{}, {}, {}, {}>({}, {});", all ? 0 : store.channels, store.zero_point,
                         store.lowest, store.highest, print_address(store.address), fmt::join(store.names, ", ")));
    }
    void print(const Block& block, int depth) {
        line(depth, "{");
        lines(block.body, depth + 1);
        line(depth, "}");
    }
    void print(const Call& call, int depth) {
        std::string arguments;
        for (const Address& argument : call.arguments)
            arguments += (arguments.empty() ? "" : ", ") + print_address(argument);
        line(depth, fmt::format("{}({});", call.function, arguments));
    }

    std::string text(const Expression& expression) const { return expression.text(shape_, "Shape::"); }
    std::string print_address(const Address& address) const {
        return ssdgen::print_address(address.base, text(address.offset));
    }

    /// The type that an address's pointer has.
    Element behind(const Address& address) const {
        const auto found = pointers_.find(address.base);
        check(found != pointers_.end(), [&] { return "the pointer " + address.base + " has a type"; });
        return found->second;
    }
    /// No target has functions for others.
    void check_floats(Element memory, const Address& address) const {
        check(memory == Element::f32 && behind(address) == Element::f32,
              "floats are broadcast and stored through pointers to floats");
    }
    std::string lanes_suffix(int lanes) const { return lanes == lanes_ ? "" : fmt::format("_lanes<{}>", lanes); }

    int lanes_;
    std::set<std::string> shape_;
    std::set<std::string> sums_;  // registers of them, by name
    std::map<std::string, Element> pointers_;
    std::string text_;
};

std::string type_name(const Parameter& parameter) {
    switch (parameter.role) {
        case ParameterRole::input:
        case ParameterRole::weights: return fmt::format("const {}*", type_name(parameter.element));
        case ParameterRole::output: return fmt::format("{}*", type_name(parameter.element));
        case ParameterRole::index: return "int";
        case ParameterRole::count: return "long";
    }
    throw InternalError("internal error: broken invariant: a parameter has a type");
}

using Numbers = std::vector<NamedNumber>;

std::string print_statements(const Function& function, const Target& target, const Numbers& shape, int depth) {
    return Printer(function, shape, vector_unit(target, Element::f32).lanes).print(function.body, depth);
}

std::string print_definition(const Function& function, const Target& target, const Numbers& shape,
                             const std::string& linkage) {
    std::string text;
    if (!function.comment.empty()) text += "// " + function.comment + "\n";
    text +=
        linkage + (vector_attribute(target, vector_use(function)) + print_signature(function, function.name)) + " {\n";
    text += print_statements(function, target, shape, 1);
    return text + "}\n";
}

}  // namespace

std::string print_shape(const std::vector<NamedNumber>& shape) {
    std::string text = "struct Shape {\n";
    for (const NamedNumber& number : shape)
        text += fmt::format("    static constexpr int {} = {};{}\n", number.name, number.value,
                            number.comment.empty() ? "" : "  // " + number.comment);
    return text + "};\n";
}

std::string print_signature(const Function& function, const std::string& name) {
    std::string parameters;
    for (const Parameter& parameter : function.parameters)
        parameters += fmt::format("{}{}{}{}", parameters.empty() ? "" : ", ", type_name(parameter),
                                  parameter.name.empty() ? "" : " ", parameter.name);
    return fmt::format("void {}({}) noexcept", name, parameters);
}

std::string print_arguments(const Function& function) {
    std::string arguments;
    for (const Parameter& parameter : function.parameters)
        arguments += (arguments.empty() ? "" : ", ") + (parameter.name.empty() ? "nullptr" : parameter.name);
    return arguments;
}

std::string print_body(const Function& function, const Target& target) {
    return print_statements(function, target, {}, 0);
}

std::string print_function(const Function& function, const Target& target, const std::vector<NamedNumber>& shape) {
    return print_definition(function, target, shape, "");
}

std::string print_entry(const Function& function, const Target& target, const std::vector<NamedNumber>& shape) {
    return print_definition(function, target, shape, target.toolchain.shared);
}

}  // namespace ssdgen
