$header$
// Who works on a step: the threads of an executor.
#pragma once

#include "ssd/executor.h"

#include <algorithm>
#include <cstddef>
$stdint$

namespace $network$ {

/// An operand that is memory of each thread's own: where the first one's begins.
struct Scratch {
    $number$* first;
};

/// Shares out the units of a step's work among the threads of an executor.
class Crew {
  public:
    /// At most `threads` of them work; more_scratch: scratch_bytes for each but the first.
    Crew(const ssd::Executor& executor, int threads, float* more_scratch, std::size_t scratch_bytes) noexcept
        : executor_(executor),
          threads_(std::min(executor.threads, threads)),
          more_scratch_(more_scratch),
          scratch_$unit$_(scratch_bytes / sizeof($number$)) {}

    /// function(operands..., first, end) for ranges [first, end) of units that together are [0, units).
    template <auto function, class... Operands>
    void run(int units, const Operands&... operands) const noexcept {
        const auto work = [this, &operands...](int part, int first, int end) {
            function(of_part(operands, part)..., first, end);
        };
        const int parts = std::min(units, threads_);
        if (parts <= 1) return work(0, 0, units);
        const Task<decltype(work)> task{work, units};
        executor_.run(executor_.state, &Task<decltype(work)>::run, &task, parts);
    }

  private:
    template <class Work>
    struct Task {
        const Work& work;
        int units;

        static void run(const void* context, int part, int parts) {
            const Task& task = *static_cast<const Task*>(context);
            // Rounded up: the rows of a stream cost most at the bottom, where the padding saves nothing.
            const auto border = [&](int at) {
                return static_cast<int>((static_cast<long long>(task.units) * at + parts - 1) / parts);
            };
            task.work(part, border(part), border(part + 1));
        }
    };

    template <class Operand>
    const Operand& of_part(const Operand& operand, int) const noexcept {
        return operand;
    }
    $number$* of_part(const Scratch& scratch, int part) const noexcept {
        if (part == 0) return scratch.first;
        return $more_scratch$ + static_cast<std::size_t>(part - 1) * scratch_$unit$_;
    }

    const ssd::Executor& executor_;
    int threads_;
    float* more_scratch_;
    std::size_t scratch_$unit$_;
};

}  // namespace $network$
