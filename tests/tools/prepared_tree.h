#pragma once

#include "kernel/tree.h"
#include "target/target.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ssdgen::test::prepared {

// A kernel tree as a machine runs it: names are places of a function's numbers, pointers and vectors; named numbers
// are their values, blocks are part of the body around them, and what does nothing is left out.

/// constant + the sum of factor * first * second; number 0 is 1.
struct Term {
    std::int64_t factor = 1;
    int first = 0, second = 0;
};
struct Sum {
    std::int64_t constant = 0;
    std::vector<Term> terms = {};
};

struct Address {
    int pointer = 0;
    Element element = Element::f32;  // that it points to
    Sum offset = {};
    const std::string* base = nullptr;  // of the tree, for messages
    const Expression* distance = nullptr;
};

struct Node;
using Body = std::vector<Node>;

struct Loop {
    int variable = 0;
    Sum first, end;
    int step = 1;
    Body body;
};
struct Cases {
    int variable = 0;
    std::vector<std::pair<Sum, Body>> cases;  // below; of the last without meaning
};
struct Call {
    int function = 0;
    std::vector<std::variant<Address, Sum>> arguments;
};
/// pointer = where the address is
struct Move {
    int pointer = 0;
    Address to;
};
/// Into the second-level cache; the tests ask for nothing else.
struct Fetch {
    Address address;
};
struct Load {
    int vector = 0;
    Address address;
    VectorType memory;
};
struct Broadcast {
    int vector = 0;
    Address address;
    Element memory = Element::f32;
};
struct Constant {
    int vector = 0;
    std::vector<float> lanes;
};
struct Copy {
    int vector = 0, source = 0;
};
struct MultiplyAdd {
    int sum = 0, a = 0, b = 0;
};
struct Arithmetic {
    Operator op = Operator::add;
    int target = 0, a = 0, b = 0;
};
struct Store {
    Address address;
    int vector = 0;
    int lanes = 1;
};

struct Node {
    std::variant<Loop, Cases, Call, Move, Fetch, Load, Broadcast, Constant, Copy, MultiplyAdd, Arithmetic, Store> value;
};

struct Parameter {
    bool is_pointer = false;
    int place = 0;
    std::string name;
};

struct Function {
    std::string name;
    std::vector<Parameter> parameters;
    Body body;
    int numbers = 1, pointers = 0, vectors = 0;              // places of its own
    int all_numbers = 0, all_pointers = 0, all_vectors = 0;  // with those of what it calls
};

/// In the tree's order; the tree outlives them. TreeError for what a tree may not say (tools/tree_machine.h).
std::vector<Function> prepare(const KernelTree& tree, const Target& target);

/// TreeError, "kernel K, function F: ...", unless an argument for the parameter is a pointer, or is none.
void check_argument(const std::string& kernel, const std::string& function, const Parameter& parameter,
                    bool is_pointer);

}  // namespace ssdgen::test::prepared
