// Times the network $network$ on this machine, against the multiply-adds that the machine can do.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "$network$_observer.h"
#include "application.h"
#include "program_weights.h"
#include "ssd/pool.h"

// Found below only by a classifier, which has no priors of its own.
inline constexpr int priors = 0;

namespace $network$ {

namespace {

using application::Arguments;
using application::Clock;
using application::json_number;
using application::milliseconds_since;

constexpr int most_threads = 16;

/// Most memory that this process ever held resident, in bytes; 0 where /proc does not say. Not getrusage: its maximum survives
/// exec, so that it would count the process which started this one.
long peak_memory_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, 6, "VmHWM:") == 0) return std::atol(line.c_str() + 6) * 1024;
    return 0;
}

/// Everything that forward() takes.
struct Setup {
    explicit Setup(int threads) : pool(threads), executor(pool.executor()) {
        hand_over_weights(*workspace);
        std::uint32_t state = 0x9E3779B9U;
        for (std::uint8_t& byte : picture) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            byte = static_cast<std::uint8_t>(state >> 24);
        }
    }

    // Left as it comes from the system, as in a product: the first run pays for its first use.
    std::unique_ptr<ThreadedWorkspace<most_threads>> workspace{new ThreadedWorkspace<most_threads>};
    std::vector<std::uint8_t> picture = std::vector<std::uint8_t>(input_height * input_width * input_channels);
    std::vector<float> boxes = std::vector<float>(static_cast<std::size_t>(priors) * 4);
    std::vector<float> logits = std::vector<float>(static_cast<std::size_t>(priors > 0 ? priors : 1) * classes);
    ssd::ThreadPool pool;
    ssd::Executor executor;
};

template <class Forward, class... Observers>
auto call(Forward run, Setup& setup, const Observers&... observer) {
    if constexpr (priors > 0) {
        return run(setup.picture.data(), setup.boxes.data(), setup.logits.data(), *setup.workspace, setup.executor,
            observer...);
    } else {
        return run(setup.picture.data(), setup.logits.data(), *setup.workspace, setup.executor, observer...);
    }
}

/// The element that so large a share of the sorted values does not exceed.
double quantile(const std::vector<double>& sorted, double share) {
    const double place = std::ceil(share * static_cast<double>(sorted.size())) - 1;
    return sorted[static_cast<std::size_t>(std::max(place, 0.0))];
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t count = values.size();
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

struct alignas(64) ChainValues {
    $number$ values[$values$];
};

/// Milliseconds of one window of multiply-adds.
double chains_ms(ChainValues& chains, long iterations) {
    std::fill(std::begin(chains.values), std::end(chains.values), $value$);
    const auto start = Clock::now();
    multiply_add_chains(chains.values, iterations);
    return milliseconds_since(start);
}

/// The peak of so many threads at once, in GFLOP/s: each one's best of several windows that all of them start together.
double measure_peak(int threads) {
    constexpr int windows = 8;
    ChainValues chains;
    long iterations = 1000;
    while (chains_ms(chains, iterations) < 5) iterations *= 2;

    std::vector<double> best(static_cast<std::size_t>(threads));
    std::atomic<int> arrived{0};
    const auto work = [&](int thread) {
        ChainValues own;
        double shortest = 1e9;
        for (int window = 1; window <= windows; ++window) {
            arrived.fetch_add(1);
            while (arrived.load() < window * threads) std::this_thread::yield();
            shortest = std::min(shortest, chains_ms(own, iterations));
        }
        best[static_cast<std::size_t>(thread)] = flops_per_iteration * static_cast<double>(iterations) / shortest / 1e6;
    };
    std::vector<std::thread> others;
    for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
    work(0);
    for (std::thread& other : others) other.join();
    double sum = 0;
    for (const double gflops : best) sum += gflops;
    return sum;
}

/// Per cent of the peak at which so many multiply-adds, two operations each, were done.
double percent_of_peak(long long macs, double milliseconds, double peak_gflops) {
    return 100 * 2 * static_cast<double>(macs) / (milliseconds * 1e6 * peak_gflops);
}

struct Timing {
    double first_ms = 0;
    long memory_bytes = 0;        // most that the process had, up to here: the runs_ms of a small network are larger than itself
    std::vector<double> runs_ms;  // sorted
};

Timing time_forward(Setup& setup, int least_runs) {
    Timing timing;
    const auto run = [&setup] {
        const auto start = Clock::now();
        call(forward, setup);
        return milliseconds_since(start);
    };
    timing.first_ms = run();
    for (const auto start = Clock::now(); milliseconds_since(start) < 300;) run();
    timing.memory_bytes = peak_memory_bytes();
    const auto start = Clock::now();
    while (timing.runs_ms.size() < static_cast<std::size_t>(least_runs) || milliseconds_since(start) < 500) {
        timing.runs_ms.push_back(run());
    }
    std::sort(timing.runs_ms.begin(), timing.runs_ms.end());
    return timing;
}

/// Where the first thread's time goes: what passes until rows are done belongs to the kernel that made them, and what passes until
/// a step is done (the other threads' lateness among it) to the step's last kernel.
struct StageTimes {
    std::thread::id thread = std::this_thread::get_id();
    Clock::time_point last;
    double run_ms[stage_count] = {};
    std::vector<double> runs_ms[stage_count];

    void add_to(int stage) {
        const Clock::time_point now = Clock::now();
        run_ms[stage] += std::chrono::duration<double, std::milli>(now - last).count();
        last = now;
    }
};

/// The median time of each kernel.
std::vector<double> time_stages(Setup& setup, int least_runs) {
    StageTimes times;
    Observer observer{};
    observer.state = &times;
    observer.rows = [](void* state, int layer, int, int, const $number$*) noexcept {
        StageTimes& so_far = *static_cast<StageTimes*>(state);
        if (std::this_thread::get_id() == so_far.thread) so_far.add_to(layers[layer].stage);
    };
    observer.step = [](void* state, int step) noexcept { static_cast<StageTimes*>(state)->add_to(steps[step].last_stage); };
    const auto start = Clock::now();
    for (int run = 0; run < least_runs || milliseconds_since(start) < 500; ++run) {
        times.last = Clock::now();
        call(forward_observed, setup, observer);
        for (int stage = 0; stage < stage_count; ++stage) {
            times.runs_ms[stage].push_back(times.run_ms[stage]);
            times.run_ms[stage] = 0;
        }
    }
    std::vector<double> medians;
    for (const std::vector<double>& runs : times.runs_ms) medians.push_back(median(runs));
    return medians;
}

struct Report {
    int threads = 1;
    Timing timing;
    std::vector<double> stages_ms;  // empty unless asked for
    double peak_gflops = 0;
    long memory_bytes = 0;  // that the process has grown by since it began: workspace, weights, outputs, threads

    double median_ms() const { return median(timing.runs_ms); }
    double stages_sum() const {
        double sum = 0;
        for (const double milliseconds : stages_ms) sum += milliseconds;
        return sum;
    }
};

void print_json(const Report& report) {
    const std::vector<double>& runs = report.timing.runs_ms;
    std::string text =
        "{\"name\":\"$network$\",\"threads\":" + std::to_string(report.threads) +
        ",\"runs\":" + std::to_string(runs.size()) + ",\"median_ms\":" + json_number(report.median_ms(), 6) +
        ",\"min_ms\":" + json_number(runs.front(), 6) + ",\"p90_ms\":" + json_number(quantile(runs, 0.9), 6) +
        ",\"first_ms\":" + json_number(report.timing.first_ms, 6) + ",\"macs\":" + std::to_string(total_macs) +
        ",\"peak_gflops\":" + json_number(report.peak_gflops, 6) +
        ",\"percent_of_peak\":" + json_number(percent_of_peak(total_macs, report.median_ms(), report.peak_gflops), 4) +
        ",\"memory_bytes\":" + std::to_string(report.memory_bytes);
    if (!report.stages_ms.empty()) text += ",\"layers\":[";
    for (std::size_t i = 0; i < report.stages_ms.size(); ++i) {
        const double milliseconds = report.stages_ms[i];
        text += std::string(i == 0 ? "" : ",") + "{\"name\":" + application::json_string(stages[i].name) +
                ",\"kernel\":" + application::json_string(stages[i].kernel) +
                ",\"macs\":" + std::to_string(stages[i].macs) + ",\"ms\":" + json_number(milliseconds, 5) +
                ",\"share\":" + json_number(milliseconds / report.stages_sum(), 4) + ",\"percent_of_peak\":" +
                json_number(percent_of_peak(stages[i].macs, milliseconds, report.peak_gflops), 4) + "}";
    }
    if (!report.stages_ms.empty()) text += "]";
    std::printf("%s}\n", text.c_str());
}

void print_text(const Report& report) {
    const std::vector<double>& runs = report.timing.runs_ms;
    std::printf("%s: input %d x %d x %d, %.1f M multiply-adds, %d %s\n", "$network$", input_height, input_width,
                input_channels, static_cast<double>(total_macs) / 1e6, report.threads,
                report.threads == 1 ? "thread" : "threads");
    std::printf("median %.3f ms, min %.3f, p90 %.3f (%zu runs); first %.3f ms\n", report.median_ms(), runs.front(),
                quantile(runs, 0.9), runs.size(), report.timing.first_ms);
    std::printf("%.1f %% of the peak of %.1f GFLOP/s\n",
                percent_of_peak(total_macs, report.median_ms(), report.peak_gflops), report.peak_gflops);
    std::printf("%.2f MiB of memory above a process that does nothing\n", static_cast<double>(report.memory_bytes) / (1 << 20));
    if (report.stages_ms.empty()) return;
    std::size_t name_width = 4, kernel_width = 6;
    for (const StageInfo& stage : stages) {
        name_width = std::max(name_width, std::string(stage.name).size());
        kernel_width = std::max(kernel_width, std::string(stage.kernel).size());
    }
    const int names = static_cast<int>(name_width), kernels = static_cast<int>(kernel_width);
    std::printf("\n%-*s  %-*s  %9s  %8s  %7s  %7s\n", names, "layer", kernels, "kernel", "M macs", "ms", "share %",
                "peak %");
    for (std::size_t i = 0; i < report.stages_ms.size(); ++i) {
        const double milliseconds = report.stages_ms[i];
        std::printf("%-*s  %-*s  %9.3f  %8.4f  %7.1f  %7.1f\n", names, stages[i].name, kernels, stages[i].kernel,
                    static_cast<double>(stages[i].macs) / 1e6, milliseconds, 100 * milliseconds / report.stages_sum(),
                    percent_of_peak(stages[i].macs, milliseconds, report.peak_gflops));
    }
}

int bench(int argc, char** argv) {
    const Arguments arguments("$network$_bench", "",
                              {{"--threads", "N", "1 to 16 (default 1)"},
                               {"--runs", "N", "at least so many runs (default 50)"},
                               {"--layers", "", "one row a layer as well"},
                               {"--json", "", "print one JSON document"}},
                              argc, argv);
    if (!arguments.operands().empty())
        arguments.reject("found \"" + arguments.operands()[0] + "\"; allowed: options only");
    Report report;
    report.threads = arguments.integer("--threads", 1, 1, most_threads);
    const int least_runs = arguments.integer("--runs", 50, 1, 1000000);

    const long memory_before = peak_memory_bytes();
    Setup setup(report.threads);
    report.timing = time_forward(setup, least_runs);
    report.memory_bytes = report.timing.memory_bytes - memory_before;
    application::checked("$network$", call(forward_observed, setup, Observer{}));  // forward() itself would say nothing
    if (arguments.has("--layers")) report.stages_ms = time_stages(setup, least_runs);
    report.peak_gflops = measure_peak(report.threads);
    if (arguments.has("--json")) {
        print_json(report);
    } else {
        print_text(report);
    }
    return 0;
}

}  // namespace

}  // namespace $network$

int main(int argc, char** argv) {
    return $network$::bench(argc, argv);
}
