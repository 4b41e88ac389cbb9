// The kernels that are no convolutions: average pool, the staging of picture rows, the chains that measure the peak.
#include "kernel/lower.h"
#include "kernel/pieces.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// The mean of one window over one vector of channels.
void append_mean(Body& body, const AveragePoolKernel& kernel, const Expression& channel, int lanes) {
    const Expression top = n("y") * n("stride") + n("window_y");
    const Expression left = n("x") * n("stride") + n("window_x");
    const Expression at = (top * n("input_width") + left) * n("channels") + channel;
    Body inner{Load{"in", {"input", at}, lanes}, Arithmetic{Operator::add, "sum", "sum", "in"}};
    Loop columns{"window_x", 0, n("kernel_width"), 1, std::move(inner)};
    Loop rows{"window_y", 0, n("kernel_height"), 1, {std::move(columns)}};
    body.push_back(Constant{"sum", {0.0F}});
    body.push_back(std::move(rows));
    body.push_back(Constant{"share", {1.0F / float(kernel.window.kernel_height * kernel.window.kernel_width)}});
    body.push_back(Arithmetic{Operator::multiply, "sum", "sum", "share"});
    const Expression to = (n("y") * n("output_width") + n("x")) * n("channels") + channel;
    body.push_back(Store{{"output", to}, "sum", lanes});
}

bool all_equal(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [&](float value) { return value == values[0]; });
}

}  // namespace

KernelTree lower_average_pool(const AveragePoolKernel& kernel, const std::string& name, const Target& target) {
    KernelTree tree;
    tree.name = name;
    tree.numbers = {{"output_width", kernel.output.width, ""},        {"input_width", kernel.input.width, ""},
                    {"channels", kernel.input.channels, ""},          {"kernel_height", kernel.window.kernel_height, ""},
                    {"kernel_width", kernel.window.kernel_width, ""}, {"stride", kernel.window.stride, ""}};
    const int rest = kernel.input.channels % target.lanes;
    const Expression last = n("channels") - Expression(rest);
    Loop columns{"x", 0, n("output_width"), 1, {}};
    if (kernel.input.channels >= target.lanes) {
        Loop channels{"c", 0, last, target.lanes, {}};
        append_mean(channels.body, kernel, n("c"), target.lanes);
        columns.body.push_back(std::move(channels));
    }
    if (rest) {
        Body body;
        append_mean(body, kernel, last, rest);
        columns.body.push_back(Block{std::move(body)});
    }
    Function entry{name, "", {}, {}};
    entry.parameters = {{ParameterType::input, "input"}, {ParameterType::weights, ""},
                        {ParameterType::output, "output"}, {ParameterType::index, "first"},
                        {ParameterType::index, "end"}};
    entry.body.push_back(Loop{"y", n("first"), n("end"), 1, {std::move(columns)}});
    tree.functions.push_back(std::move(entry));
    return tree;
}

Function lower_stage_row(const ConvolutionKernel& kernel, const std::string& name, const Target& target) {
    Function function{name, "A row of the picture: bytes to floats less the mean.", {}, {}};
    function.parameters = {{ParameterType::bytes, "bytes"}, {ParameterType::output, "row"}};
    const int count = kernel.input.width * kernel.input.channels;
    const int channels = kernel.input.channels;
    // The means repeat every `channels` floats: after so many vectors, they begin anew, if the row has so many.
    const int period = all_equal(kernel.input_mean) ? 1 : std::min(channels, (count + target.lanes - 1) / target.lanes);
    for (int vector = 0; vector < period; ++vector) {
        std::vector<float> values;
        for (int lane = 0; lane < (period == 1 ? 1 : target.lanes); ++lane)
            values.push_back(kernel.input_mean[std::size_t((vector * target.lanes + lane) % channels)]);
        function.body.push_back(Constant{fmt::format("mean_{}", vector), std::move(values)});
    }
    const auto append_vector = [&](Body& body, const Expression& at, int vector, int lanes) {
        const std::string value = fmt::format("value_{}", vector);
        body.push_back(LoadBytes{value, {"bytes", at}, lanes});
        body.push_back(Arithmetic{Operator::subtract, value, value, fmt::format("mean_{}", vector)});
        body.push_back(Store{{"row", at}, value, lanes});
    };
    const int group = period * target.lanes;
    const int whole = count / group * group;
    if (whole) {
        Loop loop{"i", 0, whole, group, {}};
        for (int vector = 0; vector < period; ++vector)
            append_vector(loop.body, n("i") + Expression(vector * target.lanes), vector, target.lanes);
        function.body.push_back(std::move(loop));
    }
    for (int at = whole, vector = 0; at < count; at += target.lanes, ++vector)
        append_vector(function.body, at, vector, std::min(target.lanes, count - at));
    return function;
}

int peak_chains(const Target& target) { return target.multiply_add_latency * target.multiply_adds <= 12 ? 12 : 16; }

KernelTree lower_peak(const Target& target) {
    KernelTree tree;
    tree.name = "multiply_add_chains";
    Function entry{tree.name, "", {{ParameterType::output, "values"}, {ParameterType::count, "iterations"}}, {}};
    const auto sum = [](int chain) { return fmt::format("sum_{}", chain); };
    entry.body.push_back(Broadcast{"a", {"values", 0}});
    entry.body.push_back(Broadcast{"b", {"values", 1}});
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Load{sum(chain), {"values", chain * target.lanes}, target.lanes});
    Loop loop{"i", 0, n("iterations"), 1, {}};
    for (int chain = 0; chain < peak_chains(target); ++chain) loop.body.push_back(MultiplyAdd{sum(chain), "a", "b"});
    entry.body.push_back(std::move(loop));
    for (int chain = 0; chain < peak_chains(target); ++chain)
        entry.body.push_back(Store{{"values", chain * target.lanes}, sum(chain), target.lanes});
    tree.functions.push_back(std::move(entry));
    return tree;
}

KernelTree lower_kernel(const KernelSpec& kernel, const std::string& name, const Target& target) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel)) return lower_convolution(*convolution, name, target);
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel)) return lower_depthwise(*depthwise, name, target);
    return lower_average_pool(std::get<AveragePoolKernel>(kernel), name, target);
}

}  // namespace ssdgen
