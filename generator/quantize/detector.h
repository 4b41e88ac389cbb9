#pragma once

#include "graph/graph.h"

#include "programs/average_precision.h"
#include "ssd/post_processing.h"
#include "ssd/priors.h"

#include <functional>
#include <vector>

namespace ssdgen {

/// What follows a detector's network, as the runtime does it.
class DetectorHead {
  public:
    /// The graph, with its priors bound, has to live as long.
    explicit DetectorHead(const Graph& graph);
    DetectorHead(const DetectorHead&) = delete;
    DetectorHead& operator=(const DetectorHead&) = delete;

    /// The real values of a map.
    using ValuesOf = std::function<std::vector<float>(TensorId)>;

    /// What is found in a picture (its number), with scores of 0.01 or more as NAME_detect --truth takes them.
    std::vector<application::Found> find(int picture, const ValuesOf& values) const;

  private:
    std::vector<float> joined(TensorId HeadSource::*kind, const ValuesOf& values) const;

    const Head& head_;
    ssd::PostProcessing settings_{};
    std::vector<std::vector<ssd::BoxSize>> sizes_;
    std::vector<ssd::PriorGrid> grids_;
    ssd::Priors priors_{};
};

}  // namespace ssdgen
