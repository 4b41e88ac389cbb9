#include "sweep/ninja_edge.h"

#include "support/process.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

std::string ninja_path(const std::string& path) {
    std::string escaped;
    for (const char c : path) escaped += c == '$' || c == ' ' || c == ':' ? std::string("$") + c : std::string(1, c);
    return escaped;
}

}  // namespace

std::string ninja_paths(const std::vector<std::string>& paths) {
    std::string text;
    for (const std::string& path : paths) text += " " + ninja_path(path);
    return text;
}

std::string shell_words(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        const bool plain = !word.empty() && word.find_first_not_of(
                                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789_-+=./,") == std::string::npos;
        text += (text.empty() ? "" : " ") + (plain ? word : shell_word(word));
    }
    return text;
}

std::string edge_text(const NinjaEdge& edge) {
    std::string command;
    for (const char c : edge.command) command += c == '$' ? std::string("$$") : std::string(1, c);
    std::string text = fmt::format("build{}: run{}", ninja_paths(edge.outputs), ninja_paths(edge.inputs));
    if (!edge.waits_for.empty()) text += " ||" + ninja_paths(edge.waits_for);
    text += fmt::format("\n  line = {}\n  description = {}\n", command, edge.description);
    if (edge.restat) text += "  restat = 1\n";
    if (edge.measuring) text += "  pool = measuring\n";
    return text + "\n";
}

}  // namespace ssdgen
