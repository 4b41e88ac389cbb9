#pragma once

#include "cost/budget.h"
#include "sweep/figures.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What a budget says of a sweep.
struct Verdict {
    int recommended = -1;  // index of the network that fits and is worth most: accuracy if it was measured, else
                           // multiply-adds; of equals the fastest; -1: none does, or there is no budget
    int nearest = -1;  // where none fits: index of the one that misses a limit by least; -1: none is known well enough
    std::string text;  // a line for the reader; empty without a budget
};

/// Judges every point and notes in its figures whether it fits; one that failed does not. `evaluated`: accuracy was
/// to be measured. Latency is that with `threads` threads if it was measured, else the predicted one.
Verdict judge(const Budget& budget, int threads, bool evaluated, std::vector<PointFigures>& points);

/// How good the predictions were where both are known; 0 points: none is.
struct PredictionError {
    int points = 0;
    double median_percent = 0, largest_percent = 0;
};

PredictionError prediction_error(const std::vector<PointFigures>& points);

}  // namespace ssdgen
