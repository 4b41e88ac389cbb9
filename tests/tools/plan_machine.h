#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ssdgen::test {

// Runs plans without a compiler, as the emitted network would run them: tools/tree_machine.h runs the kernels.

/// How a plan runs.
struct PlanRun {
    int threads = 1;
    bool backwards = false;         // of what threads do at once, the last part first
    bool outputs_in_arena = false;  // as of detect() and classify(); if not, in memory of the caller, as of forward()
};

/// What a plan made of one picture.
struct PlanValues {
    std::map<std::string, std::vector<float>> layers;  // every value of every observed layer [h][w][c]; of several
                                                       // threads, rows that none of them needs are no numbers
    std::vector<float> boxes, logits;                  // boxes: empty for a classifier
};

/// A plan with its kernels lowered.
class PlanMachine {
  public:
    /// The plan has weights, is not compact and outlives the machine. TreeError for trees that mean nothing.
    explicit PlanMachine(const Plan& plan);
    ~PlanMachine();

    /// Runs the network on a picture [H][W][C]. The arena begins unwritten, and each of its buffers again with the
    /// first step that it is for, and it is unwritten after the last one; the scratch memory of the threads but the
    /// first is new in each step. A stage's weights are memory of their own. TreeError for what run_tree() refuses, for
    /// a row of a stream that is made twice with different bits, and for an observed row that one thread does not make.
    PlanValues run(const std::vector<std::uint8_t>& picture, const PlanRun& how = {}) const;

  private:
    class Code;
    std::unique_ptr<Code> code_;
};

}  // namespace ssdgen::test
