$header$
#include "$network$.h"

#include "layers/streams.h"
#include "ssd/resize.h"
#ifdef SSDGEN_OBSERVER
#include "$network$_observer.h"
#endif

#include <algorithm>

$weights_source$

namespace $network$ {

namespace {

/// Shares out the units of a step's work among the threads of an executor.
class Crew {
  public:
    Crew(const ssd::Executor& executor, Workspace& workspace) noexcept
        : executor_(executor), workspace_(workspace), threads_(std::min(executor.threads, workspace.threads)) {}

    /// work(first, end) for ranges of units that together are [0, units).
    template <class Work>
    void run(int units, const Work& work) const noexcept {
        run(units, nullptr, [&work](int first, int end, float*) { work(first, end); });
    }

    /// work(first, end, scratch): with memory for each thread, the first one's being `scratch`.
    template <class Work>
    void run(int units, float* scratch, const Work& work) const noexcept {
        const int parts = std::min(units, threads_);
        if (parts <= 1) return work(0, units, scratch);
        const Task<Work> task{work, scratch, workspace_.more_scratch, units};
        executor_.run(executor_.state, &Task<Work>::run, &task, parts);
    }

  private:
    template <class Work>
    struct Task {
        const Work& work;
        float* scratch;
        float* more_scratch;
        int units;

        float* scratch_of(int part) const noexcept {
            return more_scratch + static_cast<std::size_t>(part - 1) * (thread_scratch_bytes / sizeof(float));
        }

        static void run(const void* context, int part, int parts) {
            const Task& task = *static_cast<const Task*>(context);
            // Rounded up: the rows of a stream cost most at the bottom, where the padding saves nothing.
            const auto border = [&](int at) {
                return static_cast<int>((static_cast<long long>(task.units) * at + parts - 1) / parts);
            };
            task.work(border(part), border(part + 1), part == 0 ? task.scratch : task.scratch_of(part));
        }
    };

    const ssd::Executor& executor_;
    Workspace& workspace_;
    int threads_;
};

/// 0, or the ssd::Error of memory that the network cannot run in.
int wrong_with(const Workspace& workspace, const ssd::Executor& executor) noexcept {
    return ssd::detail::first_wrong(
        ssd::detail::wrong_with_memory(workspace.arena, alignof(Workspace)),
        ssd::detail::wrong_with(executor, workspace.threads, workspace.more_scratch, thread_scratch_bytes)$weights_missing$);
}

/// The network, a line a step: units of work, input, weights and output, then what the step has made.
template <class Observe>
void run(const ssd::Rows& picture, $outputs$, Workspace& workspace, const ssd::Executor& executor,
         const Observe& observe) noexcept {
    const Crew crew(executor, workspace);
    [[maybe_unused]] float* const arena = workspace.arena;  // a network of one layer keeps no map
    const $weight$* const weights = $weights$;

    $steps$
}

struct ObserveNothing {
    void operator()(int, const float* = nullptr, const float* = nullptr) const noexcept {}
    void rows(int, int, int, const float*) const noexcept {}
};

}  // namespace

$entries$

$weights_entry$

}  // namespace $network$
