// Every kernel of the zoo in every form, run by the machine for trees: the forms bit by bit the same, and what the
// naive loops make. No compiler takes part.
#include "graph/shapes.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "passes/lower.h"
#include "plan/kernels.h"
#include "plan/stream_code.h"
#include "reference/interpreter.h"
#include "support/error.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/program.h"
#include "tools/tree_machine.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Maps = std::vector<std::vector<float>>;  // one an output of a kernel

std::int64_t floats(std::int64_t count) { return count * bytes_of(Element::f32); }

/// Bytes of a row of a map of floats.
std::int64_t row_bytes(const MapView& map) { return floats(std::int64_t(map.pixel_stride) * map.shape.width); }

/// A kernel of a layer with what it works on.
struct Work {
    const Target& target;
    Kernel kernel;
    KernelTree tree;  // as lowered
    Area input, weights;
    std::vector<Area> outputs = {};  // of the form that runs

    Argument output(std::size_t index, std::int64_t row = 0) {
        return Argument::pointer(outputs[index], row * row_bytes(kernel.outputs[index]));
    }
};

/// Runs a form on outputs that nobody has written yet.
Maps run_form(Work& work, const std::function<void()>& form) {
    work.outputs.clear();
    for (const MapView& output : work.kernel.outputs)
        work.outputs.emplace_back("an output", floats(elements(output.shape)));
    form();
    Maps maps;
    for (const Area& output : work.outputs) maps.push_back(output.floats());
    return maps;
}

// --- A kernel that is a step for itself.

/// All units, from `cut` on by a second call.
void run_units(Work& work, const KernelTree& tree, int cut) {
    const int units = kernel_units(work.kernel);
    for (const auto& [first, end] : {std::pair(0, cut), std::pair(cut, units)}) {
        if (first == end) continue;
        std::vector<Argument> arguments{Argument::pointer(work.input), Argument::pointer(work.weights)};
        for (std::size_t index = 0; index < work.outputs.size(); ++index) arguments.push_back(work.output(index));
        arguments.push_back(Argument::value(first));
        arguments.push_back(Argument::value(end));
        run_tree(tree, work.target, arguments);
    }
}

std::vector<Maps> step_forms(Work& work) {
    const KernelTree simple = simplify(work.tree);
    const int units = kernel_units(work.kernel);
    return {run_form(work, [&] { run_units(work, work.tree, units / 2); }),
            run_form(work, [&] { run_units(work, simple, 0); }),
            run_form(work, [&] { run_units(work, unroll_whole(simple, units), units); })};
}

// --- A stage of a stream.

/// The rows of a map that a stage reads, and where its first one lies.
struct Rows {
    Area& area;
    int height;
    std::int64_t row_bytes;

    Argument at(int row) const {
        return row < 0 || row >= height ? Argument::nowhere() : Argument::pointer(area, row * row_bytes);
    }
};

/// Makes the rows from `first` on, `count` of them; parameters: those of the entry without the last.
using MakeRows = std::function<void(int first, int count, const std::vector<Argument>& arguments)>;

void make_all_rows(Work& work, const Rows& rows, const WindowAxis& axis, const MakeRows& make) {
    const int height = work.kernel.output().height, most = work.kernel.stream_rows;
    for (int first = 0; first < height; first += most) {
        std::vector<Argument> arguments;
        for (int tap = 0; tap < axis.kernel; ++tap) arguments.push_back(rows.at(pixel_of(axis, first, tap)));
        arguments.push_back(Argument::pointer(work.weights));
        arguments.push_back(work.output(0, first));
        make(first, std::min(most, height - first), arguments);
    }
}

MakeRows rows_of_tree(const Work& work, const KernelTree& tree) {
    return [&work, &tree](int first, int count, std::vector<Argument> arguments) {
        if (takes_first_of_rows(work.kernel)) arguments.push_back(Argument::value(first));
        arguments.push_back(Argument::value(takes_rows_side_by_side(work.kernel) ? count : first));
        run_tree(tree, work.target, arguments);
    };
}

MakeRows rows_of_forms(const Work& work, const std::vector<UnrolledRows>& forms) {
    return [&work, &forms](int first, int count, const std::vector<Argument>& arguments) {
        const int sought = takes_rows_side_by_side(work.kernel) ? count : first;
        const auto after =
            std::find_if(forms.begin(), forms.end(), [&](const UnrolledRows& form) { return form.first > sought; });
        REQUIRE(after != forms.begin());
        run_function(std::prev(after)->function, work.target, arguments);
    };
}

/// The picture as its rows are staged: floats less the mean, zeros around them.
Area staged_picture(Work& work, const PictureKernel& picture, const Function& row) {
    const Shape& shape = work.kernel.input();
    const StagedInput staged = staged_input(work.kernel, picture);
    const int top = picture.window.rows.before, left = picture.window.columns.before;
    const std::int64_t width = std::max(staged.map.width, left + shape.width) * shape.channels;
    const std::int64_t height = std::max(staged.map.height, top + shape.height);
    Area area("the staged picture", std::vector<float>(std::size_t(height * width)));
    for (int y = 0; y < shape.height; ++y)
        run_function(row, work.target,
                     {Argument::pointer(work.input, std::int64_t(y) * shape.width * shape.channels),
                      Argument::pointer(area, floats((top + y) * width + std::int64_t(left) * shape.channels))});
    return area;
}

std::vector<Maps> stage_forms(Work& work) {
    const KernelTree simple = simplify(work.tree);
    const std::vector<UnrolledRows> unrolled = unroll_rows(work.kernel, simple);
    const auto run = [&](const Rows& rows, const WindowAxis& axis, const MakeRows& make) {
        return run_form(work, [&] { make_all_rows(work, rows, axis, make); });
    };
    const auto run_all = [&](const Rows& rows, const Rows& unrolled_rows, const WindowAxis& axis) {
        return std::vector<Maps>{run(rows, axis, rows_of_tree(work, work.tree)),
                                 run(rows, axis, rows_of_tree(work, simple)),
                                 run(unrolled_rows, axis, rows_of_forms(work, unrolled))};
    };
    const Shape& shape = work.kernel.input();
    if (const auto* picture = std::get_if<PictureKernel>(&work.kernel.kind)) {
        const Function row = lower_stage_row(work.kernel, "row", work.target);
        const StagedInput staged = staged_input(work.kernel, *picture);
        Area plain = staged_picture(work, *picture, row);
        Area straight = staged_picture(work, *picture, unroll_function(row));
        const int height = std::max(staged.map.height, picture->window.rows.before + shape.height);
        const std::int64_t row_bytes = plain.size() / height;
        return run_all({plain, height, row_bytes}, {straight, height, row_bytes}, staged.window.rows);
    }
    const Rows rows{work.input, shape.height, row_bytes(work.kernel.inputs[0])};
    return run_all(rows, rows, kernel_window(work.kernel).rows);
}

// --- All of them.

/// A network of the zoo as kernels compute it, and the values of all its maps.
struct Specimen {
    Graph graph;
    std::vector<std::uint8_t> picture;
    std::vector<std::vector<double>> values;
};

Specimen make_specimen(Zoo zoo) {
    zoo.name += "_zoo";
    Recipe recipe{description_of(zoo), find_target("portable"), 11};
    if (zoo.name == "large_zoo") recipe.multipliers.rho = 0.5;  // shapes as many; a quarter of the time
    const Network network = make_network(recipe);
    Specimen specimen{lower(network.graph), pictures_for(network)[0], {}};
    specimen.values = interpret(specimen.graph, specimen.picture);
    return specimen;
}

Area input_of(const Specimen& specimen, const Node& node, const Kernel& kernel) {
    if (std::holds_alternative<PictureKernel>(kernel.kind)) return {"the picture", specimen.picture};
    const std::vector<double>& values = specimen.values[std::size_t(node.inputs[0])];
    return {"the input", std::vector<float>(values.begin(), values.end())};
}

Work make_work(const Specimen& specimen, const Node& node, const Kernel& kernel, const Target& target) {
    std::vector<std::byte> weights(std::size_t(packed_size(target, kernel)));
    pack_weights(target, kernel, node.operation, weights.data());
    return {target,
            kernel,
            lower_kernel(kernel, kernel_name(kernel, target), target),
            input_of(specimen, node, kernel),
            {"the weights", weights}};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void check_node(const Specimen& specimen, const Node& node, const Kernel& kernel, const Target& target) {
    Work work = make_work(specimen, node, kernel, target);
    CAPTURE(work.tree.name);
    const std::vector<Maps> forms = kernel.stream_rows ? stage_forms(work) : step_forms(work);
    for (std::size_t index = 0; index < node.outputs.size(); ++index) {
        const std::vector<double>& wanted = specimen.values[std::size_t(node.outputs[index])];
        CHECK(difference(forms[0][index], wanted) <= 1e-5 * std::max(1.0, magnitude(wanted)));
        for (const Maps& form : forms) CHECK(same_bits(form[index], forms[0][index]));
    }
}

/// As a step for itself, and as a stage of a stream, if it can be both.
std::vector<Kernel> kernels_of(const Graph& graph, const Node& node, const Target& target) {
    std::vector<Kernel> kernels{make_kernel(graph, node, target)};
    if (node.outputs.size() > 1) return kernels;
    Kernel stage = make_kernel(graph, node, target, true);
    if (stage.stream_rows && !kernels[0].stream_rows) kernels.push_back(std::move(stage));
    return kernels;
}

}  // namespace

TEST_CASE("Every kernel of the zoo gives the same bits in every form, and what the naive loops give") {
    std::set<std::string> kinds;
    for (const Zoo& zoo : zoo()) {
        CAPTURE(zoo.name);
        const Specimen specimen = make_specimen(zoo);
        for (const Target& target : test::float_targets())
            for (const Node& node : specimen.graph.nodes) {
                if (std::holds_alternative<Softmax>(node.operation)) continue;
                CAPTURE(target.name);
                CAPTURE(node.name);
                for (const Kernel& kernel : kernels_of(specimen.graph, node, target)) {
                    check_node(specimen, node, kernel, target);
                    kinds.insert(fmt::format("{} {}", kernel.kind.index(), kernel.stream_rows > 0));
                }
            }
    }
    CHECK(kinds.size() == 10);  // six kinds; four are both steps and stages
}

namespace {

/// Lines that the tiles of a block are to have fetched and have not.
int lines_missing(const ChannelBlock& block, std::int64_t pixels, const std::set<std::int64_t>& fetched) {
    int missing = 0;
    const std::int64_t end = block.next.first + block.next.pixel_share * pixels;
    for (std::int64_t line = block.next.first / 64 * 64; line < end; line += 64) missing += fetched.count(line) == 0;
    return missing;
}

/// How far the weights reach that a kernel has fetched, from its first: those of all blocks and what comes behind.
std::int64_t fetched_until(const Kernel& kernel, std::int64_t pixels) {
    std::int64_t end = 0;
    for (const ChannelBlock& block : *blocks_of(kernel))
        end = std::max(end, block.next.first + block.next.pixel_share * pixels);
    return end;
}

}  // namespace

TEST_CASE("While a kernel works all lines of the weights that come next are fetched, and few others") {
    std::set<std::string> kinds;
    for (const Zoo& zoo : zoo()) {
        CAPTURE(zoo.name);
        const Specimen specimen = make_specimen(zoo);
        for (const char* name : {"x86-64-v3", "x86-64-v4"})
            for (const Node& node : specimen.graph.nodes) {
                if (std::holds_alternative<Softmax>(node.operation)) continue;
                const Target& target = find_target(name);
                for (const Kernel& kernel : kernels_of(specimen.graph, node, target)) {
                    if (!fetches_next(kernel)) continue;
                    Work work = make_work(specimen, node, kernel, target);
                    CAPTURE(work.tree.name);
                    work.weights.keep_fetches();
                    const WindowAxis rows = kernel_window(kernel).rows;
                    run_form(work, [&] {
                        if (kernel.stream_rows)
                            make_all_rows(work, {work.input, kernel.input().height, row_bytes(kernel.inputs[0])}, rows,
                                          rows_of_tree(work, work.tree));
                        else
                            run_units(work, work.tree, 0);
                    });
                    const std::int64_t pixels = std::int64_t(kernel.output().height) * kernel.output().width;
                    for (const ChannelBlock& block : *blocks_of(kernel))
                        CHECK(lines_missing(block, pixels, work.weights.fetched()) == 0);
                    const std::int64_t weights = packed_size(target, kernel);
                    CHECK(fetched_until(kernel, pixels) >= weights + blocks_of(kernel)->front().weights);
                    // A round of a loop has whole lines fetched: a last tile goes on behind its share.
                    CHECK(*work.weights.fetched().rbegin() < fetched_until(kernel, pixels) + weights);
                    kinds.insert(fmt::format("{} {}", kernel.kind.index(), kernel.stream_rows > 0));
                }
            }
    }
    CHECK(kinds.size() == 3);  // pointwise as a step and as a stage, windows
}
