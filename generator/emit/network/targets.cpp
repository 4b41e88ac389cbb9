#include "emit/network/targets.h"

#include "emit/network/network.h"
#include "emit/print/file_header.h"
#include "emit/print/template.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/format.h>

#include <set>

namespace ssdgen {

namespace {

std::string print_front_header(const Interface& front, const std::vector<Emission>& targets) {
    std::string names;
    for (const Emission& target : targets) names += (names.empty() ? "" : ", ") + identifier(target.plan.target.name);
    HeaderParts parts;
    parts.includes = include_each(targets, "{0}.h");
    parts.workspace = fill_template(
        "targets/workspace.h",
        {{"network", front.name}, {"targets", names}, {"members", line_each(targets, "{0}::Workspace {1};\n")}});
    if (front.weights_form == WeightsForm::file)
        parts.weights_interface = fill_template("targets/weights_interface.h", {{"network", front.name}});
    return print_header(front, parts);
}

/// bool(... && ...): whether this machine has all that a target needs.
std::string print_test(const Target& target) {
    const std::string& test = target.toolchain.probe.condition;
    return fmt::format("case Target::{}: return {};\n", identifier(target.name), test.empty() ? "true" : test);
}

/// What has to be done before the first of these questions.
std::string print_setup(const std::vector<Emission>& targets) {
    std::string text;
    std::set<std::string> seen;
    for (const Emission& target : targets)
        if (const std::string& setup = target.plan.target.toolchain.probe.setup;
            !setup.empty() && seen.insert(setup).second)
            text += setup + "\n";
    return text;
}

std::string print_choices(const std::vector<Emission>& targets) {
    std::string text;
    for (std::size_t index = targets.size() - 1; index > 0; --index)
        text += fmt::format("if (runs_here(Target::{0})) return Target::{0};\n",
                            identifier(targets[index].plan.target.name));
    return text + fmt::format("return Target::{};\n", identifier(targets[0].plan.target.name));
}

/// A function of the interface that hands its arguments on.
std::string print_entry(const std::vector<Emission>& targets, const std::string& signature, const std::string& call,
                        const std::string& otherwise) {
    std::string body;
    const std::string text = choose_target(targets, "return {0}::" + call + ";", otherwise);
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        body += "    " + text.substr(start, end - start + 1);
        start = end + 1;
    }
    return signature + " noexcept {\n" + body + "}\n";
}

std::string print_entries(const Interface& front, const std::vector<Emission>& targets) {
    const char* const nothing = "return 0;\n";
    std::string text;
    const auto add = [&](const std::string& signature, const std::string& call, const std::string& otherwise = "") {
        text += (text.empty() ? "" : "\n") + print_entry(targets, signature, call, otherwise);
    };
    if (front.head) {
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
    if (front.weights_form != WeightsForm::file) return text;
    text += "\nconst char* weights_file() noexcept {\n";
    for (const Emission& target : targets)
        text += fmt::format("    if (target() == Target::{}) return \"{}_weights.bin\";\n",
                            identifier(target.plan.target.name), target.name);
    text += "    return nullptr;\n}\n";
    add("const char* use_weights(Workspace& workspace, const void* file, std::size_t size)",
        "use_weights(workspace.{1}, file, size)", "return nullptr;\n");
    return text;
}

std::string print_front_source(const Interface& front, const std::vector<Emission>& targets) {
    std::string tests;
    for (const Emission& target : targets) tests += print_test(target.plan.target);
    return fill_template("targets/network.cpp",
                         {{"header", file_header(front.command)},
                          {"network", front.name},
                          {"setup", print_setup(targets)},
                          {"tests", tests},
                          {"choices", print_choices(targets)},
                          {"make_workspace", choose_target(targets, "new (&{1}) {0}::Workspace; break;", "")},
                          {"use_threads", choose_target(targets, "return {1}.use_threads(count, memory);", "")},
                          {"entries", print_entries(front, targets)}});
}

}  // namespace

std::string line_each(const std::vector<Emission>& targets, const std::string& line) {
    std::string text;
    for (const Emission& target : targets)
        text += fmt::format(fmt::runtime(line), target.name, identifier(target.plan.target.name), target.folder);
    return text;
}

std::string include_each(const std::vector<Emission>& targets, const std::string& file) {
    return line_each(targets, "#include \"{2}" + file + "\"\n");
}

std::string choose_target(const std::vector<Emission>& targets, const std::string& statement,
                          const std::string& otherwise) {
    return "switch (target()) {\n" + line_each(targets, "    case Target::{1}: " + statement + "\n") + "}\n" +
           otherwise;
}

void add_front(const Interface& front, const std::vector<Emission>& targets, FileSet& files) {
    check(targets.size() > 1, "a front stands before several targets");
    files.add(front.name + ".h", print_front_header(front, targets));
    files.add(front.name + ".cpp", print_front_source(front, targets));
}

}  // namespace ssdgen
