#include "kernel/compact.h"

#include "kernel/pieces.h"
#include "plan/names.h"
#include "plan/packing.h"

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

namespace {

/// Each input's four terms, those of each block of channels.
void append_whole_products(Body& body, const Target& target, int pixels, int vectors,
                           const std::optional<Expression>& some) {
    const auto n = [](const char* name) { return Expression::name(name); };
    const int lanes = vector_unit(target, Element::u8).lanes;
    for (int vector = 0; vector < vectors; ++vector)
        body.push_back(
            WholeLoad{weight_name(vector),
                      {"w", n("k") * Expression(vectors * lanes) + Expression(vector * lanes * terms_at_once)},
                      {Element::s8, lanes},
                      pixels > 1});
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const std::string in = input_name(pixel);
        body.push_back(WholeBroadcast{in, {"in", n("in_step") * Expression(pixel) + n("k")}, terms_at_once, some});
        for (int vector = 0; vector < vectors; ++vector)
            body.push_back(MultiplyAdd{sum_name(pixel, vector), in, weight_name(vector)});
    }
}

}  // namespace

Function lower_add_whole_terms(const Target& target, int pixels, int vectors) {
    const auto n = [](const char* name) { return Expression::name(name); };
    const int lanes = vector_unit(target, Element::u8).lanes, width = vectors * lanes;
    const VectorType sums{Element::s32, lanes};
    Function function{compact_tile_name(pixels, width), fmt::format("{} pixels x {} channels.", pixels, width), {}, {}};
    function.parameters = {{ParameterRole::input, "in", Element::u8},
                           {ParameterRole::weights, "w", Element::u8},
                           {ParameterRole::input, "from", Element::u8},
                           {ParameterRole::output, "sums", Element::u8},
                           {ParameterRole::index, pixels > 1 ? "in_step" : ""},
                           {ParameterRole::index, pixels > 1 ? "from_step" : ""},
                           {ParameterRole::index, "fours"},
                           {ParameterRole::index, pixels > 1 ? "" : "count"}};
    const auto place = [&](int pixel, int vector) { return Expression(4 * (pixel * width + vector * lanes)); };
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int vector = 0; vector < vectors; ++vector)
            function.body.push_back(
                WholeLoad{sum_name(pixel, vector),
                          {"from", n("from_step") * Expression(pixel) + Expression(4 * vector * lanes)},
                          sums});
    Loop loop{"k", 0, n("fours"), terms_at_once, {}};
    append_whole_products(loop.body, target, pixels, vectors, {});
    function.body.push_back(std::move(loop));
    if (pixels == 1) {
        Loop rest{"k", n("fours"), n("count"), terms_at_once, {}};
        append_whole_products(rest.body, target, pixels, vectors, n("count") - n("k"));
        function.body.push_back(std::move(rest));
    }
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int vector = 0; vector < vectors; ++vector)
            function.body.push_back(Store{{"sums", place(pixel, vector)}, sum_name(pixel, vector), sums});
    return function;
}

}  // namespace ssdgen
