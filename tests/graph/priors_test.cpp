// Claims: default boxes are Caffe's and TensorFlow's (SEMANTICS.md 2.3, 2.5), and follow rho as the description says.

#include "graph/priors.h"

#include "graph/networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Sizes = std::vector<float>;

struct Row {
    int side;
    Sizes sizes;  // six min sizes and the last max size, truncated as Caffe does
    std::vector<int> maps;
    int boxes;
};

const std::vector<Row> table{
    {128, {25, 44, 64, 83, 102, 121, 128}, {8, 4, 2, 1, 1, 1}, 330},
    {160, {32, 56, 80, 104, 128, 152, 160}, {10, 5, 3, 2, 1, 1}, 540},
    {192, {38, 67, 96, 124, 153, 182, 192}, {12, 6, 3, 2, 1, 1}, 738},
    {224, {44, 78, 112, 145, 179, 212, 224}, {14, 7, 4, 2, 1, 1}, 1014},
    {256, {51, 89, 128, 166, 204, 243, 256}, {16, 8, 4, 2, 1, 1}, 1284},
    {300, {60, 105, 150, 195, 240, 285, 300}, {19, 10, 5, 3, 2, 1}, 1917},
    {320, {64, 112, 160, 208, 256, 304, 320}, {20, 10, 5, 3, 2, 1}, 2034},
    {512, {102, 179, 256, 332, 409, 486, 512}, {32, 16, 8, 4, 2, 1}, 5118},
};

/// The published network written down for a picture of 600, of which rho makes the sizes of the table.
Description published_at_600() {
    Description description = config("mobilenet_ssd_voc");
    description.input.height = description.input.width = 600;
    for (SourceDescription& source : description.head->sources) {
        for (double& size : source.min_sizes) size *= 2;
        for (double& size : source.max_sizes) size *= 2;
    }
    return description;
}

void check_row(const Graph& graph, const Row& row) {
    CAPTURE(row.side);
    const Head& head = *graph.head;
    CHECK(head.priors == row.boxes);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(head.grids[i].height == row.maps[i]);
        CHECK(head.grids[i].min_sizes == Sizes{row.sizes[i]});
        CHECK(head.grids[i].max_sizes == (i == 0 ? Sizes{} : Sizes{row.sizes[i + 1]}));
        CHECK(head.grids[i].boxes[0].width == row.sizes[i] / static_cast<float>(row.side));
    }
}

void check_box(const std::array<float, 4>& box, const std::array<double, 4>& expected) {
    for (std::size_t i = 0; i < 4; ++i) CHECK(box[i] == doctest::Approx(expected[i]).epsilon(1e-6));
}

/// The box sizes (height, width) of one source.
void check_sizes(const PriorGrid& grid, const std::vector<std::array<double, 2>>& expected) {
    REQUIRE(grid.boxes.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(grid.boxes[i].height == doctest::Approx(expected[i][0]).epsilon(1e-6));
        CHECK(grid.boxes[i].width == doctest::Approx(expected[i][1]).epsilon(1e-6));
    }
}

}  // namespace

TEST_CASE("the prior sizes of the published network at every size of the table") {
    for (const Row& row : table) check_row(build_graph(published_at_600(), {{}, row.side / 600.0}), row);
    const Description description = config("mobilenet_ssd_voc");
    for (const Row& row : table)
        if (row.side <= 300) check_row(build_graph(description, {{}, row.side / 300.0}), row);
}

TEST_CASE("a size that is a whole number on paper is not truncated to the one below") {
    Description description = config("mobilenet_ssd_voc");
    description.head->sources[0].min_sizes = {260.4};  // times 250 / 300 is 217, in double a little less
    CHECK(build_graph(description, {{}, 250.0 / 300}).head->grids[0].min_sizes == Sizes{217});
}

TEST_CASE("sizes that are kept are not truncated") {
    Description description = config("mobilenet_ssd_voc");
    description.head->priors.size_rounding = PriorSizeRounding::keep;
    const Graph graph = build_graph(description, {{}, 128.0 / 300});
    CHECK(graph.head->grids[0].min_sizes[0] == doctest::Approx(25.6));
    CHECK(graph.head->grids[0].boxes[0].height == doctest::Approx(0.2));
}

TEST_CASE("absolute sizes keep their pixels under rho") {
    Description description = config("mobilenet_ssd_voc");
    description.head->priors.follow_rho = PriorsFollowRho::absolute;
    const Graph graph = build_graph(description, {{}, 0.5});
    CHECK(graph.head->grids[1].min_sizes == Sizes{105});
    CHECK(graph.head->grids[1].boxes[0].height == doctest::Approx(105.0 / 150));
}

TEST_CASE("Caffe's order: min, the square between, then each ratio and its inverse") {
    const Graph graph = build_graph(config("mobilenet_ssd_voc"));
    const double wide = std::sqrt(2.0);
    const double wider = std::sqrt(3.0);
    check_sizes(graph.head->grids[0], {{0.2, 0.2}, {0.2 / wide, 0.2 * wide}, {0.2 * wide, 0.2 / wide}});
    const double between = std::sqrt(0.35 * 0.5);
    check_sizes(graph.head->grids[1], {{0.35, 0.35},
                                       {between, between},
                                       {0.35 / wide, 0.35 * wide},
                                       {0.35 * wide, 0.35 / wide},
                                       {0.35 / wider, 0.35 * wider},
                                       {0.35 * wider, 0.35 / wider}});
    // Row 3 is the first box of cell (0, 1); the last row the last box of the one cell of conv17_2.
    check_box(prior_box(*graph.head, 3), {0.5 / 19, 1.5 / 19, 0.2, 0.2});
    check_box(prior_box(*graph.head, 19 * 3), {1.5 / 19, 0.5 / 19, 0.2, 0.2});
    check_box(prior_box(*graph.head, 1083), {0.05, 0.05, 0.35, 0.35});
    check_box(prior_box(*graph.head, 1916), {0.5, 0.5, 0.95 * wider, 0.95 / wider});
}

TEST_CASE("Caffe skips ratio 1 and repetitions, and flips only if told") {
    Description description = config("mobilenet_ssd_voc");
    description.head->sources[0].aspect_ratios = {1, 2, 0.5, 2.0000001};
    CHECK(build_graph(description).head->grids[0].boxes.size() == 3);
    description.head->priors.flip = false;
    description.head->sources.resize(1);
    description.head->sources[0].boxes = 3;  // 1, 2, 0.5
    description.backbone.resize(23);         // up to conv11
    description.extras.clear();
    CHECK(build_graph(description).head->grids[0].boxes.size() == 3);
}

TEST_CASE("an explicit step, an offset and clipping") {
    Description description = config("mobilenet_ssd_voc");
    description.head->sources[0].step = 16;
    description.head->priors.offset = 0.25F;
    description.head->priors.clip = true;
    const Graph graph = build_graph(description);
    // Centre 0.25 * 16 / 300; the box of 0.2 sticks out to the top and the left.
    const double edge = 0.25 * 16 / 300 + 0.1;
    check_box(prior_box(*graph.head, 0), {edge / 2, edge / 2, edge, edge});
    check_box(prior_box(*graph.head, 3 * (9 * 19 + 8)), {9.25 * 16 / 300, 8.25 * 16 / 300, 0.2, 0.2});
}

TEST_CASE("an explicit step of its own along each axis") {
    Description description = config("mobilenet_ssd_voc");
    description.head->sources[0].step = {16, 8};
    // Row 9, column 8 of the map.
    check_box(prior_box(*build_graph(description).head, 3 * (9 * 19 + 8)), {9.5 * 16 / 300, 8.5 * 8 / 300, 0.2, 0.2});
    const Graph half = build_graph(description, {{}, 0.5});
    CHECK(half.head->grids[0].step_y == doctest::Approx(16.0 / 300 * 19 / 10));
    CHECK(half.head->grids[0].step_x == doctest::Approx(8.0 / 300 * 19 / 10));
}

TEST_CASE("under rho an explicit step follows where sizes do, so that the grid covers what it covered") {
    Description description = config("mobilenet_ssd_voc");
    description.head->sources[0].step = 16;
    const Graph half = build_graph(description, {{}, 0.5});
    REQUIRE(half.head->grids[0].height == 10);
    CHECK(half.head->grids[0].step_y == doctest::Approx(16.0 / 300 * 19 / 10));
    description.head->priors.follow_rho = PriorsFollowRho::absolute;
    CHECK(build_graph(description, {{}, 0.5}).head->grids[0].step_y == doctest::Approx(16.0 / 150));
}

TEST_CASE("TensorFlow's order: the lowest map reduced, the interpolated square last") {
    const Graph graph = build_graph(config("mobilenet_ssd_coco"));
    const double wide = std::sqrt(2.0);
    check_sizes(graph.head->grids[0], {{0.1, 0.1}, {0.2 / wide, 0.2 * wide}, {0.2 * wide, 0.2 / wide}});
    const double third = std::sqrt(0.3333);
    const double wider = std::sqrt(3.0);
    check_sizes(graph.head->grids[5], {{0.95, 0.95},
                                       {0.95 / wide, 0.95 * wide},
                                       {0.95 * wide, 0.95 / wide},
                                       {0.95 / wider, 0.95 * wider},
                                       {0.95 / third, 0.95 * third},
                                       {std::sqrt(0.95), std::sqrt(0.95)}});
    check_box(prior_box(*graph.head, 3), {0.5 / 19, 1.5 / 19, 0.1, 0.1});
    CHECK(graph.head->priors == 1917);
}

TEST_CASE("TensorFlow's order of 2017: the interpolated square second, but for the reduced lowest map") {
    Description description = config("mobilenet_ssd_coco");
    description.head->priors.interpolated_box = InterpolatedBox::second;
    const Graph graph = build_graph(description);
    const double wide = std::sqrt(2.0);
    check_sizes(graph.head->grids[0], {{0.1, 0.1}, {0.2 / wide, 0.2 * wide}, {0.2 * wide, 0.2 / wide}});
    // Source 1: scale 0.35, the next 0.5; sqrt(0.175) = 0.41833001, 0.35 / sqrt(2) = 0.24748737, 0.35 * sqrt(2) =
    // 0.49497475.
    CHECK(graph.head->grids[1].boxes.size() == 6);
    check_box(prior_box(*graph.head, 1083), {0.05, 0.05, 0.35, 0.35});
    check_box(prior_box(*graph.head, 1084), {0.05, 0.05, 0.41833001, 0.41833001});
    check_box(prior_box(*graph.head, 1085), {0.05, 0.05, 0.24748737, 0.49497475});
    check_box(prior_box(*graph.head, 1088), {0.05, 0.05, 0.35 / std::sqrt(0.3333), 0.35 * std::sqrt(0.3333)});
}

TEST_CASE("TensorFlow's boxes on a picture that is no square: squares of pixels, by the shorter side") {
    Description description = config("mobilenet_ssd_coco");
    description.input.height = 200;
    description.input.width = 400;
    const Graph graph = build_graph(description);
    CHECK(graph.head->grids[1].boxes[0].height == doctest::Approx(0.35));
    CHECK(graph.head->grids[1].boxes[0].width == doctest::Approx(0.35 / 2));
    CHECK(graph.head->grids[0].step_y == doctest::Approx(1.0 / 13));
    CHECK(graph.head->grids[0].step_x == doctest::Approx(1.0 / 25));
    std::swap(description.input.height, description.input.width);
    const Graph portrait = build_graph(description);
    CHECK(portrait.head->grids[1].boxes[0].height == doctest::Approx(0.35 / 2));
    CHECK(portrait.head->grids[1].boxes[0].width == doctest::Approx(0.35));
}
