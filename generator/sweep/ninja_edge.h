#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// A step of a build.ninja that has a rule "run" with the command $line, and a pool "measuring" of depth 1.
struct NinjaEdge {
    std::vector<std::string> outputs;
    std::vector<std::string> inputs;
    std::vector<std::string> waits_for;  // without being made anew for them
    std::string command;                 // a line of the shell
    std::string description;
    bool restat = false;     // outputs may stay as they are
    bool measuring = false;  // one of these at a time
};

std::string edge_text(const NinjaEdge& edge);

/// Paths as build.ninja has them, a blank before each.
std::string ninja_paths(const std::vector<std::string>& paths);

/// A command of the shell, quoted where a word needs it.
std::string shell_words(const std::vector<std::string>& words);

}  // namespace ssdgen
