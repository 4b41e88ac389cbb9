#include "kernel/lower.h"

#include "kernel/pieces.h"
#include "kernel/simplify.h"
#include "kernel/traits.h"
#include "kernels.h"
#include "plan/names.h"
#include "target/table.h"
#include "tools/float_targets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Counts the vectors that code holds at once, from the end backwards.
class Vectors {
  public:
    std::size_t most(const Body& body) {
        before(body);
        return most_;
    }

  private:
    /// live_, the names that are read after the body, becomes those that are read from its begin on.
    void before(const Body& body) {
        for (auto node = body.rbegin(); node != body.rend(); ++node)
            std::visit([this](const auto& kind) { before(kind); }, node->value);
    }
    void before(const Load& node) { makes(node.name); }
    void before(const Broadcast& node) { makes(node.name); }
    void before(const Constant& node) { makes(node.name); }
    void before(const Copy& node) {
        makes(node.name);
        reads({node.source});
    }
    void before(const MultiplyAdd& node) {
        makes(node.sum);
        reads({node.sum, node.a, node.b});
    }
    void before(const Arithmetic& node) {
        makes(node.target);
        reads({node.a, node.b});
    }
    void before(const Store& node) { reads({node.name}); }
    // Of whole numbers.
    void before(const WholeLoad& node) { makes(node.name); }
    void before(const WholeBroadcast& node) { makes(node.name); }
    void before(const Interleave& node) {
        for (const std::string& name : node.names) makes(name);
    }
    void before(const SumBytes& node) { makes(node.name); }
    void before(const WholeCompute& node) {
        makes(node.target);
        if (!makes_register(node.op)) reads({node.target});
        for (const std::string& name : node.names) reads({name});
    }
    void before(const WholeStore& node) {
        for (const std::string& name : node.names) reads({name});
    }
    void before(const Block& node) { before(node.body); }
    void before(const Loop& node) {
        const std::set<std::string> after = live_;
        for (int trip = 0; trip < 2; ++trip) {  // what one trip reads first is held at the end of the trip before
            before(node.body);
            live_.insert(after.begin(), after.end());
        }
    }
    void before(const Cases& node) {
        const std::set<std::string> after = live_;
        std::set<std::string> all = after;
        for (const Case& one : node.cases) {
            live_ = after;
            before(one.body);
            all.insert(live_.begin(), live_.end());
        }
        live_ = all;
    }
    // No vectors.
    void before(const Comment&) {}
    void before(const Blank&) {}
    void before(const Pointer&) {}
    void before(const Advance&) {}
    void before(const Renew&) {}
    void before(const Prefetch&) {}
    void before(const Call&) {}

    void makes(const std::string& name) {
        reads({name});
        live_.erase(name);
    }
    void reads(const std::set<std::string>& names) {
        live_.insert(names.begin(), names.end());
        most_ = std::max(most_, live_.size());
    }

    std::set<std::string> live_;
    std::size_t most_ = 0;
};

std::vector<KernelTree> many_kernels(const Target& target) {
    std::vector<KernelTree> trees;
    const auto lower = [&](const Kernel& kernel) {
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
    for (const Target& target : test::float_targets())
        for (const KernelTree& tree : many_kernels(target)) {
            CAPTURE(tree.name);
            std::map<std::string, std::size_t> defined;
            for (const Function& function : tree.functions) {
                for_each_node(function.body, [&](const TreeNode& node) {
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
    for (const Target& target : test::float_targets())
        for (const KernelTree& lowered : many_kernels(target)) {
            const KernelTree tree = simplify(lowered);
            CAPTURE(tree.name);
            std::map<std::string, std::int64_t> numbers;
            for (const NamedNumber& number : tree.numbers) numbers[number.name] = number.value;
            for (const Function& function : tree.functions)
                for_each_node(function.body, [&](const TreeNode& node) {
                    const auto* loop = std::get_if<Loop>(&node.value);
                    if (!loop || !loop->first.is_known(numbers) || !loop->end.is_known(numbers)) return;
                    REQUIRE(loop->end.evaluate(numbers) - loop->first.evaluate(numbers) > loop->step);
                });
        }
}

TEST_CASE("At no point does a tile hold more vectors than the target has registers, and the largest hold nearly all") {
    for (const Target& target : test::float_targets()) {
        CAPTURE(std::string(target.name));
        std::size_t largest = 0;
        for (const KernelTree& lowered : many_kernels(target))
            for (const KernelTree& tree : {lowered, simplify(lowered)})
                for (const Function& function : tree.functions) {
                    if (function.name.rfind("tile_", 0) != 0) continue;
                    CAPTURE(tree.name);
                    const std::size_t vectors = Vectors().most(function.body);
                    REQUIRE(int(vectors) <= vector_unit(target, Element::f32).registers);
                    largest = std::max(largest, vectors);
                }
        CHECK(int(largest) >= vector_unit(target, Element::f32).registers - 3);
    }
}

TEST_CASE("What holds a vector is a name from where it is made to where it is read last") {
    // a and b live until the sum, which takes a's place; in the loop s is held through every trip.
    const auto at = [](const char* base) { return Address{base, Expression(0)}; };
    const Body straight{Load{"a", at("x"), 4}, Load{"b", at("y"), 4}, MultiplyAdd{"a", "b", "b"},
                        Store{at("z"), "a", 4}};
    CHECK(Vectors().most(straight) == 2);
    const Body loop{Load{"s", at("x"), 4},
                    Loop{"i",
                         Expression(0),
                         Expression(9),
                         1,
                         {Broadcast{"in", at("x")}, Load{"w", at("y"), 4}, MultiplyAdd{"s", "in", "w"}}},
                    Store{at("z"), "s", 4}};
    CHECK(Vectors().most(loop) == 3);
    const Body needless{Load{"a", at("x"), 4}, Load{"b", at("x"), 4}, Store{at("z"), "a", 4}};
    CHECK(Vectors().most(needless) == 2);
}

TEST_CASE("A row is cut into tiles: borders on their own, equal ones side by side as one run") {
    // 12 outputs of a 3-wide window, padding 1: the first and the last tile of 4 see the border.
    const auto runs = cut_row(row_taps(12, placed(square(3, 1, {1, 1, 1, 1}), {12, 12, 1}).columns), 4);
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].name == "left");
    CHECK(runs[1].name == "inner");
    CHECK(runs[2].name == "right");
    CHECK(runs[1].first == 4);
    CHECK(runs[1].column == 3);
    CHECK(runs[0].taps[0].first_tap == 1);
    CHECK(runs[2].taps[3].taps == 2);
    // 22 outputs without a border: five tiles as one run, and the rest of 2.
    const auto plain = cut_row(row_taps(22, placed(square(1, 1, {0, 0, 0, 0}), {22, 22, 1}).columns), 4);
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
    for (const Target& target : test::float_targets()) {
        const KernelTree tree = lower_peak(target, Element::f32);
        std::set<std::string> sums;
        for_each_node(tree.functions.back().body, [&](const TreeNode& node) {
            if (const auto* sum = std::get_if<MultiplyAdd>(&node.value)) sums.insert(sum->sum);
        });
        CHECK(int(sums.size()) == peak_chains(target, Element::f32));
        CHECK(sums.size() >= 12);
        CHECK(int(sums.size()) >=
              vector_unit(target, Element::f32).latency * vector_unit(target, Element::f32).multiply_adds);
        CHECK(int(sums.size()) + 2 <= vector_unit(target, Element::f32).registers);
    }
}

namespace {

/// The functions of a simplified kernel of joined heads whose names begin so.
std::set<std::string> functions_of_heads(const std::vector<int>& channels, const std::string& begin) {
    Convolution convolution;
    const Window window = square(1, 1, {0, 0, 0, 0});
    const Target& target = find_target("portable");
    const Kernel kernel = kernel_of(convolution, {6, 6, 16}, window, channels, target);
    std::set<std::string> names;
    for (const Function& function : simplify(lower_kernel(kernel, "kernel", target)).functions)
        if (function.name.rfind(begin, 0) == 0) names.insert(function.name);
    return names;
}

}  // namespace

TEST_CASE("Two outputs of one product share their tiles where as many vectors hold their channels") {
    using Names = std::set<std::string>;
    CHECK(functions_of_heads({12, 9}, "tile") == Names{"tile_3x12"});
    CHECK(functions_of_heads({12, 12}, "tile") == Names{"tile_3x12"});
    CHECK(functions_of_heads({8, 12}, "tile") == Names{"tile_3x8_output_0", "tile_3x12_output_1"});
}

TEST_CASE("No function of a simplified kernel only calls another one") {
    for (const Target& target : test::float_targets())
        for (const KernelTree& lowered : many_kernels(target)) {
            const KernelTree tree = simplify(lowered);
            CAPTURE(tree.name);
            for (std::size_t index = 0; index + 1 < tree.functions.size(); ++index) {
                const Body& body = tree.functions[index].body;
                CHECK_FALSE((body.size() == 1 && std::holds_alternative<Call>(body[0].value)));
            }
        }
}

TEST_CASE("In a tile a comment stands before the loads of each step, and says its place in the window") {
    const Target& target = find_target("x86-64-v2");
    Convolution convolution;
    convolution.window = square(3, 1, {1, 1, 1, 1});
    const Kernel kernel = kernel_of(convolution, {6, 6, 3}, convolution.window, {8}, target);
    const KernelTree tree = simplify(lower_kernel(kernel, "kernel", target));
    std::set<std::string> steps;
    std::string last;
    for (const Function& function : tree.functions)
        for_each_node(function.body, [&](const TreeNode& node) {
            if (const auto* comment = std::get_if<Comment>(&node.value)) last = comment->text;
            const auto* broadcast = std::get_if<Broadcast>(&node.value);
            if (!broadcast) return;
            CAPTURE(broadcast->name);
            CHECK(last.rfind("Window row ", 0) == 0);
            const std::string column = last.substr(last.find("column ") + 7, 1),
                              channel = last.substr(last.size() - 2, 1);
            CHECK(broadcast->name.rfind("in_x" + column + "i" + channel + "p", 0) == 0);
            steps.insert(last);
        });
    CHECK(steps.size() == 27);
    CHECK(steps.count("Window row 2, column 1, input channel 2.") == 1);
}
