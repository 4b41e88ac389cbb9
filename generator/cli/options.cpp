#include "cli/options.h"

#include "cli/reference.h"
#include "cli/sweep_options.h"
#include "description/read.h"
#include "support/error.h"
#include "support/version.h"
#include "support/words.h"
#include "target/table.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <thread>

namespace ssdgen {

namespace {

struct NamedFile {
    const char* option;
    std::string path;  // empty: not given
};

bool same_file(const std::string& path, const std::string& other) {
    std::error_code ignored;
    const auto whole = [&](const std::string& name) { return std::filesystem::weakly_canonical(name, ignored); };
    return std::filesystem::equivalent(path, other, ignored) || whole(path) == whole(other);
}

/// What is written must not take the place of what is read, nor of anything else that is written.
void keep_apart(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        std::vector<NamedFile> others = inputs;
        others.insert(others.end(), outputs.begin() + static_cast<std::ptrdiff_t>(i) + 1, outputs.end());
        for (const NamedFile& other : others)
            if (!outputs[i].path.empty() && !other.path.empty() && same_file(outputs[i].path, other.path))
                throw UsageError(fmt::format("{} and {}: both name {}; allowed: two files", outputs[i].option,
                                             other.option, outputs[i].path));
    }
}

/// generate knows weights by the ending.
void check_weights_name(const std::string& path) {
    if (std::filesystem::path(path).extension() != ".safetensors")
        throw UsageError(fmt::format("--out-weights: found {}; allowed: a name that ends in .safetensors", path));
}

/// A seed is a whole number; one below 0 would wrap round.
void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed, CLI::Option* weights) {
    const auto read = [&seed](const std::string& text) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size())
            throw UsageError("--random-weights: found " + text +
                             "; allowed: a whole number from 0 to 18446744073709551615");
        seed = value;
    };
    command.add_option_function<std::string>("--random-weights", read, "Seeded random weights instead")
        ->excludes(weights);
}

void add_multiplier(CLI::App& command, const std::string& name, const std::string& what, std::optional<double>& value) {
    const auto read = [name, &value](const std::string& text) { value = read_multiplier(name, text); };
    command.add_option_function<std::string>(name, read,
                                             what + " multiplier, above 0 and at most 1; default: the description's");
}

void add_multipliers(CLI::App& command, Multipliers& multipliers) {
    add_multiplier(command, "--alpha", "Width", multipliers.alpha);
    add_multiplier(command, "--rho", "Resolution", multipliers.rho);
}

void add_forms(CLI::App& command, GenerateOptions& options) {
    const auto read = [&options](const std::string& text) {
        const std::optional<WeightsForm> form = find_word<WeightsForm>(text);
        if (!form)
            throw UsageError(fmt::format("--weights-as: found {}; allowed: {}", text, joined_words<WeightsForm>()));
        options.weights_form = *form;
    };
    command.add_option_function<std::string>(
        "--weights-as", read,
        "object: a .bin that the assembler takes in (default); array: C++; file: handed over at run time");
    add_weights_type(command, options.plan.weights_type);
    const auto precision = [&options](const std::string& text) {
        const std::optional<Precision> found = find_word<Precision>(text);
        if (!found)
            throw UsageError(fmt::format("--precision: found {}; allowed: {}", text, joined_words<Precision>()));
        options.plan.precision = *found;
    };
    command.add_option_function<std::string>(
        "--precision", precision,
        "auto: int8 with the weights of a quantized network, else f32 (default); f32; int8: whole numbers of 8 bits");
    const auto requantization = [&options](const std::string& text) {
        const std::optional<Requantization> found = find_word<Requantization>(text);
        if (!found)
            throw UsageError(
                fmt::format("--requantization: found {}; allowed: {}", text, joined_words<Requantization>()));
        options.plan.requantization = *found;
    };
    command.add_option_function<std::string>(
        "--requantization", requantization,
        "int8: whose arithmetic: double, TensorFlow Lite's reference and Micro; ruy, its optimised kernels; float, "
        "XNNPACK; default: what the weights state, or double");
    command.add_flag(
        "--single-file", options.single_file,
        "NAME.h, NAME_c.h and NAME.cpp alone, which need but a compiler; weights as array (default) or file");
}

/// An option whose value is a number of bytes.
void add_bytes(CLI::App& command, const std::string& name, const std::string& help,
               std::function<void(std::int64_t)> take) {
    const auto read = [name, take = std::move(take)](const std::string& text) {
        const std::optional<std::int64_t> bytes = parse_bytes(text);
        if (!bytes)
            throw UsageError(
                fmt::format("{}: found {}; allowed: bytes above 0, such as 524288, 512K or 1M", name, text));
        take(*bytes);
    };
    command.add_option_function<std::string>(name, read, help);
}

void add_unroll(CLI::App& command, GenerateOptions& options) {
    const auto read = [&options](const std::string& text) { options.plan.unroll = find_unroll(text); };
    command.add_option_function<std::string>(
        "--unroll", read,
        "compact: one kernel of a kind, shapes as arguments; tile: register tiles and window taps "
        "(default); full: whole layers as well");
    add_bytes(command, "--code-budget",
              "With --unroll full: bytes of machine code for layers that are unrolled whole; default 256K",
              [&options](std::int64_t bytes) { options.plan.code_budget = bytes; });
}

/// What the options say together.
void finish_generate(const CLI::App& command, GenerateOptions& options) {
    if (command.count("--code-budget") && options.plan.unroll != Unroll::full)
        throw UsageError("--code-budget: found without --unroll full; allowed: with it");
    if (command.count("--tuning") && options.target.find(',') != std::string::npos)
        throw UsageError("--tuning: found with several targets; allowed: with one");
    if (command.count("--name"))
        if (const auto fault = network_name_fault(options.name))
            throw UsageError(fmt::format("--name: found {}{}; allowed: {}", options.name, *fault, network_name_rule()));
    if (!options.single_file) return;
    if (command.count("--weights-as") == 0) options.weights_form = WeightsForm::array;
    if (options.weights_form == WeightsForm::object)
        throw UsageError(
            "--weights-as: object needs an assembler, a single file must not; allowed with --single-file: array, file");
}

CLI::App* add_generate(CLI::App& app, GenerateOptions& options) {
    CLI::App* command = app.add_subcommand("generate", "Emit C++ source for a network");
    command->add_option("CONFIG", options.config, "Description of the network (JSON)")->required();
    command->add_option("--out", options.out, "Folder to write; default: generated/NAME");
    command->add_option(
        "--name", options.name,
        "Name of the emitted network, so that variants can be linked together; default: the description's");
    add_multipliers(*command, options.multipliers);
    auto* weights = command->add_option("--weights", options.weights, "Weights: .safetensors, .tflite or .caffemodel");
    add_seed(*command, options.random_weights, weights);
    command->add_option("--target", options.target,
                        target_list() + " or native (default); several, NAME,NAME: the program chooses");
    add_unroll(*command, options);
    add_forms(*command, options);
    auto* tuning = command->add_option("--tuning", options.tuning,
                                       "Measured schedules (JSON); default: the built-in ones of the target");
    command->add_flag("--no-tuning", options.without_tuning, "Schedules by the model alone")->excludes(tuning);
    command->add_flag("!--no-selftest", options.selftest, "Leave out the self-test and its values");
    add_bytes(*command, "--max-ram", "Refuse a plan whose arena (one thread) takes more bytes: 512K, 1M",
              [&options](std::int64_t bytes) { options.max_ram = bytes; });
    add_bytes(*command, "--max-flash",
              "Refuse a plan whose weights and machine code, as estimated, take more bytes: 8M",
              [&options](std::int64_t bytes) { options.max_flash = bytes; });
    command
        ->add_option("--dump", options.dump,
                     "Print a stage and write nothing: description, graph, lowered, plan or kernels")
        ->check(CLI::IsMember({"description", "graph", "lowered", "plan", "kernels"}));
    return command;
}

CLI::App* add_inspect(CLI::App& app, InspectOptions& options) {
    CLI::App* command = app.add_subcommand("inspect", "Print the layers of a network and what they cost");
    command->add_option("CONFIG", options.config, "Description of the network (JSON)")->required();
    add_multipliers(*command, options.multipliers);
    command->add_flag("--json", options.json, "Print JSON");
    command->add_flag("--tensors", options.tensors,
                      "Print the tensors of its weights file instead: names, shapes, layouts");
    return command;
}

/// A number, or one over another: 127.5, 1/127.5.
float read_number(const std::string& option, const std::string& text) {
    const auto whole = [&](const std::string& part) -> std::optional<double> {
        char* end = nullptr;
        const double value = std::strtod(part.c_str(), &end);
        const bool plain = part.find_first_not_of("+-.0123456789eE") == std::string::npos;
        return plain && !part.empty() && *end == '\0' ? std::optional<double>(value) : std::nullopt;
    };
    const std::size_t slash = text.find('/');
    const std::optional<double> above = whole(text.substr(0, slash));
    const std::optional<double> below = slash == std::string::npos ? 1.0 : whole(text.substr(slash + 1));
    const float value = above && below ? static_cast<float>(*above / *below) : std::numeric_limits<float>::infinity();
    if (!std::isfinite(value))
        throw UsageError(fmt::format("{}: found {}; allowed: numbers, such as 127.5 or 1/127.5", option, text));
    return value;
}

CLI::Option* add_numbers(CLI::App& command, const std::string& name, const std::string& help,
                         std::vector<float>& numbers) {
    const auto read = [name, &numbers](const std::vector<std::string>& words) {
        for (const std::string& word : words) numbers.push_back(read_number(name, word));
    };
    return command.add_option_function<std::vector<std::string>>(name, read, help)->delimiter(',');
}

CLI::App* add_import(CLI::App& app, ImportCommand& options, std::string& order) {
    CLI::App* command = app.add_subcommand("import", "Turn a model file into a description and a weights file");
    command->add_option("MODEL", options.model, "A .tflite or .caffemodel file")->required();
    auto* config = command->add_option("--out-config", options.out_config, "Description to write (JSON)");
    command
        ->add_option("--into", options.into,
                     "Instead: a description that exists; only the weights are taken, for its layers")
        ->excludes(config);
    command->add_option("--out-weights", options.out_weights, "Weights to write (.safetensors)")->required();
    add_numbers(*command, "--mean", "Input mean, one or one a channel: M,M,M", options.options.mean);
    auto* scale = add_numbers(*command, "--scale", "Input scale: (x - mean) * scale; 1/127.5 is a number too",
                              options.options.scale);
    add_numbers(*command, "--std", "Instead of --scale: (x - mean) / std; parts of 255 if neither is above 1",
                options.options.deviation)
        ->excludes(scale);
    command->add_option("--channel-order", order, "rgb or bgr")->check(CLI::IsMember({"rgb", "bgr"}));
    command->add_option("--prototxt", options.options.prototxt, "The network of a .caffemodel");
    command->add_option("--subgraph", options.options.subgraph,
                        "Number of the subgraph of a .tflite that holds several");
    command->add_option("--boxes", options.options.boxes,
                        "Tensor of a .tflite: the raw box encodings of a detector without post-processing");
    command->add_option("--scores", options.options.scores, "Tensor of a .tflite: its class scores or their logits");
    command->add_option("--head", options.options.head,
                        "The rest of its head (JSON): a description's head, without what the file says");
    return command;
}

CLI::App* add_export(CLI::App& app, ExportCommand& options) {
    CLI::App* command = app.add_subcommand("export", "Write a network as Caffe's prototxt and .caffemodel");
    command->add_option("CONFIG", options.config, "Description of the network (JSON)")->required();
    add_multipliers(*command, options.multipliers);
    auto* weights = command->add_option("--weights", options.weights, "Weights: .safetensors, .tflite or .caffemodel");
    add_seed(*command, options.random_weights, weights);
    command->add_option("--prototxt", options.prototxt, "Network to write (.prototxt)")->required();
    command->add_option("--caffemodel", options.caffemodel, "Parameters to write (.caffemodel)")->required();
    return command;
}

CLI::App* add_tune(CLI::App& app, TuneCommand& command) {
    TuneOptions& options = command.options;
    options.jobs = int(std::max(1U, std::thread::hardware_concurrency()));
    CLI::App* tune = app.add_subcommand("tune", "Measure schedules for the layer shapes of a network");
    tune->add_option("CONFIG", command.config, "Description of the network (JSON)")->required();
    add_multipliers(*tune, command.multipliers);
    tune->add_option("--target", command.target, "One that this machine runs; default: native, the best of them");
    tune->add_option("--out", options.file, "Tuning file to renew; default: configs/tuning/TARGET.json");
    tune->add_option("--compiler", options.compiler, "C++ compiler; default: as CMake chooses");
    tune->add_option("--networks", options.networks, "Networks to compile, each with other schedules; default 10")
        ->check(CLI::Range(2, 100));
    tune->add_option("--rounds", options.rounds, "Measurements of each; default 5")->check(CLI::Range(1, 1000));
    tune->add_option("--runs", options.runs, "Runs of the network a measurement, at least; default 20")
        ->check(CLI::Range(1, 1000000));
    tune->add_option("--jobs", options.jobs, "Compilers at once; default: the machine's processors")
        ->check(CLI::Range(1, 1000));
    return tune;
}

CLI::App* add_quantize(CLI::App& app, QuantizeCommand& command, std::vector<std::string>& kept_float) {
    QuantizeOptions& options = command.options;
    CLI::App* quantize = app.add_subcommand("quantize", "Turn a network's weights and maps into 8-bit integers");
    quantize->add_option("CONFIG", command.config, "Description of the network (JSON)")->required();
    quantize
        ->add_option("--weights", command.weights,
                     "Weights: .safetensors, .tflite or .caffemodel; quantized ones are dequantized first")
        ->required();
    quantize
        ->add_option("--pictures", options.pictures,
                     "Pictures to calibrate on: a folder, or a list of files, a path a line relative to the list")
        ->required();
    quantize->add_option("--out-weights", command.out_weights, "Weights to write (.safetensors)")->required();
    add_multipliers(*quantize, command.multipliers);
    const auto read_method = [&options](const std::string& text) {
        const std::optional<RangeMethod> method = find_word<RangeMethod>(text);
        if (!method)
            throw UsageError(fmt::format("--method: found {}; allowed: {}", text, joined_words<RangeMethod>()));
        options.method = *method;
    };
    quantize->add_option_function<std::string>(
        "--method", read_method,
        "Ranges of maps: minmax, all values; percentile (default), all but few; mse, the least squared error");
    quantize->add_option("--percentile", options.percentile, "With --method percentile: 50 to 100; default 99.99")
        ->check(CLI::Range(50.0, 100.0));
    quantize->add_flag("--per-tensor", options.per_tensor,
                       "One scale for all of a layer's weights instead of one an output channel");
    quantize->add_flag("--equalize", options.equalize, "First make the weights of neighbouring layers equally large");
    quantize
        ->add_option("--float", kept_float,
                     "Layers to keep in float, LAYER,...; auto: the fewest that keep the loss of accuracy below "
                     "--max-drop")
        ->delimiter(',')
        ->allow_extra_args(false);
    quantize->add_option(
        "--truth", options.truth,
        "What is in the pictures, to measure accuracy: lines as for NAME_detect --truth, COCO's .json, "
        "or a folder of VOC's .xml");
    quantize->add_option("--truth-pictures", options.truth_pictures,
                         "The pictures that --truth is about, a folder or a list; default: those of --pictures");
    quantize->add_option("--labels", options.labels, "Names of the classes, for a --truth that names them");
    quantize
        ->add_option("--max-drop", options.max_drop,
                     "Refuse to lose more mean average precision on --truth than this, 0 to 1")
        ->check(CLI::Range(0.0, 1.0));
    quantize->add_option("--report", command.report, "Report to write as well (JSON)");
    quantize->add_option("--threads", options.threads, "Default: the machine's processors")->check(CLI::Range(1, 1000));
    return quantize;
}

/// What the options say together.
void finish_quantize(const CLI::App& parsed, QuantizeCommand& command, const std::vector<std::string>& kept_float) {
    QuantizeOptions& options = command.options;
    check_weights_name(command.out_weights);
    keep_apart({{"--out-weights", command.out_weights}, {"--report", command.report}},
               {{"CONFIG", command.config},
                {"--weights", command.weights},
                {"--pictures", options.pictures},
                {"--truth", options.truth},
                {"--truth-pictures", options.truth_pictures},
                {"--labels", options.labels}});
    if (parsed.count("--percentile") && options.method != RangeMethod::percentile)
        throw UsageError(
            fmt::format("--percentile: found with --method {}; allowed: with percentile", spell(options.method)));
    for (const char* option : {"--max-drop", "--truth-pictures", "--labels"})
        if (parsed.count(option) && options.truth.empty())
            throw UsageError(fmt::format("{}: found without --truth; allowed: with it", option));
    options.choose_float_layers = std::find(kept_float.begin(), kept_float.end(), "auto") != kept_float.end();
    if (options.choose_float_layers && kept_float.size() > 1)
        throw UsageError("--float: found auto beside layers; allowed: auto alone, or layers");
    if (options.choose_float_layers && !options.max_drop)
        throw UsageError("--float auto: found without --max-drop; allowed: with --truth and --max-drop");
    if (!options.choose_float_layers) options.float_layers = kept_float;
    if (parsed.count("--threads") == 0)
        options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

Options read_options(int argc, const char* const* argv) {
    CLI::App app("Generates C++ source that is specialised for one MobileNet-SSD network.", "ssdgen");
    app.set_version_flag("--version", generator_version);
    const auto print_reference = [&app] { throw CLI::CallForVersion(command_reference(app), 0); };
    app.add_flag_callback("--help-markdown", print_reference)->group("");
    app.require_subcommand(1);
    app.fallthrough();  // the options of ssdgen itself may stand behind a command as well
    Options options;
    app.add_flag("--warnings-as-errors", options.warnings_as_errors,
                 "Exit with 1, before anything is written, where there is a warning");
    GenerateOptions generate;
    InspectOptions inspect;
    ImportCommand import;
    ExportCommand export_command;
    std::string order;
    const CLI::App* generate_command = add_generate(app, generate);
    const CLI::App* inspect_command = add_inspect(app, inspect);
    const CLI::App* import_command = add_import(app, import, order);
    const CLI::App* export_subcommand = add_export(app, export_command);
    QuantizeCommand quantize;
    std::vector<std::string> kept_float;
    const CLI::App* quantize_command = add_quantize(app, quantize, kept_float);
    TuneCommand tune;
    const CLI::App* tune_command = add_tune(app, tune);
    SweepOptions sweep;
    const CLI::App* sweep_command = add_sweep(app, sweep);
    SweepStep step;
    const CLI::App* step_command = add_sweep_step(app, step);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) throw UsageError(error.what());
        app.exit(error);  // prints the help
        return {};
    }
    if (*generate_command) {
        finish_generate(*generate_command, generate);
        options.generate = generate;
    }
    if (*inspect_command) options.inspect = inspect;
    if (*quantize_command) {
        finish_quantize(*quantize_command, quantize, kept_float);
        options.quantize = quantize;
    }
    if (*tune_command) options.tune = tune;
    if (*sweep_command) options.sweep = sweep;
    if (*step_command) options.sweep_step = step;
    if (*export_subcommand) {
        keep_apart({{"--prototxt", export_command.prototxt}, {"--caffemodel", export_command.caffemodel}},
                   {{"CONFIG", export_command.config}, {"--weights", export_command.weights}});
        options.export_ = export_command;
    }
    if (*import_command) {
        if (import.out_config.empty() == import.into.empty())
            throw UsageError("import: needs --out-config FILE, or --into DESCRIPTION to take the weights alone");
        check_weights_name(import.out_weights);
        keep_apart({{"--out-config", import.out_config}, {"--out-weights", import.out_weights}},
                   {{"MODEL", import.model},
                    {"--prototxt", import.options.prototxt},
                    {"--head", import.options.head},
                    {"--into", import.into}});
        if (!order.empty()) import.options.order = order == "rgb" ? ChannelOrder::rgb : ChannelOrder::bgr;
        options.import = import;
    }
    return options;
}

}  // namespace ssdgen
