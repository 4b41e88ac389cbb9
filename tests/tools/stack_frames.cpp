#include "tools/stack_frames.h"

#include "tools/shell.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <vector>

namespace ssdgen::test {

namespace {

constexpr int return_address = 8;
constexpr int red_zone = 128;  // below the frame of a function that calls none
constexpr int library =
    256;  // what is used of the libraries of C and of the compiler: expf and the like, memcpy and the like

const std::set<std::string>& known_library() {
    static const std::set<std::string> names{"exp",    "expf",   "log",    "logf",    "lrintf",
                                             "floorf", "memcpy", "memset", "memmove", "__cpu_indicator_init"};
    return names;
}

/// Those that end the program.
bool ends(const std::string& name) { return name == "_ZSt9terminatev" || name == "__cxa_begin_catch"; }

/// GCC puts what seldom runs apart, in the same frame.
std::string without_cold(const std::string& symbol) {
    const std::size_t cold = symbol.find(".cold");
    return symbol.substr(0, cold);
}

bool is_label(const std::string& line) {
    return line.size() > 1 && line[0] != '.' && !std::isspace(static_cast<unsigned char>(line[0])) && line[0] != '#' &&
           line.find(':') != std::string::npos;
}

/// A part of a step, which an executor gets a pointer to.
bool is_part(const std::string& symbol) { return symbol.find("4Crew4TaskI") != std::string::npos; }

/// Symbols and registers in operands, without @PLT and the like.
std::vector<std::string> symbols_in(const std::string& operands) {
    const auto of_symbol = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '$';
    };
    std::vector<std::string> found;
    for (std::size_t at = 0; at < operands.size() && operands[at] != '#';) {
        std::size_t end = at;
        while (end < operands.size() && of_symbol(operands[end])) ++end;
        if (end > at && (at == 0 || operands[at - 1] != '@')) found.push_back(operands.substr(at, end - at));
        at = end + 1;
    }
    return found;
}

bool begins_with(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

}  // namespace

std::string StackFrames::local_name(const std::string& source, const std::string& symbol) const {
    return locals_.count(source + ":" + symbol) ? source + ":" + symbol : symbol;
}

void StackFrames::read_line(const std::string& line, const std::string& source, std::string& current) {
    const auto key = [&](const std::string& symbol) { return local_name(source, without_cold(symbol)); };
    if (is_label(line)) {
        current = key(line.substr(0, line.find(':')));
        return;
    }
    const std::size_t word = line.find_first_not_of(" \t"),
                      gap = std::min(line.find_first_of(" \t", word), line.size());
    const std::string operation = line.substr(word, gap - word), operands = line.substr(gap);
    if (operation[0] == '.') {  // data: a table of functions, perhaps
        if (operation == ".quad")
            for (const std::string& symbol : symbols_in(operands)) pointed_to_[key(symbol)].insert(source);
        return;
    }
    Function& function = functions_[current];
    if (operation[0] == 'j' || begins_with(operation, "call")) {
        if (operands.find('*') != std::string::npos) {
            function.calls_pointers.insert(source);
            return;
        }
        for (const std::string& symbol : symbols_in(operands))
            if (symbol[0] != '.' && key(symbol) != current) function.calls.insert(key(symbol));
        return;
    }
    if (begins_with(operation, "and") && operands.find("$-") != std::string::npos &&
        operands.find("%rsp") != std::string::npos)
        function.padding = std::stoi(operands.substr(operands.find("$-") + 2)) - 8;
    if (operands.find("_Z") != std::string::npos)
        for (const std::string& symbol : symbols_in(operands))
            if (begins_with(symbol[0] == '$' ? symbol.substr(1) : symbol, "_Z"))
                pointed_to_[key(symbol[0] == '$' ? symbol.substr(1) : symbol)].insert(source);
}

void StackFrames::add(const std::string& source, const std::string& assembly, const std::string& gcc_graph,
                      const std::string& clang_frames) {
    std::set<std::string> own, globals;
    std::map<std::string, std::string> aliases;
    std::istringstream first(assembly), second(assembly);
    for (std::string line; std::getline(first, line);) {
        const bool global = begins_with(line, "\t.globl") || begins_with(line, "\t.weak");
        const bool function = begins_with(line, "\t.type") && line.find("@function") != std::string::npos;
        if (global) globals.insert(symbols_in(line).at(1));
        if (begins_with(line, "\t.set\t_Z")) aliases[symbols_in(line).at(1)] = symbols_in(line).at(2);
        if (function) own.insert(without_cold(symbols_in(line).at(1)));
    }
    for (const std::string& symbol : own)
        if (!globals.count(symbol)) locals_.insert(source + ":" + symbol);
    std::string current;
    for (const auto& [symbol, other] : aliases) {
        Function& alias = functions_[local_name(source, symbol)];
        alias.frame = 0;
        alias.calls.insert(local_name(source, other));
    }
    for (std::string line; std::getline(second, line);) {
        const bool label = is_label(line);
        if (label && !own.count(without_cold(line.substr(0, line.find(':')))))
            current.clear();  // data
        else if (label || (line.size() > 1 && line[0] == '\t' && (!current.empty() || begins_with(line, "\t.quad"))))
            read_line(line, source, current);
    }

    static const std::regex gcc(R"re(title: "(?:[^":]*:)?([^":]+)" label: "[^"]*\\n(\d+) bytes \(([a-z,]+)\))re");
    static const std::regex clang(R"(:([^:\s]+)\t(\d+)\t(\S+)\n)");
    for (const bool by_gcc : {true, false}) {
        const std::string& text = by_gcc ? gcc_graph : clang_frames;
        for (std::sregex_iterator it(text.begin(), text.end(), by_gcc ? gcc : clang), end; it != end; ++it) {
            const std::string kind = (*it)[3], symbol = without_cold((*it)[1]);
            CHECK_MESSAGE((kind == "static" || kind == "dynamic,bounded"), symbol << " is " << kind);
            Function& found = functions_[local_name(source, symbol)];
            found.frame = std::max(found.frame, std::stoi((*it)[2]) + (by_gcc ? 0 : return_address));
        }
    }
}

/// A pointer leads to a function of the same source. What is called through one calls nothing through one, except that
/// a part of a step takes rows of the picture so.
std::set<std::string> StackFrames::calls_of(const std::string& name, const Function& function) const {
    std::set<std::string> calls = function.calls;
    const bool part = is_part(name);
    if (!part && pointed_to_.count(name)) return calls;
    for (const auto& [one, sources] : pointed_to_) {
        const bool here = std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
            return function.calls_pointers.count(source) != 0;
        });
        if (here && functions_.count(one) && !(part && is_part(one))) calls.insert(one);
    }
    return calls;
}

int StackFrames::deepest_from(const std::string& name, std::map<std::string, int>& known,
                              std::set<std::string>& above) const {
    const auto found = functions_.find(name);
    if (found == functions_.end()) {
        if (ends(name)) return 0;
        CHECK_MESSAGE(known_library().count(name) == 1, name);
        return library;
    }
    if (const auto done = known.find(name); done != known.end()) return done->second;
    CHECK_MESSAGE(above.insert(name).second, name << " calls itself");
    CHECK_MESSAGE(found->second.frame >= 0, name << " has no frame");
    int deepest = red_zone;
    for (const std::string& callee : calls_of(name, found->second))
        if (!above.count(callee)) deepest = std::max(deepest, deepest_from(callee, known, above));
    above.erase(name);
    return known[name] = deepest + found->second.frame + found->second.padding;
}

int StackFrames::deepest() const {
    std::map<std::string, int> known;
    std::set<std::string> above;
    int deepest = 0;
    for (const auto& [name, function] : functions_) deepest = std::max(deepest, deepest_from(name, known, above));
    return deepest;
}

}  // namespace ssdgen::test
