#include "passes/store_weights.h"

#include "support/error.h"
#include "support/words.h"
#include "weights/number_formats.h"

#include <cmath>
#include <utility>

namespace ssdgen {

namespace {

float largest(Element type) {
    switch (type) {
        case Element::f32: return 0x1.FFFFFEp127F;
        case Element::f16: return 65504.0F;
        case Element::bf16: return 0x1.FEp127F;
        case Element::u8:
        case Element::s8:
        case Element::s32: break;
    }
    throw InternalError(fmt::format("internal error: broken invariant: weights are stored as {}", spell(type)));
}

template <class Stored>
std::vector<Stored> round_all(const std::vector<float>& values, std::uint16_t (*round)(float)) {
    std::vector<Stored> stored;
    stored.reserve(values.size());
    for (const float value : values) stored.push_back({round(value)});
    return stored;
}

void store(WeightTensor& weights, Element type, const std::string& where) {
    const std::vector<float> values = weights.values();
    for (const float value : values)
        if (!(std::fabs(value) <= largest(type)))
            fail_input(where, "found a weight of {}; allowed: from -{} to {} with --weights-type {}", value,
                       largest(type), largest(type), spell(type));
    if (type == Element::f16) weights.numbers = round_all<Half>(values, to_half);
    if (type == Element::bf16) weights.numbers = round_all<BFloat16>(values, to_bfloat16);
}

}  // namespace

Graph store_weights(Graph lowered, Element type) {
    if (type == Element::f32) return lowered;
    for (Node& node : lowered.nodes) {
        const std::string where = fmt::format("{}: {}", at(lowered.file, node.pointer), node.name);
        if (auto* convolution = std::get_if<Convolution>(&node.operation)) store(convolution->weights, type, where);
        if (auto* depthwise = std::get_if<Depthwise>(&node.operation)) store(depthwise->weights, type, where);
    }
    return lowered;
}

}  // namespace ssdgen
