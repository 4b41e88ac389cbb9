#pragma once

#include "cost/footprint.h"
#include "plan/plan.h"
#include "support/inputs.h"

#include <string>
#include <vector>

namespace ssdgen {

/// How the weights reach the program.
enum class WeightsForm {
    object,  // NAME_weights.bin, taken in by the assembler
    array,   // NAME_weights.cpp, a C++ array
    file,    // NAME_weights.bin with a header, handed over by the caller at run time
};

constexpr const char* word(WeightsForm form) {
    switch (form) {
        case WeightsForm::object: return "object";
        case WeightsForm::array: return "array";
        case WeightsForm::file: return "file";
    }
    return nullptr;
}

/// What is asked of an emitted folder beside its plans.
struct EmitOptions {
    WeightsForm weights_form = WeightsForm::object;
    bool single_file = false;  // NAME.h, NAME_c.h and NAME.cpp alone; WeightsForm::object is not for this
    std::string command{};     // that makes the folder again, for the head of every file; empty: none is named
    Inputs inputs{};           // what it is made of
};

/// A network for one target as it is emitted: its plan, and what is not the plan's to say.
struct Emission {
    const Plan& plan;
    std::string name;    // in C++ and of files: the plan's, or NAME_TARGET where it is one of several
    std::string folder;  // where its files stand: "", or "x86_64_v3/" where it is one of several
    std::string guide;   // the file there, or of a single file beside it, that explains it: NAME_guide.md
    std::string command;
    Inputs inputs;
    WeightsForm weights_form;
};

/// "NAME_guide.md".
std::string guide_file(const std::string& network);

/// Of a network for one target alone. The plan has to outlive it.
Emission emission_of(const Plan& plan, const EmitOptions& options);

/// Whether the network computes in 8 bits, so that its folder takes the runtime of such along.
bool is_quantized(const std::vector<Emission>& targets);

/// One a plan, and no longer than these live. Plans of several targets are of the same network, the most general first;
/// a machine can be asked for all but the first (Target::features).
std::vector<Emission> emissions(const std::vector<Plan>& plans, const EmitOptions& options);
std::vector<Emission> emissions(std::vector<Plan>&& plans, const EmitOptions& options) = delete;

/// What users and programs of a network see of it, whether it is emitted for one target or for several.
struct Interface {
    std::string name;
    std::string command;
    Inputs inputs;
    WeightsForm weights_form;
    bool several_targets;
    Shape input;
    ChannelOrder order;
    ResizeRule resize;
    int classes;
    const Head* head;     // null: a classifier
    Footprint footprint;  // of all targets together
};

Interface interface_of(const Emission& emission, const Footprint& footprint);
/// Of all targets of a network, one or several; `footprints`: one each.
Interface interface_of(const std::vector<Emission>& targets, const std::vector<Footprint>& footprints);

}  // namespace ssdgen
