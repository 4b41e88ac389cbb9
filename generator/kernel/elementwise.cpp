#include "kernel/lower.h"
#include "kernel/pieces.h"
#include "kernel/whole_pieces.h"
#include "plan/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const std::string& name) { return Expression::name(name); }

class ElementwiseLowering {
  public:
    ElementwiseLowering(const Kernel& kernel, const std::string& name, const Target& target)
        : kernel_(kernel), lanes_(vector_unit(target, Element::f32).lanes), dense_(is_dense(kernel)) {
        tree_.name = name;
        tree_.numbers = shape_numbers(kernel);
    }

    KernelTree lower() {
        Function entry{tree_.name, "", {}, {}};
        for (std::size_t input = 0; input < kernel_.inputs.size(); ++input)
            entry.parameters.push_back({ParameterRole::input, input_name(input), kernel_.signature.input});
        entry.parameters.push_back({ParameterRole::weights, ""});
        entry.parameters.push_back({ParameterRole::output, "output", kernel_.signature.output});
        append_constants(entry.body);
        if (kernel_.stream_rows) {
            entry.parameters.push_back({ParameterRole::index, ""});
            append_row(entry.body, 0);
        } else {
            entry.parameters.push_back({ParameterRole::index, "first"});
            entry.parameters.push_back({ParameterRole::index, "end"});
            Loop rows{"y", n("first"), n("end"), 1, {}};
            append_row(rows.body, n("y"));
            entry.body.push_back(std::move(rows));
        }
        tree_.functions.push_back(std::move(entry));
        return std::move(tree_);
    }

  private:
    static bool is_dense(const Kernel& kernel) {
        const auto dense = [](const MapView& map) { return map.is_dense(); };
        return std::all_of(kernel.inputs.begin(), kernel.inputs.end(), dense) && dense(kernel.outputs[0]);
    }

    std::string input_name(std::size_t input) const {
        return kernel_.inputs.size() == 1 ? "input" : fmt::format("input_{}", input);
    }

    Expression step(const MapView& map, const std::string& name) const {
        return n(map.is_dense() ? "channels" : name + "_step");
    }

    /// A row, as one line of values where nothing lies between its pixels.
    void append_row(Body& body, const Expression& y) const {
        if (dense_) return append_line(body, y * n("output_width"), n("output_width") * n("channels"), line());
        Loop pixels{"x", 0, n("output_width"), 1, {}};
        append_line(pixels.body, y * n("output_width") + n("x"), n("channels"), kernel_.output().channels);
        body.push_back(std::move(pixels));
    }

    int line() const { return kernel_.output().width * kernel_.output().channels; }

    /// `count` values from a pixel on.
    void append_line(Body& body, const Expression& pixel, const Expression& length, int count) const {
        const int rest = count % lanes_;
        const Expression last = length - Expression(rest);
        if (count >= lanes_) {
            Loop vectors{"i", 0, last, lanes_, {}};
            append_vector(vectors.body, pixel, n("i"), lanes_);
            body.push_back(std::move(vectors));
        }
        if (!rest) return;
        Body end;
        append_vector(end, pixel, last, rest);
        body.push_back(Blank{});
        body.push_back(Comment{fmt::format("The last {} values.", rest)});
        body.push_back(Block{std::move(end)});
    }

    const ScaledSum* scaled() const {
        const auto& scaled = std::get<ElementwiseKernel>(kernel_.kind).scaled;
        return scaled ? &*scaled : nullptr;
    }

    void append_constants(Body& body) const {
        if (!kernel_.whole) return append_activation_constants(body, kernel_.epilogue.activation);
        append_rescaling_constants(body, kernel_.whole->outputs[0]);
        const auto constant = [&](const std::string& name, std::int64_t number) {
            body.push_back(WholeCompute{WholeOp::sums_of, name, {}, {number}});
        };
        const auto fixed = [&](const std::string& suffix, const FixedPoint& factor) {
            constant("mantissa" + suffix, factor.mantissa);
            constant("right" + suffix, std::max(-factor.shift, 0));
        };
        if (!scaled()) return;
        for (std::size_t input = 0; input < kernel_.inputs.size(); ++input) {
            constant(fmt::format("zero_{}", input), kernel_.whole->input_zeros[input]);
            if (!scaled()->fixed.empty()) fixed(fmt::format("_{}", input), scaled()->fixed[input]);
            if (!scaled()->factors.empty()) constant(fmt::format("factor_{}", input), scaled()->factors[input]);
        }
        if (!scaled()->fixed.empty()) fixed("_sum", scaled()->fixed.back());
    }

    /// An input's numbers as terms of the sum.
    void append_scaled(Body& body, const std::string& name, std::size_t input) const {
        const std::string suffix = fmt::format("_{}", input);
        body.push_back(Arithmetic{Operator::subtract, name, name, "zero" + suffix});
        if (scaled()->fixed.empty()) {
            body.push_back(Arithmetic{Operator::multiply, name, name, "factor" + suffix});
            return;
        }
        body.push_back(WholeCompute{WholeOp::shift_left, name, {}, {20 + left(scaled()->fixed[input])}});
        body.push_back(WholeCompute{WholeOp::scale_twice, name, {"mantissa" + suffix, "right" + suffix}});
    }

    static int left(const FixedPoint& factor) { return std::max(factor.shift, 0); }

    /// The sum of the scaled inputs, or a copy, to memory.
    void append_end(Body& body, const Address& to, int lanes) const {
        const OutputNumbers& output = kernel_.whole->outputs[0];
        if (!scaled()) {
            append_copied(body, to, lanes);
            return;
        }
        if (scaled()->fixed.empty()) {
            body.push_back(WholeCompute{WholeOp::round_right, "acc", {}, {scaled()->shift}});
        } else {
            if (left(scaled()->fixed.back()))
                body.push_back(WholeCompute{WholeOp::shift_left, "acc", {}, {left(scaled()->fixed.back())}});
            body.push_back(WholeCompute{WholeOp::scale_twice, "acc", {"mantissa_sum", "right_sum"}});
        }
        append_rescaling(body, output, "acc");
        body.push_back(store_of(output, to, {"acc"}, lanes));
    }

    /// Its numbers are stored ones already.
    void append_copied(Body& body, const Address& to, int lanes) const {
        OutputNumbers output = kernel_.whole->outputs[0];
        output.zero_point = 0;
        append_rescaling(body, output, "acc");
        body.push_back(store_of(output, to, {"acc"}, lanes));
    }

    void append_vector(Body& body, const Expression& pixel, const Expression& value, int lanes) const {
        const auto at = [&](const MapView& map, const std::string& name) {
            return Address{name, pixel * step(map, name) + value};
        };
        for (std::size_t input = 0; input < kernel_.inputs.size(); ++input) {
            const std::string name = input ? fmt::format("in_{}", input) : "acc";
            if (input) body.push_back(Blank{});
            if (kernel_.inputs.size() > 1) body.push_back(Comment{fmt::format("Input {}.", input)});
            if (kernel_.whole)
                body.push_back(WholeLoad{name, at(kernel_.inputs[input], input_name(input)), {Element::u8, lanes}});
            else
                body.push_back(Load{name, at(kernel_.inputs[input], input_name(input)), lanes});
            if (scaled()) append_scaled(body, name, input);
            if (input) body.push_back(Arithmetic{Operator::add, "acc", "acc", name});
        }
        if (kernel_.inputs.size() > 1) body.push_back(Blank{});
        if (kernel_.whole) return append_end(body, at(kernel_.outputs[0], "output"), lanes);
        append_activation(body, kernel_.epilogue.activation, "acc");
        body.push_back(Store{at(kernel_.outputs[0], "output"), "acc", lanes});
    }

    const Kernel& kernel_;
    const int lanes_;
    const bool dense_;
    KernelTree tree_;
};

}  // namespace

KernelTree lower(const ElementwiseKernel&, const Kernel& kernel, const std::string& name, const Target& target) {
    return ElementwiseLowering(kernel, name, target).lower();
}

}  // namespace ssdgen
