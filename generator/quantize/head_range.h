#pragma once

#include "graph/graph.h"
#include "quantize/ranges.h"
#include "reference/float_executor.h"

#include <vector>

namespace ssdgen {

/// What matters of a detector's raw outputs, over pictures. Their rare values are the detections, which no share of all
/// values finds; and most of the others, of priors that see nothing, may be cut off.
struct HeadRanges {
    ValueRange boxes;   // of the priors whose best class scores 0.01 or more
    ValueRange logits;  // from where a score is nothing beside its row's largest, up to the largest of all
    bool empty = true;  // no prior scores so much: nothing is known

    void add(const HeadRanges& other);
};

/// Of one picture; values: by TensorId, of a network of real numbers. A logit that is 12 below the largest of its row
/// has a score of 6e-6 after a softmax, whatever it is exactly; one of -12 after a sigmoid.
HeadRanges head_ranges(const Head& head, const std::vector<FloatValues>& values);

}  // namespace ssdgen
