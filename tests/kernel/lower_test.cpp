#include "kernel/lower.h"

#include "kernel/pieces.h"
#include "kernel/simplify.h"
#include "kernels.h"
#include "target/target.h"

#include <doctest/doctest.h>

#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Calls visit(node) for every node of a body, outer ones first.
template <class Visit>
void walk(const Body& body, const Visit& visit) {
    for (const TreeNode& node : body) {
        visit(node);
        if (const auto* loop = std::get_if<Loop>(&node.value)) walk(loop->body, visit);
        if (const auto* block = std::get_if<Block>(&node.value)) walk(block->body, visit);
        if (const auto* cases = std::get_if<Cases>(&node.value))
            for (const Case& one : cases->cases) walk(one.body, visit);
    }
}

std::vector<KernelTree> many_kernels(const Target& target) {
    std::vector<KernelTree> trees;
    const auto lower = [&](const KernelSpec& kernel) {
        trees.push_back(lower_kernel(kernel, kernel_name(kernel, target), target));
    };
    const Window windows[] = {square(1, 1, {0, 0, 0, 0}), square(1, 2, {0, 0, 0, 0}), square(3, 1, {1, 1, 1, 1}),
                              square(3, 2, {0, 0, 1, 1}), square(5, 1, {2, 2, 2, 2}), square(3, 1, {2, 2, 2, 2}, 2)};
    for (const Window& window : windows)
        for (const Shape& input : {Shape{5, 5, 3}, {6, 13, 24}, {19, 19, 65}}) {
            for (const std::vector<int>& channels : {std::vector<int>{7}, {64}, {100}, {24, 126}}) {
                Convolution convolution;
                convolution.window = window;
                convolution.activation = Activation::relu6;
                lower(kernel_of(convolution, input, window, channels, target));
                if (channels.size() > 1) continue;
                lower(kernel_of(convolution, input, window, channels, target, true));
                convolution.input_mean = {1, 2, 3};
                if (input.channels == 3) lower(kernel_of(convolution, input, window, channels, target, true));
            }
            Depthwise depthwise;
            depthwise.window = window;
            lower(kernel_of(depthwise, input, window, {input.channels}, target));
            lower(kernel_of(depthwise, input, window, {input.channels}, target, true));
        }
    return trees;
}

}  // namespace

TEST_CASE("The functions of a kernel are defined once, before they are called, with as many arguments as they take") {
    for (const Target& target : targets())
        for (const KernelTree& tree : many_kernels(target)) {
            CAPTURE(tree.name);
            std::map<std::string, std::size_t> defined;
            for (const Function& function : tree.functions) {
                walk(function.body, [&](const TreeNode& node) {
                    const auto* call = std::get_if<Call>(&node.value);
                    if (!call) return;
                    REQUIRE(defined.count(call->function) == 1);
                    REQUIRE(call->arguments.size() == defined.at(call->function));
                });
                REQUIRE(defined.emplace(function.name, function.parameters.size()).second);
            }
        }
}

TEST_CASE("A simplified kernel has no loop of one trip and names its numbers") {
    for (const Target& target : targets())
        for (const KernelTree& lowered : many_kernels(target)) {
            const KernelTree tree = simplify(lowered);
            CAPTURE(tree.name);
            std::map<std::string, std::int64_t> numbers;
            for (const NamedNumber& number : tree.numbers) numbers[number.name] = number.value;
            for (const Function& function : tree.functions)
                walk(function.body, [&](const TreeNode& node) {
                    const auto* loop = std::get_if<Loop>(&node.value);
                    if (!loop || !loop->first.is_known(numbers) || !loop->end.is_known(numbers)) return;
                    REQUIRE(loop->end.evaluate(numbers) - loop->first.evaluate(numbers) > loop->step);
                });
        }
}

TEST_CASE("A tile holds its sums, a step's weights and one input at most: no more names than registers") {
    for (const Target& target : targets())
        for (const KernelTree& tree : many_kernels(target))
            for (const Function& function : tree.functions) {
                if (function.name.rfind("tile_", 0) != 0 || tree.name.rfind("depthwise", 0) == 0) continue;
                CAPTURE(tree.name);
                std::set<std::string> sums;
                walk(function.body, [&](const TreeNode& node) {
                    if (const auto* sum = std::get_if<MultiplyAdd>(&node.value)) sums.insert(sum->sum);
                });
                REQUIRE(int(sums.size()) < target.registers);
            }
}

TEST_CASE("A row is cut into tiles: borders on their own, equal ones side by side as one run") {
    // 12 outputs of a 3-wide window, padding 1: the first and the last tile of 4 see the border.
    const auto runs = cut_row(row_taps(12, 12, square(3, 1, {1, 1, 1, 1})), 4);
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].name == "left");
    CHECK(runs[1].name == "inner");
    CHECK(runs[2].name == "right");
    CHECK(runs[1].first == 4);
    CHECK(runs[1].column == 3);
    CHECK(runs[0].taps[0].first_tap == 1);
    CHECK(runs[2].taps[3].taps == 2);
    // 22 outputs without a border: five tiles as one run, and the rest of 2.
    const auto plain = cut_row(row_taps(22, 22, square(1, 1, {0, 0, 0, 0})), 4);
    REQUIRE(plain.size() == 2);
    CHECK(plain[0].count == 5);
    CHECK(plain[1].pixels == 2);
    CHECK(plain[1].first == 20);
}

TEST_CASE("Names of ranges: first, middle and last; numbered if there are more") {
    CHECK(range_name(0, 1, "top", "middle", "bottom") == "");
    CHECK(range_name(0, 2, "top", "middle", "bottom") == "top");
    CHECK(range_name(1, 2, "top", "middle", "bottom") == "bottom");
    CHECK(range_name(1, 3, "top", "middle", "bottom") == "middle");
    CHECK(range_name(2, 5, "top", "middle", "bottom") == "middle2");
}

TEST_CASE("The peak is measured with at least twelve independent chains of the target's multiply-add") {
    for (const Target& target : targets()) {
        const KernelTree tree = lower_peak(target);
        std::set<std::string> sums;
        walk(tree.functions.back().body, [&](const TreeNode& node) {
            if (const auto* sum = std::get_if<MultiplyAdd>(&node.value)) sums.insert(sum->sum);
        });
        CHECK(int(sums.size()) == peak_chains(target));
        CHECK(sums.size() >= 12);
        CHECK(int(sums.size()) >= target.multiply_add_latency * target.multiply_adds);
        CHECK(int(sums.size()) + 2 <= target.registers);
    }
}
