#include "compiler.h"
#ifndef SSD_POOL_H
#define SSD_POOL_H

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "executor.h"

namespace ssd { inline namespace v2 {

/// Threads for forward() and detect(): the caller's own and threads - 1 workers, at most 32 in all. The only part of
/// the runtime that allocates, waits or locks. One run at a time: a pool serves one caller.
///
/// A step is published as one number, its serial above and a bit for each part that nobody has taken yet. Thread i
/// takes part i, for the sake of its cache, or if that is taken any other: a worker that sleeps or is late holds nobody
/// up. Waking a thread takes about 0.1 ms, a whole step often less, so idle workers look out for the next step a while
/// before they sleep.
class ThreadPool {
  public:
    /// Throws what std::vector and std::thread do if memory or threads run out; nothing else here throws.
    explicit ThreadPool(int threads) : threads_(std::clamp(threads, 1, 32)) {
        // Looking out takes the processor away from those that work if there are more threads than processors.
        const unsigned processors = std::thread::hardware_concurrency();
        spins_ = processors != 0 && static_cast<unsigned>(threads_) > processors ? 0 : 10000;
        workers_.threads.reserve(static_cast<std::size_t>(threads_ - 1));
        for (int i = 1; i < threads_; ++i) workers_.threads.emplace_back(&ThreadPool::work, this, i);
    }

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    Executor executor() noexcept {
        return {threads_,
                [](void* state, Executor::Task task, const void* context, int parts) {
                    static_cast<ThreadPool*>(state)->run(task, context, parts);
                },
                this};
    }

  private:
    /// They end with the pool, and with its constructor where it could not start them all.
    struct Workers {
        ThreadPool& pool;
        std::vector<std::thread> threads;

        ~Workers() {
            {
                const std::lock_guard<std::mutex> lock(pool.mutex_);
                pool.stop_.store(true);
            }
            pool.wake_.notify_all();
            for (std::thread& thread : threads) thread.join();
        }
    };

    static std::uint32_t serial(std::uint64_t step) noexcept { return static_cast<std::uint32_t>(step >> 32); }
    static std::uint32_t untaken(std::uint64_t step) noexcept { return static_cast<std::uint32_t>(step); }

    void run(Executor::Task task, const void* context, int parts) {
        if (parts <= 1 || threads_ == 1 || parts > 32) {
            for (int part = 0; part < parts; ++part) task(context, part, parts);
            return;
        }
        task_ = task;
        context_ = context;
        parts_ = parts;
        unfinished_.store(parts, std::memory_order_relaxed);
        const std::uint64_t next = std::uint64_t{serial(step_.load(std::memory_order_relaxed))} + 1;
        // This store and the load below, and in sleep() the addition and the load, are in one order for all threads:
        // either the worker sees the step or this sees the sleeper.
        step_.store(next << 32 | 0xFFFFFFFFU >> (32 - parts));
        if (asleep_.load() > 0) {
            { const std::lock_guard<std::mutex> lock(mutex_); }
            wake_.notify_all();
        }
        take_parts(0);
        for (int i = 0; unfinished_.load(std::memory_order_acquire) != 0; ++i) pause(i >= spins_);
    }

    /// Runs parts until all are taken; returns the serial of the step that it found so.
    std::uint32_t take_parts(int thread) {
        std::uint64_t step = step_.load(std::memory_order_acquire);
        while (untaken(step) != 0) {
            const std::uint32_t own = 1U << thread;
            const std::uint32_t part = (untaken(step) & own) != 0 ? own : untaken(step) & (~untaken(step) + 1);
            if (!step_.compare_exchange_weak(step, step & ~std::uint64_t{part}, std::memory_order_acq_rel)) continue;
            task_(context_, lowest_bit(part), parts_);  // they stay as they are while a part is unfinished
            unfinished_.fetch_sub(1, std::memory_order_release);
            step = step_.load(std::memory_order_acquire);
        }
        return serial(step);
    }

    void work(int thread) {
        std::uint32_t done = 0;
        while (await_step(done)) done = take_parts(thread);
    }

    /// Waits for a step after this one; false if there will be none.
    bool await_step(std::uint32_t done) {
        const auto ready = [this, done] { return stop_.load() || serial(step_.load()) != done; };
        for (int i = 0; i < spins_; ++i) {
            if (ready()) return !stop_.load();
            pause(false);
        }
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.fetch_add(1);
        wake_.wait(lock, ready);
        asleep_.fetch_sub(1);
        return !stop_.load();
    }

    static void pause(bool long_one) {
        if (long_one) {
            std::this_thread::yield();
            return;
        }
        std::atomic_thread_fence(std::memory_order_seq_cst);  // some dozen cycles in which nothing is asked for
    }

    /// Which bit it is that is set.
    static int lowest_bit(std::uint32_t bits) noexcept {
        int bit = 0;
        while ((bits >> bit & 1U) == 0) ++bit;
        return bit;
    }

    int threads_;
    int spins_ = 0;
    std::atomic<std::uint64_t> step_{0};
    alignas(64) std::atomic<int> unfinished_{0};
    std::atomic<int> asleep_{0};
    std::atomic<bool> stop_{false};
    Executor::Task task_ = nullptr;
    const void* context_ = nullptr;
    int parts_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    Workers workers_{*this, {}};  // the last member: they use the others
};

}}  // namespace ssd::v2
#endif  // SSD_POOL_H
