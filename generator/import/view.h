#pragma once

#include "graph/graph.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// The operator of a model file that is being read.
struct Site {
    std::string where;  // begins its messages: "FILE: operator 3 (CONV_2D) 'conv'"
    std::string place;  // before its name where others tell of it: "operator 3", "layer"
    std::string name;   // the file's, of it or of its output
};

/// What a value of a file (a tensor, a blob) stands for, as far as the formats agree.
struct View {
    std::vector<int> shape;                     // as the operators so far make it, its axes in the file's order
    std::vector<TensorId> parts;                // the picture alone, or the outputs of layers one after the other
    bool shared = false;                        // other operators or outputs see it as well
    std::optional<ScoreConversion> conversion;  // the outputs, converted to scores
    int softmax_length = 0;                     // softmax: over so many values
};

constexpr std::size_t most_parts = 1024;  // of a view that joins others

/// The axis along which a view is joined with others, counted from the end if it is negative. InputError unless it is
/// the first that is not 1: only there do the views lie one after the other in memory.
std::size_t join_axis(const Site& site, const View& view, int axis);

/// Puts a view behind another. InputError unless they differ in the axis alone and are converted alike. False, and
/// nothing done, if that makes more than most_parts parts or an axis of more than 2^30.
bool join(const Site& site, View& joined, const View& next, std::size_t axis);

/// InputError for a view that is converted to scores already.
void need_unconverted(const Site& site, const View& view);

}  // namespace ssdgen
