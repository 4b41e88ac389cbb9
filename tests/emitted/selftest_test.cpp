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

TEST_CASE("One changed shape constant is found, and the layer named") {
    struct Row {
        const char *file, *from, *to, *layer;
    };
    const Row rows[] = {
        {"streams.h", "take_picture(y * 2 + 2)", "take_picture(y * 2 + 1)", "c0"},
        {"streams.h", "picture_row(y * 2 + 1)", "picture_row(y * 2)", "c0"},
        {"streams.h", "row_of_c0(y + 1)", "row_of_c0(y)", "d1/dw"},
        {"d1_dw.cpp", "constexpr int channels = 20;", "constexpr int channels = 19;", "d1/dw"},
        {"p1.cpp", "constexpr int input_channels = 20;", "constexpr int input_channels = 19;", "p1"},
        {"c2.cpp", "constexpr int stride = 2;", "constexpr int stride = 1;", "c2"},
        {"d3.cpp", "constexpr int channels = 24;", "constexpr int channels = 23;", "d3"},
        {"p4_mbox.cpp", "constexpr int output_1_channels = 10;", "constexpr int output_1_channels = 9;",
         "p4_mbox_conf"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.file));
        CAPTURE(std::string(row.from));
        const std::string path = fixture().path(std::string("layers/") + row.file);
        const Restored kept(path);
        std::string text = kept.bytes();
        const std::size_t at = text.find(row.from);
        REQUIRE(at != std::string::npos);
        write_if_changed(path, text.replace(at, std::strlen(row.from), row.to));
        const CommandResult result = fixture().program->rebuilt_selftest(fixture().network);
        CAPTURE(result.output);
        CHECK(names_first(result, row.layer));
    }
}
