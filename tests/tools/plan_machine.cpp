#include "tools/plan_machine.h"

#include "graph/shapes.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "plan/kernels.h"
#include "plan/stream_code.h"
#include "support/error.h"
#include "tools/tree_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <variant>

namespace ssdgen::test {

namespace {

constexpr std::int64_t float_bytes = bytes_of(Element::f32);

/// A stage with its code and weights.
struct StageCodes {
    mutable Area weights;                          // only read
    std::optional<PreparedTree> kernel = {};       // but of an unrolled stream
    std::map<int, PreparedTree> forms = {};        // of an unrolled stream, by UnrolledRows::first
    std::optional<PreparedTree> picture_row = {};  // of the stage that reads the picture
};

struct StepCodes {
    StreamCode stream;
    std::vector<StageCodes> stages;
};

Area weights_of(const Plan& plan, const Stage& stage, std::int64_t offset) {
    const auto begin = plan.weights.begin() + std::ptrdiff_t(offset);
    return {"the weights of " + stage.name, std::vector<std::byte>(begin, begin + std::ptrdiff_t(stage.weights_size))};
}

StageCodes make_codes(const Plan& plan, const Step& step, const Stage& stage, std::int64_t weights) {
    const Target& target = plan.target;
    StageCodes codes{weights_of(plan, stage, weights)};
    const KernelTree tree = simplify(lower_kernel(stage.kernel, stage.kernel_name, target));
    if (std::holds_alternative<PictureKernel>(stage.kernel.kind)) {
        const Function row = lower_stage_row(stage.kernel, stage.kernel_name + "_picture_row", target);
        codes.picture_row.emplace(step.unrolled ? unroll_function(row) : row, target);
    }
    if (!step.unrolled)
        codes.kernel.emplace(tree, target);
    else if (!step.stream)
        codes.kernel.emplace(unroll_whole(tree, kernel_units(stage.kernel)), target);
    else
        for (const UnrolledRows& form : unroll_rows(stage.kernel, tree))
            codes.forms.emplace(form.first, PreparedTree(form.function, target));
    return codes;
}

/// Rows [rows][w][c] as they lie with the layer's pixel stride.
std::vector<float> gather(const Argument& from, const ObservedLayer& layer, int rows) {
    std::vector<float> values(std::size_t(rows) * std::size_t(layer.output.width * layer.output.channels));
    const std::int64_t pixels = std::int64_t(rows) * layer.output.width, bytes = layer.output.channels * float_bytes;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
        from.area->read(from.number + pixel * layer.pixel_stride * float_bytes,
                        values.data() + pixel * layer.output.channels, bytes);
    return values;
}

/// What the observer sees.
class Observed {
  public:
    void add(const ObservedLayer& layer, int first, int rows, const Argument& from) {
        Layer& seen = layers_[layer.name];
        const std::size_t row = std::size_t(layer.output.width * layer.output.channels);
        seen.values.resize(row * std::size_t(layer.rows), std::numeric_limits<float>::quiet_NaN());
        seen.made.resize(std::size_t(layer.rows));
        const std::vector<float> values = gather(from, layer, rows);
        for (int index = 0; index < rows; ++index) {
            const auto at = std::size_t(first + index);
            float* const to = seen.values.data() + at * row;
            const float* const found = values.data() + std::size_t(index) * row;
            if (seen.made.at(at) && std::memcmp(to, found, row * sizeof(float)) != 0)
                throw TreeError(fmt::format("layer {}: row {} is another when it is made again", layer.name, at));
            std::copy_n(found, row, to);
            seen.made[at] = true;
        }
    }

    /// all_made: TreeError if any row is not.
    std::map<std::string, std::vector<float>> all(bool all_made) && {
        std::map<std::string, std::vector<float>> all;
        for (auto& [name, layer] : layers_) {
            const auto missing = std::find(layer.made.begin(), layer.made.end(), false);
            if (all_made && missing != layer.made.end())
                throw TreeError(fmt::format("layer {}: row {} is not made", name, missing - layer.made.begin()));
            all[name] = std::move(layer.values);
        }
        return all;
    }

  private:
    struct Layer {
        std::vector<float> values;
        std::vector<bool> made;
    };
    std::map<std::string, Layer> layers_;
};

std::int64_t output_rows(const Plan& plan) { return plan.head ? plan.head->priors : 1; }

/// One picture's way through a plan.
class Running {
  public:
    Running(const Plan& plan, const std::vector<StepCodes>& codes, const std::vector<std::uint8_t>& picture,
            const PlanRun& how)
        : plan_(plan),
          codes_(codes),
          picture_(picture),
          how_(how),
          arena_("the arena", plan.arena_size),
          boxes_("the boxes", plan.head ? output_rows(plan) * 4 * float_bytes : 0),
          logits_("the logits", output_rows(plan) * plan.classes * float_bytes) {}

    PlanValues run() {
        for (std::size_t index = 0; index < plan_.steps.size(); ++index) {
            forget([&](const Buffer& buffer) { return buffer.first_step == int(index); });
            const Step& step = plan_.steps[index];
            step.stream ? run_stream_step(step, codes_[index]) : run_whole(step, codes_[index].stages[0]);
            forget([&](const Buffer& buffer) { return buffer.last_step == int(index); });
        }
        PlanValues values{
            std::move(observed_).all(how_.threads == 1), {}, floats(Operand::Place::logits, logits_.size())};
        if (plan_.head) values.boxes = floats(Operand::Place::boxes, boxes_.size());
        return values;
    }

  private:
    // --- Memory.

    template <class Which>
    void forget(const Which& which) {
        for (const Buffer& buffer : plan_.buffers)
            if (which(buffer)) arena_.forget(buffer.offset, buffer.size);
    }

    Argument pointer(const Operand& operand, std::int64_t offset = 0) {
        const std::int64_t at = operand.offset + offset;
        switch (operand.place) {
            case Operand::Place::arena: return Argument::pointer(arena_, at);
            case Operand::Place::boxes: return output(boxes_, plan_.boxes, at);
            case Operand::Place::logits: return output(logits_, plan_.logits, at);
            case Operand::Place::picture: break;  // its rows alone are read
        }
        throw TreeError("nobody has a pointer to the picture");
    }

    Argument output(Area& own, std::int64_t in_arena, std::int64_t at) {
        return how_.outputs_in_arena ? Argument::pointer(arena_, in_arena + at) : Argument::pointer(own, at);
    }

    std::vector<float> floats(Operand::Place place, std::int64_t bytes) {
        const Argument from = pointer({place, 0, 0});
        std::vector<float> values(std::size_t(bytes / float_bytes));
        from.area->read(from.number, values.data(), bytes);
        return values;
    }

    /// A kernel without weights reads none.
    static Argument weights(const StageCodes& codes) {
        return codes.weights.size() ? Argument::pointer(codes.weights) : Argument::nowhere();
    }

    // --- Steps.

    /// work(part, first, end) for the ranges of units that the threads take (templates/network/network.cpp).
    template <class Work>
    void share(int units, const Work& work) const {
        const int parts = std::min(units, how_.threads);
        const auto border = [&](int part) { return (units * part + parts - 1) / parts; };
        for (int index = 0; index < parts; ++index) {
            const int part = how_.backwards ? parts - 1 - index : index;
            work(part, border(part), border(part + 1));
        }
    }

    void run_whole(const Step& step, const StageCodes& codes) {
        const Stage& stage = step.stages[0];
        std::vector<Argument> operands;
        for (const Feed& feed : stage.feeds)
            operands.push_back(pointer(step.inputs.at(std::size_t(std::get<WholeFeed>(feed.from).input))));
        operands.push_back(weights(codes));
        for (const Operand& output : step.outputs) operands.push_back(pointer(output));
        share(step.units, [&](int, int first, int end) {
            std::vector<Argument> arguments = operands;
            arguments.push_back(Argument::value(first));
            arguments.push_back(Argument::value(end));
            codes.kernel->run(arguments);
        });
        for (std::size_t index = 0; index < stage.layers.size(); ++index)
            observed_.add(stage.layers[index], 0, stage.layers[index].output.height, pointer(step.outputs[index]));
    }

    void run_stream_step(const Step& step, const StepCodes& codes) {
        share(step.units, [&](int part, int first, int end) {
            if (step.unrolled) end = step.last().kernel.output().height;  // all rows are one unit
            Area own("a thread's memory", part ? step.scratch_size : 0);
            const Argument scratch = part ? Argument::pointer(own) : Argument::pointer(arena_, step.scratch);
            Part{*this, step, codes.stages, codes.stream, scratch}.run(first, end);
        });
    }

    /// What a thread makes of a stream.
    struct Part {
        Running& all;
        const Step& step;
        const std::vector<StageCodes>& codes;
        const StreamCode& code;
        Argument scratch;

        void run(int first, int end) {
            if (code.picture) fill_zero(scratch, ring_size(code.picture->ring));
            for (const StreamOperation& operation : run_stream(code, first, end))
                operation.stage < 0 ? take_picture_row(operation) : make_rows(operation);
        }

        static void fill_zero(const Argument& to, std::int64_t bytes) {
            const std::vector<std::uint8_t> zeros(std::size_t(bytes), 0);
            to.area->write(to.number, zeros.data(), bytes);
        }

        Argument pointer(const RowAddress& address) const {
            switch (address.memory) {
                case RowAddress::Memory::input:
                    return all.pointer(step.inputs.at(std::size_t(address.input)), address.offset);
                case RowAddress::Memory::output: return all.pointer(step.outputs.at(0), address.offset);
                case RowAddress::Memory::scratch: return behind(scratch, address.offset);
            }
            throw TreeError("every memory has its pointer");
        }

        static Argument behind(const Argument& begin, std::int64_t offset) {
            return Argument::pointer(*begin.area, begin.number + offset);
        }

        /// The row's bytes come by the place for them, as from a resizer.
        void take_picture_row(const StreamOperation& operation) const {
            const PictureCode& picture = *code.picture;
            const Argument row = pointer(operation.output);
            if (operation.first < 0 || operation.first >= picture.height)
                return fill_zero(row, picture.row_values * float_bytes);
            const Argument bytes = behind(scratch, ring_size(picture.ring));
            bytes.area->write(bytes.number, all.picture_.data() + operation.first * picture.row_values,
                              picture.row_values);
            codes[std::size_t(picture.reader)].picture_row->run({bytes, row});
        }

        void make_rows(const StreamOperation& operation) const {
            const Stage& stage = step.stages[std::size_t(operation.stage)];
            const StageCodes& own = codes[std::size_t(operation.stage)];
            std::vector<Argument> arguments;
            for (const RowAddress& read : operation.reads) arguments.push_back(pointer(read));
            arguments.push_back(weights(own));
            const Argument output = pointer(operation.output);
            arguments.push_back(output);
            if (step.unrolled) {
                own.forms.at(unrolled_form(stage.kernel, operation)).run(arguments);
            } else {
                const bool side_by_side = code.stages[std::size_t(operation.stage)].side_by_side;
                if (takes_first_of_rows(stage.kernel)) arguments.push_back(Argument::value(operation.first));
                arguments.push_back(Argument::value(side_by_side ? operation.rows : operation.first));
                own.kernel->run(arguments);
            }
            all.observed_.add(stage.layers[0], operation.first, operation.rows, output);
        }
    };

    const Plan& plan_;
    const std::vector<StepCodes>& codes_;
    const std::vector<std::uint8_t>& picture_;
    const PlanRun how_;
    Area arena_, boxes_, logits_;
    Observed observed_;
};

}  // namespace

class PlanMachine::Code {
  public:
    explicit Code(const Plan& plan) : plan(plan) {
        check(!plan.compact && std::int64_t(plan.weights.size()) == plan.weights_size,
              "a plan that runs has weights and is not compact");
        for (const Step& step : plan.steps) {
            StepCodes made;
            if (step.stream) made.stream = stream_code(step);
            for (std::size_t index = 0; index < step.stages.size(); ++index) {
                const std::int64_t behind = step.stream ? made.stream.stages[index].weights : 0;
                made.stages.push_back(make_codes(plan, step, step.stages[index], step.stages[0].weights + behind));
            }
            codes.push_back(std::move(made));
        }
    }

    const Plan& plan;
    std::vector<StepCodes> codes;
};

PlanMachine::PlanMachine(const Plan& plan) : code_(std::make_unique<Code>(plan)) {}
PlanMachine::~PlanMachine() = default;

PlanValues PlanMachine::run(const std::vector<std::uint8_t>& picture, const PlanRun& how) const {
    return Running(code_->plan, code_->codes, picture, how).run();
}

}  // namespace ssdgen::test
