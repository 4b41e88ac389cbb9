// The text of a stream does what plan/stream_code.h says it does, address by address: streams of any form, with kernels
// that say what they are called with.
#include "tools/made_streams.h"
#include "emit/network/streams.h"
#include "plan/names.h"
#include "plan/stream_code.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <variant>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

// Pointers to floats are said as the stretch that they lead into and how far: the inputs are 0 and 1.
const char* const head = R"(#pragma once
#include <cstdint>
#include <cstdio>
namespace ssd { struct Rows; }
constexpr int size = 1 << 16;
constexpr int weights_at = 2, output_at = 3, scratch_at = 4;
inline float memory[5 * size];
inline void say(int number) { std::printf(" %d", number); }
inline void say(const float* pointer) { std::printf(" %d+%d", int(pointer - memory) / size, int(pointer - memory) % size); }
template <class... Values>
void line(const char* name, const Values&... values) {
    std::printf("%s", name);
    (say(values), ...);
    std::printf("\n");
}
struct Observe {
    void rows(int layer, int first, int rows, const float* output) const { line("observe", layer, first, rows, output); }
};
)";

/// The observed streams, as NAME_observer.cpp has them.
std::string observed_streams(const Plan& plan) {
    return "#pragma once\n#include \"layers.h\"\n#include <algorithm>\nnamespace made::observed {\nnamespace streams "
           "{\n" +
           print_stream_classes(plan, RunKind::observed) + "}\n" + print_stream_functions(plan, RunKind::observed) +
           "}\n";
}

std::string kernel(const std::string& name) {
    return fmt::format(
        "template <class... Values>\nvoid {0}(const Values&... values) {{ line(\"{0}\", values...); }}\n", name);
}

std::string kernels(const Plan& plan) {
    std::string text = "namespace made::kernels {\n";
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages) {
            if (!step.unrolled) text += kernel(stage.kernel_name);
            for (int form : unrolled_forms(stage.kernel))
                if (step.unrolled) text += kernel(unrolled_rows_name(stage.kernel_name, stage.kernel, form));
        }
    return text + "}\n";
}

std::string address(const RowAddress& at) {
    switch (at.memory) {
        case RowAddress::Memory::input: return fmt::format(" {}+{}", at.input, at.offset / 4);
        case RowAddress::Memory::output: return fmt::format(" 3+{}", at.offset / 4);
        case RowAddress::Memory::scratch: return fmt::format(" 4+{}", at.offset / 4);
    }
    return "";
}

/// What the kernels say if the text does what the code says.
std::string expected(const Step& step, int first_layer, int first, int end, RunKind kind) {
    std::string lines;
    const StreamCode code = stream_code(step);
    for (const StreamOperation& operation : run_stream(code, first, end)) {
        const Stage& stage = step.stages[std::size_t(operation.stage)];
        const StageCode& said = code.stages[std::size_t(operation.stage)];
        lines += step.unrolled
                     ? unrolled_rows_name(stage.kernel_name, stage.kernel, unrolled_form(stage.kernel, operation))
                     : stage.kernel_name;
        for (const RowAddress& read : operation.reads) lines += address(read);
        lines += fmt::format(" 2+{}{}", said.weights / 4, address(operation.output));
        if (!step.unrolled && takes_first_of_rows(stage.kernel)) lines += fmt::format(" {}", operation.first);
        if (!step.unrolled) lines += fmt::format(" {}", said.side_by_side ? operation.rows : operation.first);
        lines += "\n";
        if (kind == RunKind::observed)
            lines += fmt::format("observe {} {} {}{}\n", first_layer + said.layer, operation.first, operation.rows,
                                 address(operation.output));
    }
    return lines;
}

/// Every third stream without loops.
Plan random_plan(int steps) {
    Plan plan;
    for (int index = 0; index < steps; ++index) {
        Step step = RandomStream(unsigned(index)).finish();
        step.name = fmt::format("stream{}", index);
        step.stream_name = step.name;
        step.unrolled = index % 3 == 2;
        for (std::size_t stage = 0; stage < step.stages.size(); ++stage) {
            Stage& one = step.stages[stage];
            one.name = fmt::format("{}_stage{}", step.name, stage);
            one.kernel_name = fmt::format("{}_kernel{}", step.name, stage);
            one.weights = std::int64_t(index) * 4000 + std::int64_t(stage) * 64;
            one.layers[0].name = one.name;
        }
        plan.steps.push_back(std::move(step));
    }
    return plan;
}

}  // namespace

TEST_CASE("The text of any stream makes rows and takes pointers as its code says, from the first row and from others") {
    const Plan plan = random_plan(60);
    std::string calls, lines, observed_calls, observed_lines;
    int first_layer = 0, with_two_readers = 0;
    const std::vector<std::string> functions = step_functions(plan);
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step& step = plan.steps[index];
        const int height = step.last().kernel.output().height;
        with_two_readers += !rings_are_private(step);
        for (int first = 0; first < (step.unrolled ? 1 : height); first += 2) {
            const char* operands =
                "memory, memory + size, memory + weights_at * size, memory + output_at * size, memory + scratch_at * "
                "size";
            calls += fmt::format("    made::layer::{}({}, {}, {});\n", functions[index], operands, first, height);
            observed_calls += fmt::format("    made::observed::{}({}, Observe{{}}, {}, {});\n", functions[index],
                                          operands, first, height);
            lines += expected(step, first_layer, first, height, RunKind::product);
            observed_lines += expected(step, first_layer, first, height, RunKind::observed);
        }
        first_layer += int(step.stages.size());
    }
    CHECK(with_two_readers > 20);

    const TemporaryFolder folder;
    write_if_changed(folder.path("layers.h"), head + kernels(plan));
    write_if_changed(folder.path("streams.h"), print_streams({plan, "made", "", "", "", {}, WeightsForm::array}));
    write_if_changed(folder.path("observed.h"), observed_streams(plan));
    write_if_changed(folder.path("driver.cc"), "#include \"streams.h\"\n#include \"observed.h\"\nint main() {\n" +
                                                   calls + observed_calls + "}\n");
    require_command(compiler() + " -std=c++17 -O0 -Wall -Wextra -Wno-unused-parameter -Werror -I. driver.cc -o driver",
                    folder.path());
    CHECK(require_command("./driver", folder.path()).output == lines + observed_lines);
}
