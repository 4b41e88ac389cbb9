// NAME_selftest finds what is wrong, and says where.
#include "support/error.h"
#include "target/table.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <memory>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

struct Fixture {
    Network network;
    std::unique_ptr<Program> program;

    Fixture() {
        Zoo zoo{"faulty"};
        zoo.rules = R"("padding": "same", "activation": "none")";  // no value hides behind an activation
        zoo.layers = {convolution("c0", 20, 3, 2), depthwise("d1/dw", 3, 1), pointwise("p1", 33),
                      convolution("c2", 24, 3, 2), depthwise("d3", 3, 2),    pointwise("p4", 16)};
        zoo.sources = {"p1", "p4"};
        zoo.head_kernel = 3;
        network = make_network({description_of(zoo), find_target("native"), 4});
        program = std::make_unique<Program>(std::vector<const Network*>{&network});
    }

    std::string path(const std::string& file) const { return program->folder(network) + "/" + file; }
};

const Fixture& fixture() {
    static const Fixture all;
    return all;
}

/// Puts a file back as it was.
class Restored {
  public:
    explicit Restored(const std::string& path) : path_(path), bytes_(read_file(path)) {}
    ~Restored() { write_if_changed(path_, bytes_); }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string path_, bytes_;
};

bool names_first(const CommandResult& result, const std::string& layer) {
    return result.status == 1 && result.output.rfind("faulty: layer " + layer + " is the first to differ: ", 0) == 0;
}

/// The self-test's answer with one packed weight changed.
CommandResult with_weight(std::int64_t offset, float (*change)(float)) {
    const std::string path = fixture().path("faulty_weights.bin");
    const Restored kept(path);
    std::string bytes = kept.bytes();
    float value;
    std::memcpy(&value, &bytes[std::size_t(offset)], 4);
    value = change(value);
    std::memcpy(&bytes[std::size_t(offset)], &value, 4);
    write_if_changed(path, bytes);
    return fixture().program->rebuilt_selftest(fixture().network);
}

/// Where the first weight that is no bias stands.
std::int64_t first_weight(const Stage& stage) {
    if (const std::vector<ChannelBlock>* blocks = blocks_of(stage.kernel))
        return stage.weights +
               (*blocks)[0].vectors * vector_unit(fixture().network.plan.target, Element::f32).lanes * 4;
    return stage.weights + stage.kernel.input().channels * 4;
}

}  // namespace

TEST_CASE("One changed weight or bias of any layer is found, and the layer named") {
    CHECK(fixture().program->rebuilt_selftest(fixture().network).status == 0);
    for (const Stage* stage : all_stages(fixture().network.plan)) {
        CAPTURE(stage->name);
        for (const std::int64_t offset : {stage->weights, first_weight(*stage)}) {
            const CommandResult result = with_weight(offset, [](float value) { return value + 0.25F; });
            CAPTURE(result.output);
            CHECK(names_first(result, stage->layers[0].name));
        }
    }
    CHECK(fixture().program->rebuilt_selftest(fixture().network).status == 0);
}

TEST_CASE("A weight that is no number is found") {
    for (const Stage* stage : all_stages(fixture().network.plan)) {
        const CommandResult result =
            with_weight(first_weight(*stage), [](float) { return std::numeric_limits<float>::quiet_NaN(); });
        CAPTURE(result.output);
        CHECK(names_first(result, stage->layers[0].name));
    }
}

namespace {

/// The self-test's answer with the first of a text in a file changed.
CommandResult with_text(const std::string& file, const std::string& from, const std::string& to) {
    const std::string path = fixture().path(file);
    const Restored kept(path);
    std::string text = kept.bytes();
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_if_changed(path, text.replace(at, from.size(), to));
    return fixture().program->rebuilt_selftest(fixture().network);
}

}  // namespace

TEST_CASE("One changed shape constant is found, and the layer named") {
    struct Row {
        const char *file, *from, *to, *layer;
    };
    const Row rows[] = {
        {"faulty_observer.cpp", "take_picture(top + 3)", "take_picture(top + 2)", "c0"},
        {"faulty_observer.cpp", "picture_row(top + 2)", "picture_row(top + 1)", "c0"},
        {"faulty_observer.cpp", "row_of_c0(top + 2)", "row_of_c0(top + 1)", "d1/dw"},
        {"layers/d1_dw.cpp", "constexpr int channels = 20;", "constexpr int channels = 19;", "d1/dw"},
        {"layers/p1.cpp", "constexpr int input_channels = 20;", "constexpr int input_channels = 19;", "p1"},
        {"layers/c2.cpp", "constexpr int stride = 2;", "constexpr int stride = 1;", "c2"},
        {"layers/d3.cpp", "constexpr int channels = 24;", "constexpr int channels = 23;", "d3"},
        {"layers/p4_mbox.cpp", "constexpr int output_1_channels = 10;", "constexpr int output_1_channels = 9;",
         "p4_mbox_conf"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.file));
        CAPTURE(std::string(row.from));
        const CommandResult result = with_text(row.file, row.from, row.to);
        CAPTURE(result.output);
        CHECK(names_first(result, row.layer));
    }
}

TEST_CASE("What is wrong in the product's own run order or streams is found, though the observed run is right") {
    struct Row {
        const char *file, *from, *to;
    };
    const Row rows[] = {
        {"layers/streams.h", "take_picture(top + 3)", "take_picture(top + 2)"},
        {"layers/streams.h", "picture_row(top + 2)", "picture_row(top + 1)"},
        {"layers/streams.h", "row_of_c0(top + 2)", "row_of_c0(top + 1)"},
        {"faulty.cpp", "    crew.run<layer::run_c2>", "    if (input_width == 0) crew.run<layer::run_c2>"},
        {"faulty.cpp", ", boxes + ", ", boxes + 4 + "},
        {"faulty.cpp", "    run(ssd::plain_rows(plain)", "    if (input_width == 0) run(ssd::plain_rows(plain)"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.file));
        CAPTURE(std::string(row.from));
        const CommandResult result = with_text(row.file, row.from, row.to);
        CAPTURE(result.output);
        CHECK(result.status == 1);
        CHECK(result.output.rfind("faulty: forward() gives other ", 0) == 0);
    }
    CHECK(fixture().program->rebuilt_selftest(fixture().network).status == 0);
}
