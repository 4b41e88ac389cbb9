#pragma once

#include "quantize/equalize.h"
#include "quantize/fidelity.h"
#include "quantize/options.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ssdgen {

/// Mean average precision.
struct Accuracy {
    std::size_t pictures = 0, objects = 0;
    double before = 0, after = 0;
};

/// What became of a network that was quantized.
struct QuantizeReport {
    std::string network;
    std::size_t pictures = 0, left_out = 0;
    RangeMethod method = RangeMethod::percentile;
    double percentile = 0;
    bool per_tensor = false;
    std::optional<Equalization> equalization;
    std::set<std::string> kept_float;
    std::vector<LayerFidelity> layers;
    std::optional<Accuracy> accuracy;
};

/// A table a layer, then what lost most, and accuracy.
std::string quantize_text(const QuantizeReport& report);

/// The same as one JSON document; null where something is infinite.
std::string quantize_json(const QuantizeReport& report);

}  // namespace ssdgen
