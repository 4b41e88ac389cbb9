// Kernels that find or make slices of wider maps and add a map to what they make: they give what the same kernel gives
// on maps of its own, and the sum. No compiler takes part.
#include "graph/shapes.h"
#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "kernels.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/tree_machine.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::vector<float> random_values(std::int64_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = float(generator() % 2000) / 1000 - 1;
    return values;
}

constexpr int first_channel = 2;  // of each slice in its wider map

std::int64_t place(const MapView& view, std::int64_t pixel, int channel) {
    return pixel * view.pixel_stride + channel + (view.is_dense() ? 0 : first_channel);
}

/// The values of a map [pixels][channels], put where a view has them; what lies between them is `between`.
std::vector<float> spread(const MapView& view, const std::vector<float>& values, float between) {
    const int channels = view.shape.channels;
    std::vector<float> result(std::size_t(view.pixel_stride) * std::size_t(view.shape.width * view.shape.height),
                              between);
    for (std::size_t i = 0; i < values.size(); ++i)
        result[std::size_t(place(view, std::int64_t(i) / channels, int(i) % channels))] = values[i];
    return result;
}

Argument begin_of(Area& area, const MapView& view) { return Argument::pointer(area, place(view, 0, 0) * 4); }

/// All that the output's wider map holds when a form of the kernel has worked.
std::vector<float> run(const Kernel& kernel, const KernelTree& tree, const Target& target,
                       const std::vector<std::vector<float>>& inputs, const std::vector<float>& weights) {
    std::vector<Area> maps;
    for (std::size_t index = 0; index < kernel.inputs.size(); ++index)
        maps.emplace_back("an input", spread(kernel.inputs[index], inputs[index], 1e30F));
    Area packed("weights", weights);
    Area output("output", spread(kernel.outputs[0], {}, -7));
    std::vector<Argument> arguments;
    for (std::size_t index = 0; index < maps.size(); ++index)
        arguments.push_back(begin_of(maps[index], kernel.inputs[index]));
    arguments.push_back(Argument::pointer(packed));
    arguments.push_back(begin_of(output, kernel.outputs[0]));
    arguments.push_back(Argument::value(0));
    arguments.push_back(Argument::value(kernel_units(kernel)));
    run_tree(tree, target, arguments);
    return output.floats();
}

void compare(const Kernel& plain, const Target& target, bool adds) {
    const KernelTree plain_tree = lower_kernel(plain, "plain", target);
    const std::vector<float> input = random_values(elements(plain.input()), 1);
    const std::vector<float> addend = random_values(elements(plain.output()), 2);
    const std::vector<float> weights = random_values(packed_size(target, plain) / bytes_of(Element::f32), 3);
    std::vector<float> expected = run(plain, plain_tree, target, {input}, weights);
    Kernel kernel = plain;
    kernel.inputs[0].pixel_stride += 5;
    kernel.outputs[0].pixel_stride += 7;
    if (adds) {
        kernel.inputs.push_back({plain.output(), plain.output().channels + 3});
        kernel.epilogue = {Activation::relu, true};
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = std::max(expected[i] + addend[i], 0.0F);
    }
    CHECK(kernel_name(kernel, target) != kernel_name(plain, target));
    const KernelTree tree = lower_kernel(kernel, "slices", target), simple = simplify(tree);
    const std::vector<float> spread_out = spread(kernel.outputs[0], expected, -7);
    for (const KernelTree& form : {tree, simple, unroll_whole(simple, kernel_units(kernel))})
        CHECK(run(kernel, form, target, {input, addend}, weights) == spread_out);
}

template <class Layer>
Layer windowed(const Window& window) {
    Layer layer;
    layer.window = window;
    return layer;
}

}  // namespace

TEST_CASE("Kernels on slices of wider maps, with a map added, make what plain ones make, and touch nothing between") {
    const Window point = square(1, 1, {0, 0, 0, 0}), three = square(3, 1, {1, 1, 1, 1}), two = square(2, 2, {});
    const Window strided = square(3, 2, {0, 0, 1, 1});
    for (const Target& target : test::float_targets()) {
        CAPTURE(target.name);
        for (const Shape& map : {Shape{6, 8, 13}, Shape{2, 2, 40}})
            for (const bool adds : {false, true}) {
                for (const Window& window : {point, three, strided}) {
                    compare(kernel_of(windowed<Convolution>(window), map, window, {21}, target), target, adds);
                    if (taps(window) > 1)
                        compare(kernel_of(windowed<Depthwise>(window), map, window, {map.channels}, target), target,
                                adds);
                }
                if (adds) continue;
                compare(kernel_of(windowed<AveragePool>(two), map, two, {map.channels}, target), target, false);
                const Window whole{whole_axis(map.height), whole_axis(map.width)};
                for (const Window& window : {three, strided, two, whole})
                    compare(kernel_of(windowed<MaxPool>(window), map, window, {map.channels}, target), target, false);
            }
    }
}
