#include "ssd/pool.h"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <vector>

namespace {

/// Each part counts itself and adds up its share of numbers that the step before wrote.
struct Step {
    const std::vector<int>* input;
    std::vector<int>* output;
    std::vector<int>* runs;  // of each part
};

void run_part(const void* context, int part, int parts) {
    const Step& step = *static_cast<const Step*>(context);
    (*step.runs)[static_cast<std::size_t>(part)] += parts;
    const std::size_t count = step.input->size(),
                      first = count * static_cast<std::size_t>(part) / static_cast<std::size_t>(parts);
    const std::size_t end = count * static_cast<std::size_t>(part + 1) / static_cast<std::size_t>(parts);
    for (std::size_t i = first; i < end; ++i) (*step.output)[i] = (*step.input)[count - 1 - i] + 1;
}

}  // namespace

TEST_CASE("every part runs exactly once a step, and sees what the step before wrote") {
    for (const int threads : {1, 2, 3, 7}) {
        ssd::ThreadPool pool(threads);
        const ssd::Executor executor = pool.executor();
        CHECK(executor.threads == threads);
        std::vector<int> first(41), second(41);
        for (int step = 0; step < 4000; ++step) {
            const int parts = 1 + step % threads;
            std::vector<int> runs(static_cast<std::size_t>(parts));
            const Step context{step % 2 == 0 ? &first : &second, step % 2 == 0 ? &second : &first, &runs};
            executor.run(executor.state, run_part, &context, parts);
            REQUIRE(runs == std::vector<int>(static_cast<std::size_t>(parts), parts));
            REQUIRE(*context.output == std::vector<int>(41, step + 1));
        }
    }
}

TEST_CASE("workers that have gone to sleep are no obstacle") {
    ssd::ThreadPool pool(3);
    const ssd::Executor executor = pool.executor();
    std::vector<int> first(10), second(10);
    for (int step = 0; step < 20; ++step) {
        std::this_thread::sleep_for(std::chrono::milliseconds(step % 5));
        std::vector<int> runs(3);
        const Step context{step % 2 == 0 ? &first : &second, step % 2 == 0 ? &second : &first, &runs};
        executor.run(executor.state, run_part, &context, 3);
        REQUIRE(*context.output == std::vector<int>(10, step + 1));
    }
}

TEST_CASE("the number of threads is kept between 1 and 32, and an idle pool ends") {
    for (int i = 0; i < 50; ++i) ssd::ThreadPool(4);
    CHECK(ssd::ThreadPool(0).executor().threads == 1);
    CHECK(ssd::ThreadPool(33).executor().threads == 32);
}

TEST_CASE("more parts than the pool can mark run all the same") {
    ssd::ThreadPool pool(2);
    std::vector<int> input(100), output(100), runs(40);
    const Step context{&input, &output, &runs};
    const ssd::Executor executor = pool.executor();
    executor.run(executor.state, run_part, &context, 40);
    CHECK(runs == std::vector<int>(40, 40));
    CHECK(output == std::vector<int>(100, 1));
}
