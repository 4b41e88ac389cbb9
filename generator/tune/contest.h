#pragma once

#include "plan/plan.h"
#include "support/process.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The shortest median so far, in milliseconds.
struct BestTimes {
    double network = 0;
    std::vector<double> stages;  // in the order of all_stages(plan); empty before the first measurement
};

/// Forms of one network that are emitted, compiled as their own CMakeLists.txt says, and timed in turn.
class Contest {
  public:
    /// compiler: "" for CMake's choice; runs: of the network a measurement, at least; jobs: compilers at once.
    Contest(std::string compiler, int runs, int jobs) : compiler_(std::move(compiler)), runs_(runs), jobs_(jobs) {}

    /// InputError if it cannot be compiled.
    void add(const Plan& plan);

    /// Runs the benchmark of the network that was added as number `index`, from 0.
    void measure(std::size_t index);

    const BestTimes& times(std::size_t index) const { return times_[index]; }

    /// As before its first measurement.
    void forget(std::size_t index) { times_[index] = {}; }

  private:
    std::string compiler_;
    int runs_;
    int jobs_;
    TemporaryFolder folder_;
    std::vector<std::string> programs_;
    std::vector<BestTimes> times_;
};

}  // namespace ssdgen
