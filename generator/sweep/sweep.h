#pragma once

#include "cost/budget.h"
#include "support/element.h"
#include "target/target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

struct SweepOptions {
    std::string config;
    std::vector<double> alphas, rhos;  // empty: the description's own
    std::vector<std::string> targets{"native"};
    std::vector<std::string> unrolls{"tile"};
    std::vector<int> threads{1};
    bool measure = true;  // or figures that need no compiler alone
    Budget budget;
    std::string out = "sweep";
    std::string weights;   // a pattern of files (weights_pattern.h); empty: random ones, neither size nor speed depends
                           // on values
    std::string evaluate;  // a folder of pictures to measure accuracy on; empty: it is not measured
    std::string truth;     // a file of what is in them; empty: truth.txt in the folder
    std::string labels;    // a file of the classes' names, if the truth has names; or empty
    std::uint64_t seed = 1;               // of the random weights
    Element weights_type = Element::f32;  // that weights are stored as
    std::string tuning;                   // a file; empty: the built-in one of each target
    bool without_tuning = false;
    std::string calibration;        // a file of the latency model; empty: the built-in one
    std::string compiler;           // empty: $CXX or c++
    std::string compiler_launcher;  // words of the shell before each C++ compile command
    std::string runner;             // words of the shell before each command that measures
    int runs = 50;                  // of each network, at least
    int jobs = 1;                   // compilers at once
};

/// Every alpha with every rho, target and unroll form: what each network costs, as a table to print, and as sweep.csv,
/// sweep.json and sweep.html in the folder. Unless it is not to measure, Ninja generates, compiles, evaluates and
/// measures the networks there; what it has done already and what did not change is not done again. A point that fails,
/// or whose file of weights is missing, is a row that says why. InputError for a wrong description, file or evaluation
/// set, if Ninja is missing, or if the folder cannot be written.
std::string sweep(const SweepOptions& options);

}  // namespace ssdgen
