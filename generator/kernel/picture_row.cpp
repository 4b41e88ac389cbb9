#include "kernel/lower.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

bool all_equal(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [&](float value) { return value == values[0]; });
}

}  // namespace

Function lower_stage_row(const Kernel& kernel, const std::string& name, const Target& target) {
    Function function{name, "A row of the picture: bytes to floats less the mean.", {}, {}};
    function.parameters = {{ParameterRole::input, "bytes", Element::u8}, {ParameterRole::output, "row"}};
    const std::vector<float>& mean = std::get<PictureKernel>(kernel.kind).mean;
    const int lanes = vector_unit(target, Element::f32).lanes;
    const int count = kernel.input().width * kernel.input().channels;
    const int channels = kernel.input().channels;
    // The means repeat every `channels` floats: after so many vectors, they begin anew, if the row has so many.
    const int period = all_equal(mean) ? 1 : std::min(channels, (count + lanes - 1) / lanes);
    for (int vector = 0; vector < period; ++vector) {
        std::vector<float> values;
        for (int lane = 0; lane < (period == 1 ? 1 : lanes); ++lane)
            values.push_back(mean[std::size_t((vector * lanes + lane) % channels)]);
        function.body.push_back(Constant{fmt::format("mean_{}", vector), std::move(values)});
    }
    const auto append_vector = [&](Body& body, const Expression& at, int vector, int used) {
        const std::string value = fmt::format("value_{}", vector);
        body.push_back(Load{value, {"bytes", at}, {Element::u8, used}});
        body.push_back(Arithmetic{Operator::subtract, value, value, fmt::format("mean_{}", vector)});
        body.push_back(Store{{"row", at}, value, used});
    };
    const int group = period * lanes;
    const int whole = count / group * group;
    if (whole) {
        Loop loop{"i", 0, whole, group, {}};
        for (int vector = 0; vector < period; ++vector)
            append_vector(loop.body, n("i") + Expression(vector * lanes), vector, lanes);
        function.body.push_back(std::move(loop));
    }
    for (int at = whole, vector = 0; at < count; at += lanes, ++vector)
        append_vector(function.body, at, vector, std::min(lanes, count - at));
    return function;
}

}  // namespace ssdgen
