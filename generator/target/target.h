#pragma once

#include "support/element.h"

#include <string>
#include <vector>

namespace ssdgen {

// A target is data: what the schedule needs to know of a processor, what the processor has to have, and how code for it
// is spelled. Its record stands in its family's file, its operations on vectors in templates/vectors/; no other place
// knows it.

/// The registers and instructions that multiply and add numbers of one type.
struct VectorUnit {
    Element operand;
    int lanes;          // numbers in a register
    int registers;      // of so many lanes each
    int multiply_adds;  // of whole registers a cycle
    int loads;          // of whole registers a cycle
    int latency;        // cycles until the sum of a multiply-add can be used again
    bool fused;         // multiplies and adds in one instruction
    int products = 1;   // that are summed up in a lane at once: four of bytes, of which two pairs are each one
                        // instruction where `split` says so, and take registers of their own
    bool split = false;
    int interleaved = 1;  // registers that bytes of several rows are interleaved for together: 1, 2 or 4
};

struct Caches {
    int l1_bytes;
    int l2_bytes;
    int l2_bytes_per_cycle;  // that weights can come at beside multiply-adds: half of what it gives alone
    int prefetch_bytes;      // how far ahead of its use a weight is fetched; 0: left to the processor
    bool fetch_next;         // weights are fetched into the second level before their block's turn comes
};

/// How many terms of a sum, a multiply-add each, stand in its code.
struct TermSteps {
    int unroll = 4;     // a round of the loop over them
    int straight = 16;  // most that need no loop
};

/// How an emitted program finds out whether the processor that it runs on has a target's features; C++.
struct Probe {
    std::string setup;      // a statement before the first question; the same for all targets of a family
    std::string condition;  // a bool expression; empty: no processor can be asked
};

/// What networks have besides whose weights are not all f32, and so lie in memory as bytes.
struct ByteLoads {
    std::string attribute;  // as that of a Toolchain, for all functions of their kernels: it may name more
    std::string vectors;    // goes on where its header ends: load_f32, load_f16 and load_bf16 from bytes
};

/// What networks have besides that compute with whole numbers: as ByteLoads.
struct WholeVectors {
    std::string attribute;
    std::vector<std::string> vectors;  // go on where the header ends: Sums, Inputs, Weights and their like
};

/// How a target's code is spelled.
struct Toolchain {
    std::string attribute;  // what gnu::target names in front of each function with vectors; empty: it has no attribute
    std::string vectors;    // the header that defines Vector, load, store, multiply_add ... in ssd::kernels::TARGET, a
                            // template: $features$, if there is an attribute, is what it names
    Probe probe;
    ByteLoads byte_loads = {};
    WholeVectors whole = {};
    std::string shared = {};  // what makes one of equal kernels that several networks bring, in front of their
                              // definitions; empty: each network has kernels of its own
};

/// Processors that have features in common; no binary is for several families. `any`: no features, for all processors.
enum class Family { any, x86 };

struct Target {
    std::string name;
    Family family = Family::any;
    std::vector<std::string> features = {};  // all that its code may use, as compilers name them
    std::vector<VectorUnit> units = {};
    Caches caches = {};
    TermSteps steps = {};
    Toolchain toolchain = {};
    std::string floats_as = {};  // the target that it computes with real numbers as; empty: in its own way
};

/// The unit that multiplies numbers of this type. InternalError if the target has none.
const VectorUnit& vector_unit(const Target& target, Element operand);

/// Whether it has a unit for whole numbers of its own: a target that holds it may differ from it in that alone.
bool multiplies_whole_numbers(const Target& target);

/// Whether its code is standard C++, for any compiler: that of the target for any processor.
bool is_standard(const Target& target);

/// Whether networks that are linked together share the kernels that they have in common.
bool shares_kernels(const Target& target);

}  // namespace ssdgen
