#pragma once

#include "kernel/expression.h"
#include "support/element.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

// What a kernel does, as a small tree. The lowerings of this room make it, simplify and count work on it, room emit
// prints it. A vector is a register of floats, as many as the target's unit has lanes; numbers of other types are
// converted on their way from memory.
//
// A pointer has the type of its parameter, and offsets from it count numbers of that type. What lies behind a pointer
// to f32 is f32. A pointer to u8 leads to numbers of any type, wherever they begin, and its offsets are bytes.

struct TreeNode;
using Body = std::vector<TreeNode>;

/// base[offset]
struct Address {
    std::string base;
    Expression offset;
};

/// So many numbers of one type that follow each other in memory.
struct VectorType {
    VectorType(int lanes) : lanes(lanes) {}  // NOLINT: a number alone is so many floats
    VectorType(Element element, int lanes) : element(element), lanes(lanes) {}
    Element element = Element::f32;
    int lanes;
};

/// A line of text for the reader: the text, and where it counts something, that number with a full stop. A name in it
/// is no use of what it names.
struct Comment {
    std::string text;
    std::optional<Expression> number = std::nullopt;
};

/// An empty line, between groups of statements.
struct Blank {};

/// for (int variable = first; variable < end; variable += step)
struct Loop {
    std::string variable;
    Expression first, end;
    int step = 1;
    Body body;
};

/// One of several bodies by the value of a variable: the first whose `below` is greater; the last has none.
struct Case {
    Expression below;
    Body body;
};
struct Cases {
    std::string variable;
    std::vector<Case> cases;
};

/// A new pointer `name` to base + offset, of the base's type; is_const: it is only read through.
struct Pointer {
    std::string name;
    Address address;
    bool is_const = true;
};

/// pointer += by
struct Advance {
    std::string pointer;
    Expression by;
};

/// A new vector: numbers from memory as floats, the lanes beyond them zero. `keep`: it is used several times and has to
/// stay in a register; compilers like to read the memory again for each use instead.
struct Load {
    std::string name;
    Address address;
    VectorType memory;
    bool keep = false;
};

/// The pointer stays what it is, but the compiler takes it for another: it does not keep what was read through it, for
/// which there are no registers.
struct Renew {
    std::string pointer;
};

/// Has a cache fetch the line that lies there, which may be outside the array.
enum class CacheLevel { first, second };
struct Prefetch {
    Address address;
    CacheLevel into = CacheLevel::first;
};

/// A new vector: one number from memory, as a float, in every lane.
struct Broadcast {
    std::string name;
    Address address;
    Element memory = Element::f32;
};

/// A new vector: lane i holds values[i]; one value stands for all lanes.
struct Constant {
    std::string name;
    std::vector<float> values;
};

/// A new vector that starts as another one.
struct Copy {
    std::string name;
    std::string source;
};

/// sum = a * b + sum
struct MultiplyAdd {
    std::string sum, a, b;
};

enum class Operator { add, subtract, multiply, minimum, maximum };

/// target = a op b, target being a vector that exists
struct Arithmetic {
    Operator op;
    std::string target, a, b;
};

/// The first lanes to memory.
struct Store {
    Address address;
    std::string name;
    VectorType memory;
};

// Whole numbers of 8 bits are computed with in registers of three types: Sums, of 32 bits, a channel a lane; Inputs and
// Weights, of four bytes each, or a target's own form of them, whose four products a sum takes at once.

/// A new register: s32: Sums as they are; u8: Sums of bytes; s8: Weights, four for each lane; f32: a vector of floats,
/// whatever stands around them.
struct WholeLoad {
    std::string name;
    Address address;
    VectorType memory;
    bool keep = false;
};

/// A new register of Inputs: the same four bytes in every lane; of fewer, the others are zero. some: how many are told
/// when the kernel runs.
struct WholeBroadcast {
    std::string name;
    Address address;
    int bytes = 4;
    std::optional<Expression> some{};
};

/// New registers of Inputs, one, two or four: of each channel the byte in each of up to four rows. A row without a base
/// is outside the map: all its bytes are `outside`. Several registers share the work, and have the channels dealt out
/// among them as plan/packing.h says.
struct Interleave {
    std::vector<std::string> names;
    std::vector<Address> rows;
    int outside = 0;
    int lanes = 0;  // channels of a register
};

/// A new register of Sums: in every lane the sum of so many bytes.
struct SumBytes {
    std::string name;
    Address address;
    Expression count;
};

/// What is computed with whole numbers beside multiply-adds. Names: what it takes; numbers: what it is told.
enum class WholeOp {
    inputs_of,             // new Inputs: {byte} in all
    weights_of,            // new Weights: {byte} in the first of each four, and so on: four numbers
    sums_of,               // new Sums: {number} in every lane
    keep_weights,          // target, Weights, as they are, which the compiler cannot know
    subtract_product,      // target -= a * b
    scale_by_float,        // target = round(target * a), halves to even
    scale_by_large_float,  // the same where products may leave 32 bits
    scale_twice,           // target, a: mantissa, b: shift to the right
    scale_once,            // the same with one rounding
    shift_left,            // target << a, or by {bits}
    round_right,           // (target + 2^(bits - 1)) >> {bits}
    divide_rounded,        // (target - {zero}) / {divisor}, to nearest, halves away from zero
    rescale,               // {zero point, lowest, highest} are applied; then a: scale, b: offset, + {zero point}
};

struct WholeCompute {
    WholeOp op;
    std::string target;
    std::vector<std::string> names;
    std::vector<std::int64_t> numbers{};
};

/// The channels of one, two or four registers of Sums to memory as bytes, in order: each more by zero_point, then from
/// lowest to highest.
struct WholeStore {
    Address address;
    std::vector<std::string> names;
    int channels = 0;
    int zero_point = 0, lowest = 0, highest = 255;
};

/// Statements with names of their own.
struct Block {
    Body body;
};

/// function(arguments); an argument with a base is an address, one without is a number.
struct Call {
    std::string function;
    std::vector<Address> arguments;
};

struct TreeNode {
    std::variant<Comment, Blank, Loop, Cases, Pointer, Advance, Renew, Load, Prefetch, Broadcast, Constant, Copy,
                 MultiplyAdd, Arithmetic, Store, WholeLoad, WholeBroadcast, Interleave, SumBytes, WholeCompute,
                 WholeStore, Block, Call>
        value;
    template <class T>
    TreeNode(T node) : value(std::move(node)) {}  // NOLINT: a node is any of its kinds
};

/// What a parameter is. input, weights: a pointer that is only read through; output: one that is written through as
/// well; index: an int; count: a long.
enum class ParameterRole { input, weights, output, index, count };

struct Parameter {
    ParameterRole role;
    std::string name;
    Element element = Element::f32;  // that it points to
};

struct Function {
    std::string name;
    std::string comment;  // what it covers
    std::vector<Parameter> parameters;
    Body body;
};

/// A named number of the kernel's shape; the code uses those that it is written with.
struct NamedNumber {
    std::string name;
    std::int64_t value = 0;
    std::string comment;
};

/// The code of one kernel: the last function is its entry; the others are its own.
struct KernelTree {
    std::string name;
    std::vector<NamedNumber> numbers;
    std::vector<Function> functions;
};

}  // namespace ssdgen
