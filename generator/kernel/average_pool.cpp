#include "kernel/lower.h"
#include "kernel/pieces.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// The mean of one window over one vector of channels.
void append_mean(Body& body, const AveragePoolKernel& kind, const Kernel& kernel, const Expression& channel,
                 int lanes) {
    const Expression top = n("y") * n(row_stride(kind.window)) + n("window_y");
    const Expression left = n("x") * n(column_stride(kind.window)) + n("window_x");
    const Expression at = (top * n("input_width") + left) * input_step(kernel) + channel;
    const TreeNode load = kernel.whole ? TreeNode(WholeLoad{"in", {"input", at}, {Element::u8, lanes}})
                                       : TreeNode(Load{"in", {"input", at}, lanes});
    Body inner{load, Arithmetic{Operator::add, "acc", "acc", "in"}};
    Loop columns{"window_x", 0, n("window_width"), 1, std::move(inner)};
    Loop rows{"window_y", 0, n("window_height"), 1, {std::move(columns)}};
    body.push_back(Comment{"The sum of the window."});
    if (kernel.whole)
        body.push_back(WholeCompute{WholeOp::sums_of, "acc", {}, {0}});
    else
        body.push_back(Constant{"acc", {0.0F}});
    body.push_back(std::move(rows));
    body.push_back(Blank{});
    body.push_back(Comment{fmt::format("Divided by its {} pixels.", taps(kind.window))});
    const Expression to = (n("y") * n("output_width") + n("x")) * output_step(kernel) + channel;
    if (kernel.whole) {
        // Of s8, which u8 numbers are more than by 128, sums are rounded away from their zero.
        const std::int64_t count = taps(kind.window), zero = kind.signed_numbers ? 128 * count : 0;
        body.push_back(WholeCompute{WholeOp::divide_rounded, "acc", {}, {count, zero}});
        body.push_back(WholeStore{{"output", to}, {"acc"}, lanes, kind.signed_numbers ? 128 : 0, 0, 255});
        return;
    }
    body.push_back(Constant{"share", {1.0F / float(taps(kind.window))}});
    body.push_back(Arithmetic{Operator::multiply, "acc", "acc", "share"});
    body.push_back(Store{{"output", to}, "acc", lanes});
}

}  // namespace

KernelTree lower(const AveragePoolKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    KernelTree tree;
    tree.name = name;
    tree.numbers = shape_numbers(kernel);
    const int lanes = vector_unit(target, Element::f32).lanes;
    const int rest = kernel.input().channels % lanes;
    const Expression last = n("channels") - Expression(rest);
    Loop columns{"x", 0, n("output_width"), 1, {}};
    if (kernel.input().channels >= lanes) {
        Loop channels{"c", 0, last, lanes, {}};
        append_mean(channels.body, kind, kernel, n("c"), lanes);
        columns.body.push_back(std::move(channels));
    }
    if (rest) {
        Body body;
        append_mean(body, kind, kernel, last, rest);
        columns.body.push_back(Blank{});
        columns.body.push_back(Comment{fmt::format("The last {} channels.", rest)});
        columns.body.push_back(Block{std::move(body)});
    }
    Function entry{name, "", {}, {}};
    entry.parameters = {{ParameterRole::input, "input", kernel.signature.input},
                        {ParameterRole::weights, ""},
                        {ParameterRole::output, "output", kernel.signature.output},
                        {ParameterRole::index, "first"},
                        {ParameterRole::index, "end"}};
    entry.body.push_back(Loop{"y", n("first"), n("end"), 1, {std::move(columns)}});
    tree.functions.push_back(std::move(entry));
    return tree;
}

}  // namespace ssdgen
