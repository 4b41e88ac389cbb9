#pragma once

#include <map>
#include <set>
#include <string>

namespace ssdgen::test {

/// The frames of functions, in bytes, as a compiler states them, and which function calls which, as its assembly says.
/// The frame of a caller and of what it calls are in use at the same time, whatever was inlined.
class StackFrames {
  public:
    /// One source: what -S printed for x86-64, and what -fcallgraph-info=su (GCC) or -fstack-usage (Clang) printed
    /// besides. Fails the test for a frame that grows while the program runs.
    void add(const std::string& source, const std::string& assembly, const std::string& gcc_graph,
             const std::string& clang_frames);

    /// The deepest chain of calls of any function in it, what the C library needs for a logarithm or a copy included.
    /// Fails the test where a function may call itself, or calls one outside that is not known to be small.
    int deepest() const;

  private:
    struct Function {
        int frame = -1;   // with its return address; -1: the compiler has not said
        int padding = 0;  // before a frame whose vectors lie on whole lines
        std::set<std::string> calls;
        std::set<std::string> calls_pointers;  // in these sources
    };
    /// A symbol's own name, or one with its source's, where it is not seen outside.
    std::string local_name(const std::string& source, const std::string& symbol) const;
    void read_line(const std::string& line, const std::string& source, std::string& current);
    int deepest_from(const std::string& name, std::map<std::string, int>& known, std::set<std::string>& above) const;
    std::set<std::string> calls_of(const std::string& name, const Function& function) const;

    std::map<std::string, Function> functions_;
    std::set<std::string> locals_;
    std::map<std::string, std::set<std::string>> pointed_to_;  // functions, and in which sources
};

}  // namespace ssdgen::test
