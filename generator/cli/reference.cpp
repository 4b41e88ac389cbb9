#include "cli/reference.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <vector>

namespace ssdgen {

namespace {

/// In a cell of a table.
std::string cell(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    return escaped;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

/// "CONFIG", "--out VALUE", "--json".
std::string spelling(const CLI::Option& option) {
    if (option.get_positional()) return option.get_name(true);
    const std::string name = "--" + option.get_lnames().at(0);
    return is_flag(option) ? name : name + " VALUE";
}

/// What the parser knows of an option beside its help.
std::string conditions(const CLI::Option& option) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
    if (option.get_required()) add("required");
    const std::string type = option.get_type_name();  // "INT:INT in [2 - 100]" of a number with limits
    if (const std::size_t range = type.find(" in ["); range != std::string::npos) add(type.substr(range + 1));
    std::set<std::string> others;  // in the order of their names: the parser keeps addresses
    for (const CLI::Option* other : option.get_excludes()) others.insert("`--" + other->get_lnames().at(0) + "`");
    if (!others.empty()) add(fmt::format("not with {}", fmt::join(others, ", ")));
    for (const CLI::Option* other : option.get_needs())
        add(fmt::format("with `--{}` alone", other->get_lnames().at(0)));
    return text.empty() ? "" : " (" + text + ")";
}

std::string table(const CLI::App& command) {
    std::string text = "| option | what it does |\n|---|---|\n";
    for (const CLI::Option* option : command.get_options()) {
        if (option == command.get_help_ptr() || option->get_group().empty()) continue;
        text +=
            fmt::format("| `{}` | {}{} |\n", spelling(*option), cell(option->get_description()), conditions(*option));
    }
    return text;
}

}  // namespace

std::string command_reference(const CLI::App& app) {
    std::string text = "### ssdgen\n\n" + table(app);
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_group().empty()) continue;
        text += fmt::format("\n### ssdgen {}\n\n{}.\n\n{}", command->get_name(), command->get_description(),
                            table(*command));
    }
    return text;
}

}  // namespace ssdgen
