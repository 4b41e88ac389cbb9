#pragma once

#include "plan/kernel.h"
#include "plan/schedule/tuning.h"
#include "target/target.h"

namespace ssdgen {

/// A lowered node that a kernel is made for.
struct KernelMaker {
    const Graph& graph;
    const Node& node;
    const Target& target;
    bool in_stream;
    const Tuning& tuning;

    /// With the node's maps and epilogue, and weights of a type; of a quantized graph with its whole numbers.
    Kernel start(const Epilogue& epilogue, Element weight = Element::f32) const;
};

}  // namespace ssdgen
