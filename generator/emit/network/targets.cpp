#include "emit/network/targets.h"

#include "emit/network/entries.h"
#include "emit/network/network.h"
#include "emit/print/file_header.h"
#include "emit/print/template.h"
#include "emit/print/wrap.h"
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

/// What hands the arguments of a function on to the chosen target.
std::string print_body(const std::vector<Emission>& targets, const Entry& entry) {
    std::string body = "switch (target()) {\n";
    for (const Emission& target : targets) {
        const std::string name = identifier(target.plan.target.name);
        const std::vector<std::string> arguments = forwarded_arguments(entry, "workspace." + name);
        const std::string call = print_call(fmt::format("return {}::{}", target.name, entry.name), arguments, ";", 12);
        body += fmt::format("    case Target::{}:\n{}", name, indented(call + "\n", 8));
    }
    return body + "}\n" + print_no_result(entry.result);
}

/// The name of the chosen target's file.
std::string print_weights_file(const std::vector<Emission>& targets) {
    std::string body;
    for (const Emission& target : targets)
        body += fmt::format("if (target() == Target::{}) return \"{}_weights.bin\";\n",
                            identifier(target.plan.target.name), target.name);
    return body + "return nullptr;\n";
}

std::string print_definitions(const Interface& front, const std::vector<Emission>& targets) {
    std::string text;
    for (const Entry& entry : entries_of(front))
        text += (text.empty() ? "" : "\n") + print_signature(entry) + " {\n" +
                indented(entry.of_front_alone ? print_weights_file(targets) : print_body(targets, entry), 4) + "}\n";
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
                          {"entries", print_definitions(front, targets)}});
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
