#include "emit/guide/guide.h"

#include "description/spelling.h"
#include "emit/guide/sections.h"
#include "emit/print/numbers.h"
#include "emit/print/template.h"
#include "graph/shapes.h"
#include "plan/names.h"
#include "support/version.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

const char* about(Role role) {
    switch (role) {
        case Role::header: return "the interface for C++: constants, `Workspace`, `forward` and the rest";
        case Role::c_header: return "the same for C";
        case Role::network: return "the run order, and how raw outputs become results";
        case Role::c_source: return "the interface for C";
        case Role::kernel:
            return "a kernel each, named after the first layer that it serves; the head says which, and counts";
        case Role::kernel_header:
            return "how rows pass through streams, threads share work, vector operations are spelled";
        case Role::weights: return "the packed weights";
        case Role::weights_source: return "takes the weights into the library";
        case Role::runtime: return "headers that all networks have alike: resizing, boxes, suppression, threads";
        case Role::program_header: return "what the programs include";
        case Role::program_weights: return "takes the weights into the programs";
        case Role::benchmark: return "the program that measures";
        case Role::observer:
            return "the run order once more, from the same printer, handing over the rows of every layer";
        case Role::peak: return "what the processor can do at most";
        case Role::selftest: return "the program that compares every layer with a plain interpreter's values";
        case Role::application: return "the program for pictures: an example of use";
        case Role::build: return "for CMake";
        case Role::facts: return "the facts for scripts";
        case Role::guide: return "this page, and those of targets";
    }
    return "";
}

/// Which of the two a file is part of, if any.
const char* part_of(Role role) {
    switch (role) {
        case Role::header:
        case Role::c_header:
        case Role::network:
        case Role::c_source:
        case Role::kernel:
        case Role::kernel_header:
        case Role::weights:
        case Role::weights_source:
        case Role::runtime: return "product";
        case Role::program_header:
        case Role::program_weights:
        case Role::benchmark:
        case Role::observer:
        case Role::peak:
        case Role::selftest:
        case Role::application: return "tests";
        case Role::build:
        case Role::facts:
        case Role::guide: return "-";
    }
    return "";
}

/// "layers/*.cpp" of "layers/conv0.cpp".
std::string pattern_of(const std::string& path) {
    return path.substr(0, path.rfind('/') + 1) + "*" + path.substr(path.rfind('.'));
}

/// Files in backticks; those of a folder that has many stand for themselves as a pattern.
std::string listed(const std::vector<std::string>& paths) {
    constexpr int most_of_a_folder = 5;
    std::map<std::string, int> patterns;
    for (const std::string& path : paths) ++patterns[pattern_of(path)];
    std::vector<std::string> words;
    for (const std::string& path : paths) {
        const std::string pattern = pattern_of(path);
        const bool many = path.find('/') != std::string::npos && patterns[pattern] > most_of_a_folder;
        const std::string& word = many ? pattern : path;
        if (words.empty() || words.back() != word) words.push_back(word);
    }
    return fmt::format("`{}`", fmt::join(words, "`, `"));
}

/// A row a role; plan.json is in no manifest, which it lists.
std::string print_roles(const Manifest& manifest) {
    std::string rows;
    for (const auto& spelled : all_words<Role>()) {
        std::vector<std::string> paths = manifest.paths({spelled.value});
        if (spelled.value == Role::facts) paths = {"plan.json"};
        if (paths.empty()) continue;
        rows += fmt::format("| {} | `{}` | {} | {} |\n", listed(paths), spell(spelled.value), about(spelled.value),
                            part_of(spelled.value));
    }
    return rows;
}

/// Without the files in the folders of several targets, which the guide there lists.
Manifest without_targets(const Manifest& manifest, const std::vector<GuidedPlan>& plans) {
    Manifest own;
    for (const ManifestEntry& entry : manifest.entries()) {
        const auto holds = [&](const GuidedPlan& plan) { return entry.path.rfind(plan.emission.folder, 0) == 0; };
        if (std::none_of(plans.begin(), plans.end(), holds)) own.add(entry.path, entry.role);
    }
    return own;
}

std::string print_files(const GuidedFolder& folder, const std::vector<GuidedPlan>& plans, bool several) {
    if (!several) return fill_template("guide/files.md", {{"files", print_roles(folder.manifest)}});
    std::string rows = print_roles(without_targets(folder.manifest, plans));
    for (const GuidedPlan& plan : plans)
        rows += fmt::format("| `{}*` | | the network for `{}`; its guide there lists its files | product and tests |\n",
                            plan.emission.folder, plan.emission.plan.target.name);
    return fill_template("guide/files.md", {{"files", rows}});
}

std::string print_inputs(const Inputs& inputs, const std::vector<GuidedPlan>& plans) {
    std::string rows;
    const auto add = [&](const char* what, const std::optional<InputFile>& file) {
        if (file) rows += fmt::format("| {} `{}` | `{}` |\n", what, file->name, file->sha256);
    };
    add("the description", inputs.description);
    add("the weights", inputs.weights);
    if (inputs.random_weights) rows += fmt::format("| random weights of seed {} | - |\n", *inputs.random_weights);
    add("the tuning", inputs.tuning);
    for (const GuidedPlan& plan : plans)
        rows += fmt::format("| what the weights became: `{}` | `{}` |\n", plan.emitted.weights.path,
                            plan.emitted.weights.sha256);
    return rows;
}

std::string summary_of(const Interface& front, const std::vector<GuidedPlan>& plans) {
    std::vector<std::string> targets;
    for (const GuidedPlan& plan : plans) targets.push_back(plan.emission.plan.target.name);
    const char* background = front.head && front.head->background >= 0 ? " (the background counted)" : "";
    const std::string does =
        front.head ? fmt::format("It finds objects of {} classes{} in pictures.", front.classes, background)
                   : fmt::format("It says which of {} classes a picture is of.", front.classes);
    const std::string input = fmt::format("Its input is {} x {} pixels (height x width) of {}, a byte each.",
                                          front.input.height, front.input.width, spell(front.order));
    return fmt::format("{}\n{} It is made for {} `{}`.", does, input,
                       targets.size() == 1 ? "the target" : "the targets", fmt::join(targets, "`, `"));
}

std::string print_head(const Interface& front, const std::vector<GuidedPlan>& plans) {
    return fill_template("guide/head.md", {{"network", front.name},
                                           {"summary", summary_of(front, plans)},
                                           {"generator", generator_version},
                                           {"command", front.command.empty() ? "ssdgen generate" : front.command},
                                           {"inputs", print_inputs(front.inputs, plans)}});
}

std::string print_plan(const GuidedPlan& plan, bool single_file, bool selftest) {
    return print_network_section(plan, single_file) + print_weights_section(plan) +
           print_by_hand_section(plan, single_file, selftest) + print_names_section(plan);
}

std::string print_targets(const Interface& front, const std::vector<GuidedPlan>& plans) {
    std::string rows;
    for (const GuidedPlan& plan : plans) {
        const std::string guide = plan.emission.folder + plan.emission.guide;
        rows += fmt::format("| `{}` | `{}` | [{}]({}) | {} | {} | {} |\n", plan.emission.plan.target.name,
                            plan.emission.folder, guide, guide, print_grouped(plan.footprint.arena_bytes),
                            print_grouped(plan.footprint.weights_bytes), print_grouped(plan.footprint.code_bytes));
    }
    return fill_template("guide/targets.md", {{"network", front.name},
                                              {"targets", rows},
                                              {"arena", print_grouped(front.footprint.arena_bytes)},
                                              {"scratch", print_grouped(front.footprint.thread_scratch_bytes)},
                                              {"stack", print_grouped(front.footprint.stack_bytes)}});
}

std::string weights_note(const Interface& front) {
    if (front.weights_form != WeightsForm::file) return "";
    return front.several_targets
               ? "The product hands over the weights (`use_weights`): the one file that `weights_file()` names.\n\n"
               : "The product hands over the weights (`use_weights`) before the first call.\n\n";
}

/// The programs' names.
std::string programs_text(const Interface& front, bool selftest) {
    const std::string& name = front.name;
    const std::string first =
        selftest ? fmt::format("`{0}_selftest` (run it first, on the machine that will run the network), ", name) : "";
    return fmt::format("{0}`{1}_bench`, `{1}_{2}`.", first, name, front.head ? "detect" : "classify");
}

/// How a compiler alone is called. Files of several targets have equal names, so no command has them all.
std::string without_cmake(const GuidedFolder& folder) {
    if (folder.front.several_targets)
        return "or without CMake: compile the files whose role is `network`, `c_source`, `kernel` or `weights_source` "
               "with\n`-std=c++17 -O2 -ffp-contract=off -I.`, those in a target's folder with `-I` and that folder as "
               "well.\n";
    std::string sources;
    for (const std::string& path : folder.manifest.paths({Role::network, Role::weights_source})) sources += path + " ";
    return fmt::format(
        "or by hand, in this folder:\n\n    c++ -std=c++17 -O2 -ffp-contract=off -I. -c {}layers/*.cpp\n", sources);
}

/// What compilers have to know, and which ones know it.
const char* spelling_text(bool standard) {
    return standard
               ? "All C++ here is standard C++17, without an extension of any compiler's, so any compiler takes it "
                 "(`--weights-as array` or\n`file` need no assembler either); GCC and Clang, from `-O2` on, make "
                 "vectors of the kernels' structs of four floats."
               : "The kernels carry their instruction set themselves: no `-march`. They need GCC or Clang.";
}

std::string print_product(const GuidedFolder& folder, const std::vector<GuidedPlan>& plans) {
    const Interface& front = folder.front;
    const auto every = [&](bool (*fact)(const Target&)) {
        return std::all_of(plans.begin(), plans.end(),
                           [&](const GuidedPlan& one) { return fact(one.emission.plan.target); });
    };
    const char* example = front.head ? "guide/example_detector.md" : "guide/example_classifier.md";
    TemplateValues values{{"network", front.name},
                          {"macro", macro_name(front.name)},
                          {"arena", std::to_string(front.footprint.arena_bytes)},
                          {"flash", std::to_string(front.footprint.flash_bytes())},
                          {"weights", weights_note(front)},
                          {"example", fill_template(example, {{"network", front.name}})},
                          {"spelling", spelling_text(every(is_standard))}};
    if (folder.single_file) return fill_template("guide/product_single.md", values);
    values["without_cmake"] = without_cmake(folder);
    values["archives"] = every(shares_kernels) ? "\n(as archives, `ar rcs`, they share kernels that are equal)" : "";
    values["programs"] = programs_text(front, !folder.manifest.paths({Role::selftest}).empty());
    return fill_template("guide/product.md", values);
}

}  // namespace

std::string print_guide(const GuidedFolder& folder, const std::vector<GuidedPlan>& plans) {
    const bool selftest = !folder.manifest.paths({Role::selftest}).empty();
    const bool several = plans.size() > 1 && !folder.single_file;
    return print_head(folder.front, plans) + print_files(folder, plans, several) +
           (several ? print_targets(folder.front, plans) : print_plan(plans.back(), folder.single_file, selftest)) +
           print_product(folder, plans);
}

std::string print_target_guide(const GuidedPlan& plan, const Manifest& own) {
    const bool selftest = !own.paths({Role::selftest}).empty();
    const std::string head = fmt::format(
        "# `{}`: one target's network\n\nMade for `{}`. The guide of the whole folder, one above, says what it is "
        "made of and how a product takes it.\n\n",
        plan.emission.name, plan.emission.plan.target.name);
    const std::string files = fill_template("guide/files.md", {{"files", print_roles(own)}});
    return head + files + print_plan(plan, false, selftest);
}

}  // namespace ssdgen
