#ifndef SSD_EXECUTOR_H
#define SSD_EXECUTOR_H

namespace ssd {

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

}  // namespace ssd

#endif  // SSD_EXECUTOR_H
