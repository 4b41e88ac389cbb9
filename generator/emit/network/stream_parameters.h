#pragma once

#include "emit/network/streams.h"
#include "emit/network/weights.h"
#include "plan/plan.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace ssdgen {

/// The parameters of a stream that bring its inputs: one is called "input", several are "input_0", "input_1".
class InputNames {
  public:
    explicit InputNames(const Step& step) : step_(step) {}

    std::string name(int input) const { return step_.inputs.size() == 1 ? "input" : fmt::format("input_{}", input); }
    std::string type(int input) const {
        const bool picture = step_.inputs[std::size_t(input)].place == Operand::Place::picture;
        return picture ? "const ssd::Rows&" : fmt::format("const {}*", map_number(maps_type(step_)));
    }
    int count() const { return int(step_.inputs.size()); }

  private:
    const Step& step_;
};

/// What a stream is called with, in the order of its parameters: inputs, weights, output, scratch memory and, observed,
/// the number of the first layer that is and who is told.
class StreamParameters {
  public:
    StreamParameters(const Step& step, Element weights, RunKind kind);

    /// "const float* input"
    std::vector<std::string> parameters() const;
    /// "input_(input)"
    std::vector<std::string> initialisers() const;
    /// "const float* input_;" and so on, a line each
    std::string members() const;
    /// "input", and for `layer` the number.
    std::vector<std::string> arguments(int layer) const;
    /// The parameters of a step's function: without `layer`, and with the rows that it makes.
    std::vector<std::string> of_function(bool names_rows) const;

  private:
    struct Parameter {
        std::string type, name;
    };

    void add(const std::string& type, const std::string& name) { parameters_.push_back({type, name}); }

    template <class Print>
    std::vector<std::string> each(const Print& print) const {
        std::vector<std::string> texts;
        for (const Parameter& one : parameters_) texts.push_back(print(one));
        return texts;
    }

    std::vector<Parameter> parameters_;
};

}  // namespace ssdgen
