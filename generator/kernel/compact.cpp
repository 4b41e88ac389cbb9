#include "kernel/compact.h"

#include "kernel/pieces.h"
#include "plan/names.h"

#include <fmt/format.h>

namespace ssdgen {

Function lower_add_terms(const Target& target, int pixels, int vectors, Element weight) {
    const auto n = [](const char* name) { return Expression::name(name); };
    const int lanes = vector_unit(target, Element::f32).lanes;
    const int width = vectors * lanes;
    const WeightsView view = view_weights(weight);
    Function function{compact_tile_name(pixels, width), fmt::format("{} pixels x {} channels.", pixels, width), {}, {}};
    function.parameters = {{ParameterRole::input, "in"},
                           view.parameter("w"),
                           {ParameterRole::input, "from"},
                           {ParameterRole::output, "sums"},
                           {ParameterRole::index, pixels > 1 ? "in_step" : ""},
                           {ParameterRole::index, pixels > 1 ? "from_step" : ""},
                           {ParameterRole::index, "count"}};
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int vector = 0; vector < vectors; ++vector)
            function.body.push_back(Load{sum_name(pixel, vector),
                                         {"from", n("from_step") * Expression(pixel) + Expression(vector * lanes)},
                                         lanes});
    Loop loop{"k", 0, n("count"), 1, {}};
    for (int vector = 0; vector < vectors; ++vector)
        loop.body.push_back(
            Load{weight_name(vector),
                 {"w", (n("k") * Expression(width) + Expression(vector * lanes)) * Expression(view.weight)},
                 {weight, lanes}});
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const std::string in = input_name(pixel);
        loop.body.push_back(Broadcast{in, {"in", n("in_step") * Expression(pixel) + n("k")}});
        for (int vector = 0; vector < vectors; ++vector)
            loop.body.push_back(MultiplyAdd{sum_name(pixel, vector), in, weight_name(vector)});
    }
    function.body.push_back(std::move(loop));
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int vector = 0; vector < vectors; ++vector)
            function.body.push_back(Store{{"sums", pixel * width + vector * lanes}, sum_name(pixel, vector), lanes});
    return function;
}

}  // namespace ssdgen
