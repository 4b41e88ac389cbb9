#pragma once

#include "graph/graph.h"
#include "plan/schedule/tuning.h"

#include <string>
#include <vector>

namespace ssdgen {

struct TuneOptions {
    std::string file;      // to write; empty: configs/tuning/TARGET.json
    std::string compiler;  // empty: CMake's choice
    int rounds = 5;
    int runs = 20;      // of the network, a round
    int networks = 10;  // that are compiled, the model's among them
    int jobs = 1;       // compilers at once
};

/// The number of the fastest, or 0 (the model's) unless that is at least 2 per cent faster: less is noise.
std::size_t choose_fastest(const std::vector<double>& milliseconds);

/// Measures schedules for each distinct layer shape of a lowered graph with weights: every network that is compiled has
/// another candidate for each of its shapes; the winners are measured again, together. Shapes for which one is faster
/// than the model's go into the file, the others out of it; what it says of shapes that the graph does not have stays.
/// Progress goes to stderr. Gives a table of what was found. InputError if the file is wrong or a command fails.
std::string tune(const Graph& graph, const Target& target, const TuneOptions& options);

}  // namespace ssdgen
