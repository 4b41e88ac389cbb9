#include "emit/layers.h"

#include "emit/names.h"
#include "emit/numbers.h"
#include "emit/printer.h"
#include "emit/template.h"
#include "kernel/count.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "plan/kernels.h"

#include <fmt/format.h>

#include <map>

namespace ssdgen {

namespace {

bool reads_picture(const Step& step) { return step.input.place == Operand::Place::picture; }

std::string map_text(const Shape& shape) { return fmt::format("{}x{}x{}", shape.height, shape.width, shape.channels); }

/// "conv1 (pointwise): 150x150x32 -> 150x150x64"
std::string layer_text(const ObservedLayer& layer) {
    return fmt::format("{} ({}): {} -> {}", layer.name, layer.kind, map_text(layer.input), map_text(layer.output));
}

std::string step_header(const Plan& plan, const Step& step) {
    std::string text = file_header(plan) + "//\n";
    for (const ObservedLayer& layer : step.layers) text += "// " + layer_text(layer) + "\n";
    return text;
}

/// A step's kernel in C++, and its signature.
class StepCode {
  public:
    StepCode(const Plan& plan, const Step& step)
        : step_(step), set_(instruction_set(plan.target)),
          target_(plan.target), tree_(simplify(lower_kernel(step.kernel, step.kernel_name, plan.target))), lanes_(plan.target.lanes) {}

    std::string signature(const std::string& name) const {
        if (!reads_picture(step_)) return print_signature(tree_.functions.back(), name);
        return fmt::format(
            "void {}(const ssd::Rows& picture, const float* weights, float* output, float* scratch, int first, int end) noexcept",
            name);
    }

    /// The layer's function: a name for its kernel.
    std::string layer_function(const std::string& name) const {
        return fmt::format("{} {{\n    kernels::{}({});\n}}", signature(name).substr(5), step_.kernel_name, arguments());
    }

    std::string file(const std::string& header, const std::string& network, const std::string& layer) const {
        if (step_.unrolled) return unrolled_file(header, network, layer);
        TemplateValues values{{"header", header + counts_text()},
                              {"network", network},
                              {"numbers", print_numbers(tree_)},
                              {"functions", functions()},
                              {"layer_name", layer},
                              {"layer", layer_function(layer)}};
        if (reads_picture(step_)) {
            values["kernel"] = step_.kernel_name;
            values["rows"] = ring_rows();
            return fill_template("picture_kernel.cpp", values);
        }
        values["entry"] = print_function(tree_.functions.back(), set_, tree_.functions.size() > 1 || !tree_.numbers.empty() ? layer : "");
        return fill_template("kernel.cpp", values);
    }

  private:
    std::string unrolled_file(const std::string& header, const std::string& network, const std::string& layer) const {
        const KernelTree whole = unroll_whole(step_.kernel, tree_, kernel_units(step_.kernel), target_);
        std::string signature_text = signature(step_.kernel_name);
        const std::string range = "int first, int end";
        signature_text.replace(signature_text.find(range), range.size(), "int, int");  // all units at once
        return fill_template("unrolled_kernel.cpp", {{"header", header + counts_text()},
                                                     {"network", network},
                                                     {"attribute", set_.attribute},
                                                     {"signature", signature_text},
                                                     {"body", print_body(whole.functions.back(), set_)},
                                                     {"layer", layer_function(layer)}});
    }

    std::string arguments() const {
        return reads_picture(step_) ? "picture, weights, output, scratch, first, end" : print_arguments(tree_.functions.back());
    }

    std::string functions() const {
        std::string text;
        const std::size_t own = tree_.functions.size() - (reads_picture(step_) ? 0 : 1);
        for (std::size_t index = 0; index < own; ++index)
            text += (index ? "\n" : "") + print_function(tree_.functions[index], set_);
        return text;
    }

    std::string ring_rows() const {
        const Window& window = std::get<ConvolutionKernel>(step_.kernel).window;
        std::string rows;
        for (int tap = 0; tap < window.kernel_height; ++tap)
            rows += fmt::format("{}ring(top{})", tap ? ", " : "", tap ? fmt::format(" + {}", tap * window.dilation) : "");
        return rows;
    }

    std::string counts_text() const {
        std::int64_t macs = 0;
        for (const ObservedLayer& layer : step_.layers) macs += layer.macs;
        std::string text = fmt::format("// {} multiply-adds, {} bytes of weights", print_grouped(macs),
                                       print_grouped(step_.weights_size * 4));
        if (!reads_picture(step_)) {
            const Counts counts = count(tree_, kernel_units(step_.kernel));
            text += fmt::format("; vectors of {}: {} multiply-adds, {} loads, {} stores", lanes_,
                                print_grouped(counts.multiply_adds), print_grouped(counts.loads), print_grouped(counts.stores));
        }
        return text + ".\n";
    }

    const Step& step_;
    const InstructionSet& set_;
    const Target& target_;
    KernelTree tree_;
    int lanes_;
};

}  // namespace

std::string file_header(const Plan& plan, const char* comment) {
    return fmt::format(
        "{0} Generated by ssdgen: do not edit. It belongs to whoever generated it and may be used without any condition.\n"
        "{0} ssdgen generate {1}.json --alpha {2} --rho {3} --target {4}\n",
        comment, plan.name, plan.alpha, plan.rho, plan.target.name);
}

void emit_layers(const Plan& plan, FileSet& files) {
    const std::vector<std::string> names = step_identifiers(plan);
    std::map<std::string, std::size_t> owners;  // kernel name -> first step
    std::string kernel_list, layer_list;
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        const StepCode code(plan, step);
        const auto [owner, first] = owners.emplace(step.kernel_name, index);
        std::string header = step_header(plan, step);
        std::string text;
        if (first) {
            std::string sharers;
            for (std::size_t other = index + 1; other < plan.steps.size(); ++other)
                if (plan.steps[other].kernel_name == step.kernel_name) sharers += (sharers.empty() ? "" : ", ") + plan.steps[other].name;
            if (!sharers.empty()) header += "// The kernel also serves " + sharers + ".\n";
            text = code.file(header, plan.name, names[index]);
            kernel_list += code.signature(step.kernel_name) + ";\n";
        } else {
            header += fmt::format("// Its kernel stands in {}.cpp.\n", names[owner->second]);
            text = fill_template("shared_layer.cpp",
                                 {{"header", header}, {"network", plan.name}, {"layer", code.layer_function(names[index])}});
        }
        layer_list += code.signature(names[index]) + ";\n";
        files.add("layers/" + names[index] + ".cpp", std::move(text));
    }
    files.add("layers/layers.h", fill_template("layers.h", {{"header", file_header(plan)},
                                                            {"network", plan.name},
                                                            {"kernels", kernel_list},
                                                            {"layers", layer_list}}));
    files.add("layers/vectors.h", fill_template(instruction_set(plan.target).header, {{"network", plan.name}}));
}

std::string print_kernels(const Plan& plan) {
    std::string text;
    std::map<std::string, bool> seen;
    for (const Step& step : plan.steps) {
        if (!seen.emplace(step.kernel_name, true).second) continue;
        const KernelTree tree = simplify(lower_kernel(step.kernel, step.kernel_name, plan.target));
        text += "kernel " + tree.name + "\n" + print_numbers(tree) + "\n";
        for (const Function& function : tree.functions)
            text += print_function(function, instruction_set(plan.target)) + "\n";
    }
    return text;
}

}  // namespace ssdgen
