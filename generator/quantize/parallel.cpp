#include "quantize/parallel.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ssdgen {

namespace {

/// A line on stderr that says how far something is: renewed on a terminal, else written at each tenth.
class Progress {
  public:
    Progress(std::string title, std::size_t count)
        : title_(std::move(title)), count_(count), terminal_(isatty(STDERR_FILENO) != 0) {}

    void advance() {
        if (title_.empty()) return;
        const std::lock_guard<std::mutex> lock(mutex_);
        ++done_;
        const std::size_t tenth = done_ * 10 / count_;
        if (terminal_) {
            std::fprintf(stderr, "\r%s: %zu of %zu%s", title_.c_str(), done_, count_, done_ == count_ ? "\n" : "");
        } else if (tenth != said_) {
            std::fprintf(stderr, "%s: %zu of %zu\n", title_.c_str(), done_, count_);
        }
        said_ = tenth;
    }

  private:
    std::string title_;
    std::size_t count_, done_ = 0, said_ = 0;
    bool terminal_;
    std::mutex mutex_;
};

}  // namespace

void for_each_index(std::size_t count, int threads, const std::string& title,
                    const std::function<void(std::size_t)>& work) {
    std::vector<std::exception_ptr> errors(count);
    std::atomic<std::size_t> next{0};
    Progress progress(title, count);
    const auto run = [&] {
        for (std::size_t index; (index = next.fetch_add(1)) < count;) {
            try {
                work(index);
            } catch (...) {
                errors[index] = std::current_exception();
            }
            progress.advance();
        }
    };
    std::vector<std::thread> others;
    const auto most = static_cast<int>(std::min<std::size_t>(count, 1000));
    for (int thread = 1; thread < std::min(threads, most); ++thread) others.emplace_back(run);
    run();
    for (std::thread& thread : others) thread.join();
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
}

}  // namespace ssdgen
