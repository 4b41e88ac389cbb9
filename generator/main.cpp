#include "cli/generate_command.h"
#include "cli/options.h"
#include "cost/check_limits.h"
#include "cost/footprint.h"
#include "description/read.h"
#include "description/write.h"
#include "emit/network/layers.h"
#include "export/caffe.h"
#include "graph/build.h"
#include "import/import.h"
#include "passes/lower.h"
#include "pipeline/choose_targets.h"
#include "pipeline/expected_layers.h"
#include "pipeline/make_plan.h"
#include "pipeline/network_files.h"
#include "pipeline/worked_output.h"
#include "plan/print.h"
#include "quantize/quantize.h"
#include "quantize/quantizer.h"
#include "report/inspect.h"
#include "support/error.h"
#include "support/files.h"
#include "support/warnings.h"
#include "sweep/attempt.h"
#include "sweep/results.h"
#include "sweep/row.h"
#include "sweep/sweep.h"
#include "target/table.h"
#include "tune/tune.h"
#include "weights/random.h"
#include "weights/safetensors.h"

#include <cstdio>
#include <exception>
#include <map>
#include <utility>

namespace ssdgen {

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

template <class Options>
Weights choose_weights(const char* command, const Options& options, const Description& description,
                       const Graph& graph) {
    if (!options.weights.empty()) return read_weights(options.weights, description);
    if (options.random_weights) return random_weights(expected_tensors(graph), *options.random_weights);
    throw UsageError(fmt::format("ssdgen {} needs weights; allowed: --weights FILE or --random-weights SEED", command));
}

/// Prints the stage if it is the one that was asked for.
bool dump(const GenerateOptions& options, const char* stage, const std::string& text) {
    if (options.dump != stage) return false;
    refuse_warnings();
    print(text);
    return true;
}

/// The same for the plan of each target.
bool dump_each(const GenerateOptions& options, const char* stage, std::string (*print_one)(const Plan&),
               const std::vector<Plan>& plans) {
    if (options.dump != stage) return false;
    refuse_warnings();
    for (const Plan& plan : plans) print(print_one(plan));
    return true;
}

/// One a target.
std::vector<Tuning> choose_tunings(const GenerateOptions& options, const std::vector<Target>& targets) {
    std::vector<Tuning> tunings;
    for (const Target& target : targets)
        tunings.push_back(choose_tuning(target, options.tuning, options.without_tuning));
    return tunings;
}

/// One a target.
std::vector<Plan> make_plans(const GenerateOptions& options, const Graph& lowered, const std::vector<Target>& targets,
                             const std::vector<Tuning>& tunings) {
    std::vector<Plan> plans;
    for (std::size_t index = 0; index < targets.size(); ++index)
        plans.push_back(make_plan(lowered, targets[index], tunings[index], options.plan));
    return plans;
}

/// None where no self-test is wanted.
std::vector<std::vector<ExpectedLayer>> expected(const GenerateOptions& options, const Graph& graph,
                                                 const Graph& lowered, const std::vector<Plan>& plans) {
    if (!options.selftest || options.single_file) return {};
    return expected_layers(graph, lowered, plans);
}

void generate(const GenerateOptions& options) {
    Description description = read_description(options.config);
    if (!options.name.empty()) description.name = options.name;
    if (dump(options, "description", write_description(description))) return;
    Graph graph = build_graph(description, options.multipliers);
    if (dump(options, "graph", print_graph(graph))) return;
    const bool has_weights = !options.weights.empty() || options.random_weights.has_value();
    Weights weights;
    if (options.dump.empty() || has_weights) {
        weights = choose_weights("generate", options, description, graph);
        graph = with_weights(graph, description, weights);
    }
    const Graph lowered = lower_for(graph, options.plan);
    const std::vector<Target> targets =
        choose_targets(options.target, lowered.requantization ? Numbers::whole : Numbers::real);
    if (dump(options, "lowered", print_graph(lowered))) return;
    const std::vector<Tuning> tunings = choose_tunings(options, targets);
    const std::vector<Plan> plans = make_plans(options, lowered, targets, tunings);
    if (dump_each(options, "plan", print_plan, plans)) return;
    if (dump_each(options, "kernels", print_kernels, plans)) return;
    const std::vector<Footprint> needs = footprints(plans);
    check_limits(plans, needs, options.config, options.max_ram, options.max_flash);
    const EmitOptions form{options.weights_form, options.single_file, generate_command(options, plans),
                           generate_inputs(options, description, weights, tunings)};
    const FileSet files =
        network_files(plans, needs, expected(options, graph, lowered, plans), work_outputs(lowered, plans), form);
    refuse_warnings();
    const std::string folder = options.out.empty() ? "generated/" + description.name : options.out;
    files.write(folder);
    print(generate_report(options, description.name, folder, files.files().size()));
}

void inspect(const InspectOptions& options) {
    const Description description = read_description(options.config);
    const Graph scaled = build_graph(description, options.multipliers);
    if (options.tensors) {
        const std::vector<TensorFacts> tensors = describe_tensors(scaled, description);
        refuse_warnings();
        print(options.json ? tensors_json(scaled, tensors) : tensors_text(scaled, tensors));
        return;
    }
    const Graph full = build_graph(description, {1.0, 1.0});
    refuse_warnings();
    print(options.json ? inspect_json(scaled, full) : inspect_text(scaled, full));
}

/// Only weights are taken, for a description that exists.
void import_into(const ImportCommand& command) {
    const Description description = read_description(command.into);
    Graph graph = build_graph(description, {});
    const Weights weights = import_weights(command.model, description, command.options);
    bind_weights(graph, description, weights);
    refuse_warnings();
    write_together({{command.out_weights, serialize_safetensors(weights)}});
    print(import_report(command, description.name));
}

void import(const ImportCommand& command) {
    if (!command.into.empty()) return import_into(command);
    const Imported imported = import_model(command.model, command.options);
    check_imported(imported, command.model, command.out_config);
    refuse_warnings();
    write_together({{command.out_config, write_description(imported.description)},
                    {command.out_weights, serialize_safetensors(imported.weights)}});
    print(import_report(command, imported.description.name));
}

void export_network(const ExportCommand& command) {
    const Description description = read_description(command.config);
    Graph graph = build_graph(description, command.multipliers);
    graph = with_weights(graph, description, choose_weights("export", command, description, graph));
    const CaffeFiles files = export_caffe(graph, description);
    refuse_warnings();
    write_together({{command.prototxt, files.prototxt}, {command.caffemodel, files.caffemodel}});
}

void quantize(const QuantizeCommand& command) {
    const Description description = read_description(command.config);
    const Weights weights = read_weights(command.weights, description);
    Graph graph = with_weights(build_graph(description, command.multipliers), description, weights);
    const QuantizedNetwork quantized = quantize_network(std::move(graph), command.options);
    refuse_warnings();
    std::map<std::string, std::string> files{
        {command.out_weights, serialize_safetensors(weights_of_graph(quantized.graph, weights))}};
    if (!command.report.empty()) files[command.report] = quantize_json(quantized.report);
    write_together(files);
    print(quantize_text(quantized.report));
}

void tune_network(const TuneCommand& command) {
    const Target& target = find_target(command.target);
    if (!runs_here(target))
        throw UsageError(
            fmt::format("--target: {} does not run on this machine; allowed: native, which is {}, and those before it",
                        command.target, find_target("native").name));
    const Description description = read_description(command.config);
    Graph graph = build_graph(description, command.multipliers);
    graph = with_weights(graph, description, random_weights(expected_tensors(graph), 1));
    refuse_warnings();
    print(tune(lower(graph), target, command.options));
}

int sweep_step(const SweepStep& step) {
    const std::vector<std::string>& words = step.arguments;
    if (step.kind == "attempt") {
        if (words.size() < 3) throw UsageError("sweep-step attempt: allowed: RECORD PRODUCT COMMAND...");
        return run_attempt(words[0], words[1], {words.begin() + 2, words.end()});
    }
    if (words.size() != 1) throw UsageError(fmt::format("sweep-step {}: allowed: FOLDER", step.kind));
    if (step.kind == "row")
        write_row(words[0]);
    else
        collect_results(words[0]);
    return 0;
}

int run(int argc, const char* const* argv) {
    try {
        const Options options = read_options(argc, argv);
        show_warnings(options.warnings_as_errors);
        if (options.generate) generate(*options.generate);
        if (options.inspect) inspect(*options.inspect);
        if (options.import) import(*options.import);
        if (options.export_) export_network(*options.export_);
        if (options.quantize) quantize(*options.quantize);
        if (options.tune) tune_network(*options.tune);
        if (options.sweep) print(sweep(*options.sweep));
        if (options.sweep_step) return sweep_step(*options.sweep_step);
        return 0;
    } catch (const InputError& error) {
        std::fprintf(stderr, "ssdgen: %s\n", error.what());
        return 1;
    } catch (const UsageError& error) {
        std::fprintf(stderr, "ssdgen: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ssdgen: this is a fault of ssdgen itself: %s\n", error.what());
        return 3;
    }
}

}  // namespace

}  // namespace ssdgen

int main(int argc, char** argv) { return ssdgen::run(argc, argv); }
