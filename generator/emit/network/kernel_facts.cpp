#include "emit/network/kernel_facts.h"

#include "description/spelling.h"
#include "emit/print/numbers.h"
#include "graph/shapes.h"
#include "plan/kernels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ssdgen {

namespace {

std::string window_text(const Window& window) {
    return fmt::format("Window {}x{}, stride {}, dilation {}, pads {} (top, left, bottom, right)", window.rows.kernel,
                       window.columns.kernel, to_string(stride_of(window)), to_string(dilation_of(window)),
                       fmt::join(pads_of(window), " "));
}

/// What is computed of the inputs.
struct Work {
    const Kernel& kernel;

    std::string operator()(const PointwiseKernel&) const { return "Window 1x1"; }
    std::string operator()(const WindowKernel& kind) const { return window_text(kind.window); }
    std::string operator()(const PictureKernel& kind) const {
        return window_text(kind.window) + ", on rows that hold their padding";
    }
    std::string operator()(const DepthwiseKernel& kind) const {
        return window_text(kind.window) + ", channel by channel";
    }
    std::string operator()(const AveragePoolKernel& kind) const { return window_text(kind.window) + ": its mean"; }
    std::string operator()(const MaxPoolKernel& kind) const { return window_text(kind.window) + ": its maximum"; }
    std::string operator()(const ElementwiseKernel&) const {
        return kernel.inputs.size() == 1 ? "A copy" : fmt::format("The sum of {} maps", kernel.inputs.size());
    }
};

std::string epilogue_text(const Epilogue& epilogue) {
    const bool activates = epilogue.activation != Activation::none;
    const std::string activation = activates ? std::string("then ") + spell(epilogue.activation) : "no activation";
    return (epilogue.adds_input ? "another map is added, " : "") + activation;
}

/// The stored numbers of each output.
std::string numbers_text(const WholeNumbers& whole) {
    std::string text;
    for (const OutputNumbers& output : whole.outputs)
        text += fmt::format("{}numbers from {} to {}, zero point {}{}", text.empty() ? "" : "; ", output.lowest,
                            output.highest, output.zero_point,
                            output.rescaling ? ", then those of the list that the map is joined to" : "");
    return text;
}

std::int64_t map_bytes(const MapView& map, Element element) { return elements(map.shape) * bytes_of(element); }

/// The picture is bytes.
std::string read_text(const Kernel& kernel, std::int64_t weights) {
    const bool picture = std::holds_alternative<PictureKernel>(kernel.kind);
    const std::size_t inputs = kernel.inputs.size() - (kernel.epilogue.adds_input ? 1 : 0);
    std::int64_t bytes = 0;
    for (std::size_t input = 0; input < inputs; ++input)
        bytes += map_bytes(kernel.inputs[input], picture ? Element::u8 : kernel.signature.input);
    std::string text = fmt::format("Reads {} bytes of {}", print_grouped(bytes), picture ? "picture" : "input");
    if (kernel.epilogue.adds_input)
        text += fmt::format(", {} of what is added",
                            print_grouped(map_bytes(kernel.inputs.back(), kernel.signature.input)));
    if (weights) text += fmt::format(", {} of weights", print_grouped(weights));
    return text;
}

}  // namespace

std::string kernel_facts(const Target& target, const Stage& stage) {
    const Kernel& kernel = stage.kernel;
    std::int64_t written = 0;
    for (const MapView& output : kernel.outputs) written += map_bytes(output, kernel.signature.output);
    std::string text = fmt::format("// {}; {}.\n// {}; writes {} bytes.\n", std::visit(Work{kernel}, kernel.kind),
                                   kernel.whole ? numbers_text(*kernel.whole) : epilogue_text(kernel.epilogue),
                                   read_text(kernel, stage.weights_size), print_grouped(written));
    if (stage.weights_size) text += fmt::format("// Weights: {}.\n", describe_packing(target, kernel));
    return text;
}

}  // namespace ssdgen
