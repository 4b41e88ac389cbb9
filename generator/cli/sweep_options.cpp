#include "cli/sweep_options.h"

#include "support/error.h"

#include <charconv>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace ssdgen {

namespace {

constexpr int most_threads = 16;  // of an emitted benchmark

/// "a,b,c" as its parts; an empty part is one.
std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == ',')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// An option whose value is a list; `read` makes one of a part and fails if it cannot. What is twice in it counts once.
template <class T, class Read>
void add_list(CLI::App& command, const std::string& name, const std::string& help, std::vector<T>& values, Read read) {
    command.add_option_function<std::string>(
        name,
        [name, &values, read](const std::string& text) {
            values.clear();
            for (const std::string& part : split(text)) {
                const T value = read(part);
                if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
            }
        },
        help);
}

int read_threads(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > most_threads)
        throw UsageError(fmt::format("--threads: found {}; allowed: whole numbers from 1 to {}", text, most_threads));
    return value;
}

void add_lists(CLI::App& command, SweepOptions& options) {
    const auto multiplier = [](const char* name) {
        return [name](const std::string& text) { return read_multiplier(name, text); };
    };
    const auto word = [](const std::string& text) { return text; };
    add_list(command, "--alpha", "Width multipliers: A,A,...; default: the description's", options.alphas,
             multiplier("--alpha"));
    add_list(command, "--rho", "Resolution multipliers: R,R,...; default: the description's", options.rhos,
             multiplier("--rho"));
    add_list(command, "--target", "Instruction sets: NAME,NAME,...; default: native", options.targets, word);
    add_list(command, "--unroll", "Forms of the code, of compact, tile (default) and full", options.unrolls, word);
    add_list(command, "--threads", "Numbers of threads to measure with; default: 1", options.threads, read_threads);
}

/// Accuracy.
void add_evaluation(CLI::App& command, SweepOptions& options, CLI::Option* fixed) {
    auto* folder =
        command
            .add_option("--evaluate", options.evaluate, "Folder of pictures to measure the mean average precision on")
            ->excludes(fixed);
    command
        .add_option("--truth", options.truth,
                    "What is in the pictures, as NAME_detect takes it; default: truth.txt in the folder")
        ->needs(folder);
    command
        .add_option("--labels", options.labels,
                    "Names of the classes, for a truth that has names: a line each, or a label map (.pbtxt)")
        ->needs(folder);
}

}  // namespace

double read_multiplier(const std::string& name, const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(number > 0 && number <= 1))
        throw UsageError(fmt::format("{}: found {}; allowed: a number above 0 and at most 1", name, text));
    return number;
}

void add_weights_type(CLI::App& command, Element& type) {
    command.add_option_function<std::string>(
        "--weights-type", [&type](const std::string& text) { type = find_weights_type(text); },
        "Weights are stored as f32 (default), f16 or bf16 and computed with in f32; biases stay f32");
}

CLI::App* add_sweep(CLI::App& app, SweepOptions& options) {
    CLI::App* command =
        app.add_subcommand("sweep", "What networks of many multipliers cost: a table and a page of plots");
    options.jobs = int(std::max(1U, std::thread::hardware_concurrency()));
    command->add_option("CONFIG", options.config, "Description of the network (JSON)")->required();
    add_lists(*command, options);
    command->add_option("--out", options.out, "Folder to write; default: sweep");
    const auto budget = [&options](const std::string& text) { options.budget = parse_budget(text, "--budget"); };
    command->add_option_function<std::string>("--budget", budget,
                                              "Limits to judge by: ms=5,ram=512K,flash=4M, any of them");
    auto* weights = command->add_option(
        "--weights", options.weights,
        "Weights: .safetensors, .tflite or .caffemodel; {alpha}, {alpha_percent}, {rho}, {height} and {width} in the "
        "name stand for a network's own; default: random ones");
    command->add_option("--random-weights", options.seed, "Seed of random weights; default 1")->excludes(weights);
    add_weights_type(*command, options.weights_type);
    auto* tuning =
        command->add_option("--tuning", options.tuning, "Measured schedules (JSON); default: the built-in ones");
    command->add_flag("--no-tuning", options.without_tuning, "Schedules by the model alone")->excludes(tuning);
    command->add_option(
        "--calibration", options.calibration,
        "Prices for predicted latency: the calibration.json of a measured sweep; default: built-in ones");
    auto* fixed = command->add_flag("--static", "Compile and measure nothing");
    const auto measuring = [&](const char* name, auto& value, const char* help) {
        return command->add_option(name, value, help)->excludes(fixed);
    };
    measuring("--compiler", options.compiler, "C++ compiler; default: $CXX or c++");
    measuring("--compiler-launcher", options.compiler_launcher, "Put before every C++ compile command: ccache, distcc");
    measuring("--runner", options.runner, "Put before every measuring command: ssh to a board, an emulator");
    measuring("--runs", options.runs, "Runs of each network, at least; default 50")->check(CLI::Range(1, 1000000));
    measuring("--jobs", options.jobs, "Compilers at once; default: the machine's processors")
        ->check(CLI::Range(1, 1000));
    add_evaluation(*command, options, fixed);
    command->parse_complete_callback([&options, fixed] {
        options.measure = fixed->count() == 0;
        if (!options.evaluate.empty() && options.weights.empty())
            throw UsageError("--evaluate: the weights are random ones, which find nothing; allowed: with --weights");
    });
    return command;
}

CLI::App* add_sweep_step(CLI::App& app, SweepStep& step) {
    CLI::App* command = app.add_subcommand("sweep-step", "A step of a sweep's build.ninja")->group("");
    command->add_option("KIND", step.kind)->required()->check(CLI::IsMember({"attempt", "row", "collect"}));
    command->add_option("ARGUMENTS", step.arguments)->required();
    return command;
}

}  // namespace ssdgen
