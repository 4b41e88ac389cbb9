#include "emit/network/targets.h"

#include "cost/code_size.h"
#include "emit/folder/amalgamation.h"
#include "emit/folder/build_file.h"
#include "emit/folder/programs.h"
#include "emit/folder/runtime.h"
#include "emit/network/c_interface.h"
#include "emit/network/network.h"
#include "emit/print/file_header.h"
#include "emit/print/names.h"
#include "emit/print/template.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

/// The networks of the targets, and what they have in common as a plan.
class Targets {
  public:
    explicit Targets(const std::vector<TargetPlan>& targets) : front_(targets.back().plan) {
        check(targets.size() > 1, "several targets are emitted");
        front_.weights.clear();
        front_.weights_size = 0;
        std::string names;
        for (const TargetPlan& target : targets) {
            check(plans_.empty() || !target.plan.target.toolchain.probe.condition.empty(),
                  "a machine can be asked for the target");
            plans_.push_back(target.plan);
            plans_.back().name += "_" + identifier(target.plan.target.name);
            names += (names.empty() ? "" : ",") + target.plan.target.name;
            front_.arena_size = std::max(front_.arena_size, target.plan.arena_size);
            front_.thread_scratch_size = std::max(front_.thread_scratch_size, target.plan.thread_scratch_size);
            front_.weights_size += target.plan.weights_size;
        }
        front_.target.name = names;
    }

    const Plan& front() const { return front_; }
    const std::vector<Plan>& plans() const { return plans_; }

    /// A line a target; {0}: its network, {1}: its name as an identifier, {2}: its folder.
    std::string lines(const char* line) const {
        std::string text;
        for (const Plan& plan : plans_)
            text +=
                fmt::format(fmt::runtime(line), plan.name, identifier(plan.target.name), target_folder(plan.target));
        return text;
    }

    /// Does for the chosen target what `statement` says, with {0} and {1} as in lines().
    std::string choose(const std::string& statement, const std::string& otherwise) const {
        return "switch (target()) {\n" + lines(("    case Target::{1}: " + statement + "\n").c_str()) + "}\n" +
               otherwise;
    }

  private:
    Plan front_;
    std::vector<Plan> plans_;
};

std::string print_includes(const Targets& targets, const char* file) {
    return targets.lines((std::string("#include \"{2}") + file + "\"\n").c_str());
}

std::string print_front_header(const Targets& targets, WeightsForm form) {
    const Plan& front = targets.front();
    std::string names;
    for (const Plan& plan : targets.plans()) names += (names.empty() ? "" : ", ") + identifier(plan.target.name);
    HeaderParts parts;
    parts.includes = print_includes(targets, "{0}.h");
    parts.workspace = fill_template(
        "targets/workspace.h",
        {{"network", front.name}, {"targets", names}, {"members", targets.lines("{0}::Workspace {1};\n")}});
    if (form == WeightsForm::file)
        parts.weights_interface = fill_template("targets/weights_interface.h", {{"network", front.name}});
    std::int64_t code = 0;
    for (const Plan& plan : targets.plans()) code += code_bytes(plan);
    return print_header(front, code, parts);
}

/// bool(... && ...): whether this machine has all that a target needs.
std::string print_test(const Plan& plan) {
    const std::string& test = plan.target.toolchain.probe.condition;
    return fmt::format("case Target::{}: return {};\n", identifier(plan.target.name), test.empty() ? "true" : test);
}

/// What has to be done before the first of these questions.
std::string print_setup(const Targets& targets) {
    std::string text;
    std::set<std::string> seen;
    for (const Plan& plan : targets.plans())
        if (const std::string& setup = plan.target.toolchain.probe.setup; !setup.empty() && seen.insert(setup).second)
            text += setup + "\n";
    return text;
}

std::string print_choices(const Targets& targets) {
    std::string text;
    const std::vector<Plan>& plans = targets.plans();
    for (std::size_t index = plans.size() - 1; index > 0; --index)
        text += fmt::format("if (runs_here(Target::{0})) return Target::{0};\n", identifier(plans[index].target.name));
    return text + fmt::format("return Target::{};\n", identifier(plans[0].target.name));
}

/// A function of the interface that hands its arguments on.
std::string print_entry(const Targets& targets, const std::string& signature, const std::string& call,
                        const std::string& otherwise) {
    std::string body;
    const std::string text = targets.choose("return {0}::" + call + ";", otherwise);
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        body += "    " + text.substr(start, end - start + 1);
        start = end + 1;
    }
    return signature + " noexcept {\n" + body + "}\n";
}

std::string print_entries(const Targets& targets, WeightsForm form) {
    const char* const nothing = "return 0;\n";
    std::string text;
    const auto add = [&](const std::string& signature, const std::string& call, const std::string& otherwise = "") {
        text += (text.empty() ? "" : "\n") + print_entry(targets, signature, call, otherwise);
    };
    if (targets.front().head) {
        add("void forward(const std::uint8_t* image, float* boxes, float* logits, Workspace& workspace, const "
            "ssd::Executor& executor)",
            "forward(image, boxes, logits, workspace.{1}, executor)");
        add("int detect(const ssd::Image& image, Workspace& workspace, ssd::Detection* out, int capacity,\n"
            "           const ssd::DetectOptions& options, const ssd::Executor& executor)",
            "detect(image, workspace.{1}, out, capacity, options, executor)", nothing);
        add("int post_process(const float* boxes, const float* logits, Workspace& workspace, ssd::Detection* out, int "
            "capacity,\n"
            "                 const ssd::DetectOptions& options)",
            "post_process(boxes, logits, workspace.{1}, out, capacity, options)", nothing);
    } else {
        add("void forward(const std::uint8_t* image, float* logits, Workspace& workspace, const ssd::Executor& "
            "executor)",
            "forward(image, logits, workspace.{1}, executor)");
        add("int classify(const ssd::Image& image, Workspace& workspace, ssd::Classification* out, int capacity,\n"
            "             const ssd::Executor& executor)",
            "classify(image, workspace.{1}, out, capacity, executor)", nothing);
        add("void scores(float* logits)", "scores(logits)");
    }
    if (form != WeightsForm::file) return text;
    text += "\nconst char* weights_file() noexcept {\n";
    for (const Plan& plan : targets.plans())
        text += fmt::format("    if (target() == Target::{}) return \"{}_weights.bin\";\n",
                            identifier(plan.target.name), plan.name);
    text += "    return nullptr;\n}\n";
    add("const char* use_weights(Workspace& workspace, const void* file, std::size_t size)",
        "use_weights(workspace.{1}, file, size)", "return nullptr;\n");
    return text;
}

std::string print_front_source(const Targets& targets, WeightsForm form) {
    const Plan& front = targets.front();
    std::string tests;
    for (const Plan& plan : targets.plans()) tests += print_test(plan);
    return fill_template("targets/network.cpp",
                         {{"header", file_header(front)},
                          {"network", front.name},
                          {"setup", print_setup(targets)},
                          {"tests", tests},
                          {"choices", print_choices(targets)},
                          {"make_workspace", targets.choose("new (&{1}) {0}::Workspace; break;", "")},
                          {"use_threads", targets.choose("return {1}.use_threads(count, memory);", "")},
                          {"entries", print_entries(targets, form)}});
}

/// Everything but programs: what a product needs.
void add_networks(const Targets& targets, WeightsForm form, FileSet& files) {
    const Plan& front = targets.front();
    files.add(front.name + ".h", print_front_header(targets, form));
    files.add(front.name + ".cpp", print_front_source(targets, form));
    emit_c_interface(front, form, files, true);
    for (const Plan& plan : targets.plans()) {
        FileSet own;
        add_network(plan, form, own);
        files.add_folder(target_folder(plan.target), own);
    }
    add_runtime(files);
}

/// The program of one target becomes a function that the program of all calls.
std::string as_function(std::string program, const std::string& name) {
    const std::string main = "int main(";
    const std::size_t at = program.find(main);
    check(at != std::string::npos, "a program has a main");
    return program.replace(at, main.size(), "int " + name + "(");
}

void add_measures_of_all(const Targets& targets, const std::vector<TargetPlan>& all, WeightsForm form, FileSet& files) {
    for (std::size_t index = 0; index < all.size(); ++index) {
        const Plan& plan = targets.plans()[index];
        FileSet own, functions;
        add_measures(plan, all[index].expected, form, own);
        for (const auto& [path, bytes] : own.files()) {
            const bool program = path == "bench.cpp" || path == "selftest.cpp";
            functions.add(path, program ? as_function(bytes, plan.name + "_" + path.substr(0, path.find('.'))) : bytes);
        }
        files.add_folder(target_folder(plan.target), functions);
    }
    const std::string& name = targets.front().name;
    files.add("program_weights.h",
              fill_template("targets/program_weights.h",
                            {{"network", name},
                             {"includes", print_includes(targets, "program_weights.h")},
                             {"hand_over", targets.choose("return {0}::hand_over_weights(workspace.{1});", "")}}));
    files.add("bench.cpp", fill_template("targets/bench.cpp",
                                         {{"network", name},
                                          {"declarations", targets.lines("int {0}_bench(int argc, char** argv);\n")},
                                          {"calls", targets.choose("return {0}_bench(argc, argv);", "return 1;\n")}}));
    if (all[0].expected.empty()) return;
    const std::string call = fmt::format(
        "if ({0}::runs_here({0}::Target::{{1}}))\n    wrong |= {{0}}_selftest();\nelse\n"
        "    std::printf(\"{{0}}: not run, this machine lacks what it needs\\n\");\n",
        name);
    files.add("selftest.cpp",
              fill_template("targets/selftest.cpp", {{"network", name},
                                                     {"declarations", targets.lines("int {0}_selftest();\n")},
                                                     {"calls", targets.lines(call.c_str())}}));
}

}  // namespace

std::string target_folder(const Target& target) { return identifier(target.name) + "/"; }

FileSet emit_targets(const std::vector<TargetPlan>& all, WeightsForm form) {
    const Targets targets(all);
    FileSet files;
    add_networks(targets, form, files);
    add_measures_of_all(targets, all, form, files);
    add_application(targets.front(), files);
    std::vector<BuiltNetwork> networks;
    for (const Plan& plan : targets.plans()) networks.push_back({plan, target_folder(plan.target)});
    files.add("CMakeLists.txt", print_build_file(targets.front(), networks, !all[0].expected.empty(), form));
    return files;
}

FileSet emit_targets_single_file(const std::vector<TargetPlan>& all, WeightsForm form) {
    const Targets targets(all);
    FileSet parts;
    add_networks(targets, form, parts);
    std::vector<std::string> sources{targets.front().name + ".cpp", targets.front().name + "_c.cpp"};
    std::vector<std::string> headers, weights;
    for (const Plan& plan : targets.plans()) {
        const std::string folder = target_folder(plan.target);
        for (const std::string& path : network_sources(plan, form, folder)) sources.push_back(path);
        headers.push_back(folder + plan.name + ".h");
        if (form == WeightsForm::file) weights.push_back(folder + plan.name + "_weights.bin");
    }
    return amalgamate(parts, targets.front().name, sources, headers, weights);
}

}  // namespace ssdgen
