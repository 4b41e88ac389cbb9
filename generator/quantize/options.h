#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// How the range of a map is taken from the values that it had over the pictures.
enum class RangeMethod {
    minmax,      // all of them
    percentile,  // all but a share at each end; all where that more than doubles the squared error
    mse,         // where clipping and rounding together make the least squared error
};

constexpr const char* word(RangeMethod method) {
    switch (method) {
        case RangeMethod::minmax: return "minmax";
        case RangeMethod::percentile: return "percentile";
        case RangeMethod::mse: return "mse";
    }
    return nullptr;
}

/// What `ssdgen quantize` is asked for, beside the network.
struct QuantizeOptions {
    std::string pictures;  // a folder, or a list of files
    RangeMethod method = RangeMethod::percentile;
    double percentile = 99.99;  // so much of a map's values lies below the range's upper end, and above its lower one
    bool per_tensor = false;    // one scale for a layer's weights, not one an output channel
    bool equalize = false;
    std::vector<std::string> float_layers;  // layers that are kept in float
    bool choose_float_layers = false;       // --float auto
    std::string truth;                      // what is in the pictures; empty: accuracy is not measured
    std::string truth_pictures;             // a folder or a list; empty: those of `pictures`
    std::string labels;                     // names of the classes, for a truth that names them
    std::optional<double> max_drop;         // of the mean average precision
    int threads = 1;
};

}  // namespace ssdgen
