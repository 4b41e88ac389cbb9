#include "compiler.h"
#ifndef SSD_EXECUTOR_H
#define SSD_EXECUTOR_H

#include <cstddef>

#include "error.h"

namespace ssd { inline namespace v2 {

/// Runs parts of a task, at once if it can. forward() calls it once a step of the network; every part of a step must be
/// done when run() returns. A caller may bring an executor of its own: fill in the three members.
struct Executor {
    using Task = void (*)(const void* context, int part, int parts);

    int threads = 1;  // at most this many parts are asked for; part is also the number of the thread's own scratch memory
    void (*run)(void* state, Task task, const void* context, int parts) = nullptr;  // unused with one thread
    void* state = nullptr;
};

/// No threads: every step runs in the caller's.
inline constexpr Executor serial{};

namespace detail {

/// 0, or the ssd::Error of an executor for a workspace of so many threads, where each but the first needs scratch_bytes of more_scratch.
inline int wrong_with(const Executor& executor, int threads, const void* more_scratch, std::size_t scratch_bytes) noexcept {
    if (executor.threads > 1 && executor.run == nullptr) return wrong_if(true, Error::executor);
    if (executor.threads <= 1 || threads <= 1 || scratch_bytes == 0) return 0;
    return more_scratch == nullptr ? wrong_if(true, Error::thread_memory) : wrong_with_memory(more_scratch, alignof(float));
}

}  // namespace detail

}}  // namespace ssd::v2
#endif  // SSD_EXECUTOR_H
