#include "kernel/unroll.h"

#include "kernel/count.h"
#include "plan/scratch.h"
#include "support/error.h"

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

    /// The body of a called function in a block of its own.
    Block call(const std::string& name, const std::vector<Address>& arguments) {
        const auto found = std::find_if(tree_.functions.begin(), tree_.functions.end(),
                                        [&](const Function& function) { return function.name == name; });
        check(found != tree_.functions.end(), "kernel function " + name + " is defined");
        Scope scope{numbers_, {}};
        for (std::size_t index = 0; index < arguments.size(); ++index)
            scope.pointers[found->parameters[index].name] = arguments[index];
        return Block{body(found->body, scope)};
    }

    Body body(const Body& nodes, Scope& scope) {
        Body result;
        for (const TreeNode& node : nodes) std::visit([&](const auto& one) { append(result, one, scope); }, node.value);
        return result;
    }

  private:
    static Address resolve(const Address& address, const Scope& scope) {
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
    void append(Body&, const Pointer& pointer, Scope& scope) { scope.pointers[pointer.name] = resolve(pointer.address, scope); }
    void append(Body&, const Advance& advance, Scope& scope) {
        scope.pointers.at(advance.pointer).offset += Expression(advance.by.evaluate(scope.numbers));
    }
    void append(Body& result, const Call& node, Scope& scope) {
        std::vector<Address> arguments;
        for (const Address& argument : node.arguments) arguments.push_back(resolve(argument, scope));
        append_block(result, call(node.function, arguments).body);
    }
    void append(Body& result, Load load, Scope& scope) { append_resolved(result, std::move(load), scope); }
    void append(Body& result, LoadBytes load, Scope& scope) { append_resolved(result, std::move(load), scope); }
    void append(Body& result, Broadcast broadcast, Scope& scope) { append_resolved(result, std::move(broadcast), scope); }
    void append(Body& result, Store store, Scope& scope) { append_resolved(result, std::move(store), scope); }
    template <class T>
    void append(Body& result, const T& node, Scope&) {  // has no address
        result.push_back(node);
    }

    template <class T>
    void append_resolved(Body& result, T node, const Scope& scope) {
        node.address = resolve(node.address, scope);
        result.push_back(std::move(node));
    }

    /// A block, unless it makes no names.
    static void append_block(Body& result, Body more) {
        const bool plain = std::all_of(more.begin(), more.end(), [](const TreeNode& node) {
            return std::holds_alternative<Block>(node.value) || std::holds_alternative<Store>(node.value) ||
                   std::holds_alternative<Comment>(node.value) || std::holds_alternative<Blank>(node.value);
        });
        if (!plain) return result.push_back(Block{std::move(more)});
        for (TreeNode& node : more) result.push_back(std::move(node));
    }

    const KernelTree& tree_;
    std::map<std::string, std::int64_t> numbers_;
};

/// The run order of a kernel that reads the picture (templates/picture_kernel.cpp has the same with loops).
Body unroll_picture(const ConvolutionKernel& kernel, Unroller& unroller, int lanes) {
    const Window& window = kernel.window;
    const int rows = (window.kernel_height - 1) * window.dilation + 1;
    const std::int64_t row_size = picture_row_size(kernel);
    const auto ring = [&](int y) { return (y + window.pads[0]) % rows * row_size; };
    Body body{Constant{"nothing", {0.0F}}};
    const auto clear = [&](std::int64_t from, std::int64_t count) {
        for (std::int64_t at = 0; at < count; at += lanes)
            body.push_back(Store{{"scratch", from + at}, "nothing", int(std::min<std::int64_t>(lanes, count - at))});
    };
    clear(0, rows * row_size);
    int staged = -window.pads[0];
    for (int y = 0; y < kernel.output_height; ++y) {
        const int top = y * window.stride - window.pads[0];
        for (staged = std::max(staged, top); staged < top + rows; ++staged) {
            const std::int64_t at = ring(staged) + std::int64_t(window.pads[1]) * kernel.input.channels;
            if (staged < 0 || staged >= kernel.input.height) {
                clear(at, std::int64_t(kernel.input.width) * kernel.input.channels);
                continue;
            }
            const std::string name = "picture_row_" + std::to_string(staged);
            body.push_back(PictureRow{name, staged, {"scratch", rows * row_size}});
            body.push_back(unroller.call("stage_row", {{name, 0}, {"scratch", at}}));
        }
        std::vector<Address> arguments;
        for (int tap = 0; tap < window.kernel_height; ++tap) arguments.push_back({"scratch", ring(top + tap * window.dilation)});
        arguments.push_back({"weights", 0});
        arguments.push_back({"output", std::int64_t(y) * kernel.output_width * kernel.output_channels[0]});
        body.push_back(unroller.call("convolve_row", arguments));
    }
    return body;
}

const ConvolutionKernel* picture_kernel(const KernelSpec& kernel) {
    const auto* convolution = std::get_if<ConvolutionKernel>(&kernel);
    return convolution && !convolution->input_mean.empty() ? convolution : nullptr;
}

}  // namespace

KernelTree unroll_whole(const KernelSpec& kernel, const KernelTree& tree, int units, const Target& target) {
    Unroller unroller(tree);
    KernelTree whole;
    whole.name = tree.name;
    Function entry = tree.functions.back();
    if (const ConvolutionKernel* picture = picture_kernel(kernel)) {
        entry.body = unroll_picture(*picture, unroller, target.lanes);
    } else {
        Scope scope = unroller.scope_of(entry);
        scope.numbers["first"] = 0;
        scope.numbers["end"] = units;
        entry.body = unroller.body(entry.body, scope);
    }
    whole.functions.push_back(std::move(entry));
    return whole;
}

std::int64_t unrolled_bytes(const KernelSpec& kernel, const KernelTree& tree, int units) {
    // An instruction with a far address takes 7 to 11 bytes; a multiply-add takes its input from memory in one.
    Counts counts = count(tree, units);
    if (const ConvolutionKernel* picture = picture_kernel(kernel)) {
        counts.multiply_adds *= picture->output_height;
        counts.loads *= picture->output_height;
        counts.stores = counts.stores * picture->output_height +
                        std::int64_t(picture->input.height) * picture->input.width * picture->input.channels / 4;
    }
    return 8 * counts.multiply_adds + 9 * (counts.loads + counts.stores);
}

}  // namespace ssdgen
