// How long a cache line takes from core to core, in nanoseconds: two threads hand a number back and forth. Some 30
// where the two share a cache; hundreds where a host put the cores of a virtual machine far apart; far more where they
// have to share one core.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int exchanges = 1000, trials = 15, stop = -1;
constexpr std::chrono::milliseconds time_for_all{200};  // a busy machine gets fewer trials, perhaps a part of one
alignas(64) std::atomic<int> ball{0};                   // even: the first thread's turn

void answer() {
    for (int turn = 1;; turn += 2) {
        int seen = 0;
        while (seen = ball.load(std::memory_order_acquire), seen != turn && seen != stop) {
        }
        if (seen == stop) return;
        ball.store(turn + 1, std::memory_order_release);
    }
}

/// Nanoseconds for one way.
double trial(Clock::time_point deadline) {
    ball = 0;
    std::atomic<bool> started{false};
    std::thread other([&started] {
        started = true;
        answer();
    });
    while (!started) {
    }
    const Clock::time_point begin = Clock::now();
    int done = 0;
    while (done < exchanges) {
        ball.store(2 * done + 1, std::memory_order_release);
        ++done;
        while (ball.load(std::memory_order_acquire) != 2 * done) {
        }
        if (done % 64 == 0 && Clock::now() > deadline) break;
    }
    const std::chrono::duration<double, std::nano> taken = Clock::now() - begin;
    ball = stop;
    other.join();
    return taken.count() / (2 * done);
}

}  // namespace

int main() {
    const Clock::time_point deadline = Clock::now() + time_for_all;
    std::vector<double> nanoseconds;
    do nanoseconds.push_back(trial(deadline));
    while (nanoseconds.size() < trials && Clock::now() < deadline);
    std::sort(nanoseconds.begin(), nanoseconds.end());
    std::printf("%.1f\n", nanoseconds[nanoseconds.size() / 2]);
}
