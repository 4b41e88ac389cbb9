#include "kernel/lower.h"
#include "kernel/pieces.h"
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
            entry.parameters.push_back({ParameterRole::input, input_name(input)});
        entry.parameters.push_back({ParameterRole::weights, ""});
        entry.parameters.push_back({ParameterRole::output, "output"});
        append_activation_constants(entry.body, kernel_.epilogue.activation);
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

    void append_vector(Body& body, const Expression& pixel, const Expression& value, int lanes) const {
        const auto at = [&](const MapView& map, const std::string& name) {
            return Address{name, pixel * step(map, name) + value};
        };
        for (std::size_t input = 0; input < kernel_.inputs.size(); ++input) {
            const std::string name = input ? fmt::format("in_{}", input) : "acc";
            if (input) body.push_back(Blank{});
            if (kernel_.inputs.size() > 1) body.push_back(Comment{fmt::format("Input {}.", input)});
            body.push_back(Load{name, at(kernel_.inputs[input], input_name(input)), lanes});
            if (input) body.push_back(Arithmetic{Operator::add, "acc", "acc", name});
        }
        if (kernel_.inputs.size() > 1) body.push_back(Blank{});
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
