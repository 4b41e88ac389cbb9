#include "plan/feeds.h"

#include "plan/kernels.h"
#include "plan/rings.h"
#include "plan/stream_check.h"
#include "plan/stream_code.h"
#include "support/error.h"
#include "tools/made_streams.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::vector<int> ring_rows(const Step& step) {
    std::vector<int> rows;
    for (const Ring& ring : step.rings) rows.push_back(ring.rows);
    return rows;
}

/// Each ring keeps as many rows as it must, and no more: with one less the check finds a row that is not there.
void check_least(const Step& step) {
    CHECK_NOTHROW(check_stream(step));
    for (std::size_t ring = 0; ring < step.rings.size(); ++ring) {
        CAPTURE(ring);
        Step shorter = step;
        --shorter.rings[ring].rows;
        CHECK_THROWS_AS(check_stream(shorter), InternalError);
    }
}

}  // namespace

TEST_CASE("The rows that a block adds at its end stay until then, beside those that its window has come to") {
    const Step step = residual(1);
    CHECK(ring_rows(step) == std::vector<int>{2, 3, 1});  // row y + 1 is made when row y is added
    check_least(step);
    for (int rows = 2; rows <= 5; ++rows) {
        CAPTURE(rows);
        check_least(residual(rows));
    }
}

TEST_CASE("A block that adds a map that is whole has the rings of a chain") {
    Builder build;
    const int input = build.input(4);
    block(build, 9, 4, whole(input), whole(input, Feed::Covers::row), 1);
    const Step step = build.finish();
    CHECK(ring_rows(step) == std::vector<int>{3, 1});
    check_least(step);
    const StreamCode code = stream_code(step);
    REQUIRE(code.stages[2].reads.size() == 2);
    CHECK(code.stages[2].reads[1].source == RowRead::Source::input);
}

TEST_CASE("A stage reads a second whole map by its own rows, which may be a slice of wider ones") {
    Builder build;
    const int input = build.input(4);
    const int other = build.input(10);
    const int first = build.stage(window(8, 4, 3), {whole(input)});
    build.stage(pointwise(8, 4, 4, 2), {build.rows({first}), whole(other, Feed::Covers::row)});
    const Step step = build.finish();
    CHECK_NOTHROW(check_stream(step));
    const std::vector<StreamOperation> operations = run_stream(stream_code(step), 2, 4);
    REQUIRE(operations.back().reads.size() == 2);
    CHECK(operations.back().rows == 2);
    CHECK(operations.back().reads[1].input == 1);
    CHECK(operations.back().reads[1].offset == 2 * width * 10 * 4);  // floats
}

TEST_CASE("Of two blocks, one in the other, the outer one's input stays longest") {
    for (int rows = 1; rows <= 3; ++rows) {
        CAPTURE(rows);
        Builder build;
        const int before = build.stage(pointwise(12, 3, 4, rows), {whole(build.input(3))});
        const int expanded = build.stage(pointwise(12, 4, 8, rows), {build.rows({before})});
        const int inner = block(build, 12, 8, build.rows({expanded}), build.row(expanded), rows);
        const int depthwise = build.stage(window(12, 8, 3), {build.rows({inner})});
        build.stage(pointwise(12, 8, 4, rows), {build.rows({depthwise}), build.row(before)});
        const Step step = build.finish();
        check_least(step);
        if (rows == 1)  // row y is added when two windows have come to y + 2, one of them to y + 1 of its input
            CHECK(ring_rows(step) == std::vector<int>{3, 2, 3, 1, 3, 1});
    }
}

TEST_CASE("Two stages make slices of one ring, and a window reads both") {
    for (int rows = 1; rows <= 4; ++rows) {
        CAPTURE(rows);
        const Step step = concatenation(rows);
        check_least(step);
        if (rows == 1) CHECK(ring_rows(step) == std::vector<int>{3});
        const std::vector<StreamOperation> operations = run_stream(stream_code(step), 0, 1);
        const auto made = [&](int stage) {
            int end = 0;
            for (const StreamOperation& operation : operations)
                if (operation.stage == stage) end = operation.first + operation.rows;
            return end;
        };
        CHECK(made(0) == 2);
        CHECK(made(1) == std::max(rows, 2));
    }
}

TEST_CASE("A reader of one slice takes its pointer there, and waits for no other") {
    Builder build;
    const int input = build.input(4);
    const int ring = build.ring(8);
    const int first = build.slice(ring, 0, window(8, 4, 3), {whole(input)});
    const int second = build.slice(ring, 4, window(8, 4, 5), {whole(input)});
    const int reader = build.stage(window(8, 4, 3), {build.rows({second})});
    build.stage(pointwise(8, 8, 4, 1), {build.rows({first, second}), build.row(reader)});
    const Step step = build.finish();
    check_least(step);
    for (const StreamOperation& operation : run_stream(stream_code(step), 3, 8))
        if (operation.stage == reader)
            for (const RowAddress& read : operation.reads) CHECK((read.offset - step.rings[0].offset) % 64 == 16);
}

TEST_CASE("A ring with two readers keeps a row until the slower one has read it") {
    const Step step = fork(1);
    CHECK(ring_rows(step) == std::vector<int>{9, 1, 1});  // five taps, every second row
    check_least(step);
    for (int rows = 2; rows <= 4; ++rows) {
        CAPTURE(rows);
        check_least(fork(rows));
    }
}

TEST_CASE("A thread that begins in the middle makes whole groups of rows from then on, so that none is parted") {
    const Step step = fork(3);
    std::vector<int> rows;
    for (const StreamOperation& operation : run_stream(stream_code(step), 7, 14))
        if (operation.stage == 3) rows.push_back(operation.rows);
    CHECK(rows == std::vector<int>{2, 3, 2});  // 7, 8; 9 to 11; 12, 13
}

TEST_CASE("A pointwise on a pointwise reads rows side by side, whatever both make at a time") {
    for (int first = 1; first <= 4; ++first)
        for (int second = 1; second <= 4; ++second) {
            CAPTURE(first);
            CAPTURE(second);
            Builder build;
            const int before = build.stage(pointwise(13, 4, 4, first), {whole(build.input(4))});
            build.stage(pointwise(13, 4, 4, second), {build.rows({before})});
            CHECK_NOTHROW(check_stream(build.finish()));
        }
}

TEST_CASE("Rings of any stream keep each row that is still read, wherever a thread begins, and no row more") {
    int shared = 0, slices = 0, longest = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const Step step = RandomStream(seed).finish();
        CHECK_NOTHROW(check_stream(step));
        if (rings_are_private(step))
            continue;  // such rings have the rows that a window covers, though the map be lower
        ++shared;
        slices += step.rings.size() + 1 < step.stages.size();
        longest = std::max(longest, int(step.stages.size()));
        check_least(step);
    }
    CHECK(shared > 100);
    CHECK(slices > 20);
    CHECK(longest >= 8);
}

TEST_CASE("Without loops a stream of any form has its rows in the same rings") {
    for (unsigned seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        Step step = RandomStream(seed).finish();
        step.unrolled = true;
        CHECK_NOTHROW(check_stream(step));
    }
}

TEST_CASE("Whatever of a stream's code is wrong is found") {
    const Step step = fork(2);
    const StreamCode code = stream_code(step);
    CHECK_NOTHROW(check_stream(step, code));
    int number = 0;
    const auto is_found = [&](auto change) {
        ++number;
        CAPTURE(number);
        StreamCode broken = code;
        change(broken);
        CHECK_THROWS_AS(check_stream(step, broken), InternalError);
    };
    const auto ring = [](StageCode& stage) -> RingRows& { return std::get<RingRows>(stage.output); };
    is_found([](StreamCode& one) { one.stages[2].requests[0].end.offset -= 1; });
    is_found([](StreamCode& one) { one.stages[2].requests[0].end.at_most.reset(); });
    is_found([](StreamCode& one) { *one.stages[2].requests[0].end.at_most -= 2; });
    is_found([](StreamCode& one) { one.stages[3].requests.pop_back(); });
    is_found([](StreamCode& one) { one.stages[3].requests[0].end.plus_rows = false; });
    is_found([](StreamCode& one) { one.stages[2].reads[1].row.offset += 1; });
    is_found([](StreamCode& one) { one.stages[3].reads[1].index = 1; });
    is_found([](StreamCode& one) { one.stages[1].reads[0].bytes_behind = 4; });
    is_found([](StreamCode& one) { one.stages[0].starts.pop_back(); });
    is_found([](StreamCode& one) { one.stages[0].starts.back().row.at_least.reset(); });
    is_found([](StreamCode& one) { one.stages[1].count.most = 3; });
    is_found([](StreamCode& one) { one.stages[1].count.up_to_multiple = false; });
    is_found([](StreamCode& one) { one.stages[1].count.end = 15; });
    is_found([&](StreamCode& one) { ring(one.stages[0]).added = 0; });
    is_found([&](StreamCode& one) { ring(one.stages[0]).rows -= 1; });
    is_found([&](StreamCode& one) { ring(one.stages[0]).row_size += 4; });
    is_found([&](StreamCode& one) { ring(one.stages[1]).offset = ring(one.stages[0]).offset; });
    is_found([](StreamCode& one) { std::get<MapRows>(one.stages[3].output).row_size = 0; });

    Builder build;
    build.stage(window(7, 4, 3), {whole(build.input(4))});
    const Step single = build.finish();
    StreamCode narrow = stream_code(single);
    narrow.inputs[0].row_size -= 4;
    CHECK_THROWS_AS(check_stream(single, narrow), InternalError);
    const auto is_found_in_single = [&](auto change) {
        StreamCode broken = stream_code(single);
        CHECK_NOTHROW(check_stream(single, broken));
        change(broken.stages[0].reads);
        CHECK_THROWS_AS(check_stream(single, broken), InternalError);
    };
    is_found_in_single([](std::vector<RowRead>& reads) { reads[0].row.at_least.reset(); });
    is_found_in_single([](std::vector<RowRead>& reads) { reads[1].row.scale = 2; });
    is_found_in_single([](std::vector<RowRead>& reads) { reads[2].row.at_most.reset(); });
}

TEST_CASE("Slices that overlap, feeds that nobody fills and rows that nobody reads are found") {
    const Step step = concatenation(1);
    int number = 0;
    const auto is_found = [&](auto change) {
        ++number;
        CAPTURE(number);
        Step broken = step;
        change(broken);
        CHECK_THROWS_AS(check_stream(broken), InternalError);
    };
    const auto rows = [](Step& one) -> RowsFeed& { return std::get<RowsFeed>(one.stages[2].feeds[0].from); };
    is_found([](Step& one) { one.stages[1].ring->first_channel = 3; });
    is_found([](Step& one) { one.stages[1].ring->first_channel = 5; });
    is_found([&](Step& one) { rows(one).makers = {1}; });
    is_found([&](Step& one) { rows(one).makers = {0, 1, 2}; });
    is_found([&](Step& one) { rows(one).slice.first_channel = 1; });
    is_found([](Step& one) { one.stages[2].feeds[0] = whole(0); });
    is_found([](Step& one) { one.stages[2].feeds.clear(); });
    is_found([](Step& one) { one.stages[0].ring.reset(); });
    is_found([](Step& one) { one.scratch_size = one.rings[0].offset; });
}

// --- From a graph.

namespace {

/// A graph of 1x1 convolutions and 3x3 depthwise ones on a map of one shape: tensor 0 is the picture's bytes, tensor 1
/// another's, and node i makes tensor i + 2.
class Nodes {
  public:
    Nodes() {
        tensor();
        tensor();
    }

    void pointwise(const std::vector<TensorId>& inputs) { add(Convolution{}, inputs); }
    void depthwise(const std::vector<TensorId>& inputs) {
        Depthwise operation;
        operation.window = {{3, 1, 1, 1, 1, 8}, {3, 1, 1, 1, 1, width}};
        add(operation, inputs);
    }

    Graph graph;

  private:
    void add(const Operation& operation, const std::vector<TensorId>& inputs) {
        Node node;
        node.name = fmt::format("n{}", graph.nodes.size());
        node.operation = operation;
        node.inputs = inputs;
        node.outputs = {tensor()};
        graph.nodes.push_back(node);
    }
    TensorId tensor() {
        Tensor tensor;
        tensor.shape = {8, width, 4};
        graph.tensors.push_back(tensor);
        return TensorId(graph.tensors.size()) - 1;
    }
};

/// A block that adds what node 0 makes.
Graph residual_nodes() {
    Nodes nodes;
    nodes.pointwise({1});
    nodes.pointwise({2});
    nodes.depthwise({3});
    nodes.pointwise({4, 2});
    nodes.pointwise({5});
    return nodes.graph;
}

}  // namespace

TEST_CASE("Neighbouring nodes can be a stream if what they make is read by them alone, but for the last") {
    const Graph graph = residual_nodes();
    CHECK(can_be_stream(graph, {0, 1, 2, 3}));
    CHECK(can_be_stream(graph, {1, 2, 3}));  // what node 0 makes is whole
    CHECK(can_be_stream(graph, {0, 1, 2, 3, 4}));
    CHECK(can_be_stream(graph, {2}));
    CHECK_FALSE(can_be_stream(graph, {}));
    CHECK_FALSE(can_be_stream(graph, {0, 1, 2}));  // node 3 also reads what node 0 makes
    CHECK_FALSE(can_be_stream(graph, {1, 3}));     // no neighbours

    Graph output = graph;
    output.logits = 4;
    CHECK_FALSE(can_be_stream(output, {1, 2, 3}));
    Graph apart = graph;
    apart.nodes[2].inputs = {1};
    CHECK_FALSE(can_be_stream(apart, {1, 2}));
    Graph window = graph;
    std::get<Convolution>(window.nodes[1].operation).window = {{3, 1, 1, 1, 1, 8}, {3, 1, 1, 1, 1, width}};
    CHECK_FALSE(can_be_stream(window, {1, 2, 3}));
}

TEST_CASE("A step's inputs are the maps that its nodes read and do not make; each feed says which") {
    const Graph graph = residual_nodes();
    const auto connected = [&](const NodeGroup& group) {
        Step step;
        for (std::size_t node : group) {
            step.stages.emplace_back();
            const bool is_window = std::holds_alternative<Depthwise>(graph.nodes[node].operation);
            step.stages.back().kernel = is_window ? test::window(8, 4, 3) : test::pointwise(8, 4, 4, 2);
        }
        connect_stages(graph, group, step);
        return step;
    };
    CHECK(group_inputs(graph, {0, 1, 2, 3}) == std::vector<TensorId>{1});
    CHECK(group_inputs(graph, {2, 3}) == std::vector<TensorId>{3, 2});
    CHECK(group_inputs(graph, {1, 2, 3}) == std::vector<TensorId>{2});

    Step step = connected({0, 1, 2, 3});
    REQUIRE(step.rings.size() == 3);
    REQUIRE(step.stages[3].feeds.size() == 2);
    const Feed& added = step.stages[3].feeds[1];
    CHECK(added.covers == Feed::Covers::row);
    CHECK(std::get<RowsFeed>(added.from).makers == std::vector<int>{0});
    step.inputs[0].pixel_stride = step.outputs[0].pixel_stride = 4;
    place_rings(step);
    CHECK_NOTHROW(check_stream(step));

    Step two = connected({2, 3});
    REQUIRE(two.inputs.size() == 2);
    REQUIRE(two.stages[1].feeds.size() == 2);
    CHECK(std::get<WholeFeed>(two.stages[1].feeds[1].from).input == 1);
    for (Operand& input : two.inputs) input.pixel_stride = 4;
    two.outputs[0].pixel_stride = 4;
    place_rings(two);
    CHECK_NOTHROW(check_stream(two));
}
