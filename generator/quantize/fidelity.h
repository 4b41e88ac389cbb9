#pragma once

#include "graph/graph.h"
#include "quantize/pictures.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// How near a layer of the quantized network comes to the network of real numbers, over the pictures.
struct LayerFidelity {
    std::string name;
    bool integer = true;           // whether it computes with whole numbers
    std::optional<StoredMap> map;  // how its output is stored
    double low = 0, high = 0;      // what the stored numbers can mean
    double saturated = 0;          // share of the real values beyond that
    double signal_to_noise = 0;    // dB; infinite where nothing differs
    double lost = 0;               // dB less than the worst of its inputs
    double cosine = 1;             // of the angle between the real values and those of the stored numbers
    int dead_channels = 0;         // whose weights are all 0 now, and were not
};

/// One for each node, in run order. real and quantized have the same nodes and tensors.
std::vector<LayerFidelity> compare(const Graph& real, const Graph& quantized, const Pictures& pictures, int threads,
                                   const std::string& title = "");

/// The noise of what the network gives away, over its signal, on some of the pictures: boxes and logits each count
/// with their own ratio.
double output_noise(const Graph& real, const Graph& quantized, const Pictures& pictures,
                    const std::vector<std::size_t>& some, int threads);

}  // namespace ssdgen
