// Tuned schedules: another order of the work, the same bits.
#include "plan/schedule/tuning.h"
#include "support/files.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/program.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string specimen = quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json");

/// What the specimen makes of a picture, byte for byte; its plan.
struct Generated {
    std::string outputs;
    nlohmann::json plan;

    explicit Generated(const std::string& options) {
        const TemporaryFolder folder;
        require_command(
            quoted(SSDGEN_EXECUTABLE) + " generate " + specimen + " --random-weights 3 --out out " + options,
            folder.path());
        require_command("CXX=" + quoted(compiler()) +
                            " cmake -S out -B b && cmake --build b -j2 --target specimen_detect specimen_selftest",
                        folder.path());
        require_command("b/specimen_selftest", folder.path());
        std::string picture;
        for (unsigned i = 0; i < 24 * 24 * 3; ++i) picture += char(i * i * 31 + 7 * i);
        write_if_changed(folder.path("picture.u8"), picture);
        require_command("b/specimen_detect --raw-input picture.u8 --dump-raw raw", folder.path());
        outputs = read_file(folder.path("raw/boxes.f32")) + read_file(folder.path("raw/logits.f32"));
        plan = nlohmann::json::parse(read_file(folder.path("out/plan.json")));
    }

    int tuned() const {
        int count = 0;
        for (const auto& layer : plan.at("layers")) {
            const bool measured = layer.at("schedule") == "tuned";
            if (!measured) CHECK(layer.at("schedule") == "model");
            count += measured;
        }
        return count;
    }
};

/// Into tuned.json of the folder, all else that it makes below tmp.
CommandResult tune_specimen(const TemporaryFolder& folder, const std::string& compiler) {
    std::filesystem::create_directory(folder.path("tmp"));
    return run_command("TMPDIR=" + quoted(folder.path("tmp")) + " " + quoted(SSDGEN_EXECUTABLE) + " tune " + specimen +
                           " --networks 3 --rounds 1 --runs 3 --out tuned.json --compiler " + quoted(compiler),
                       folder.path());
}

}  // namespace

TEST_CASE("ssdgen tune writes a file that generate takes, and leaves nothing else behind") {
    const TemporaryFolder folder;
    // What the file says of other shapes stays; what it says of these is measured anew.
    const Target& native = find_target("native");
    Tuning before;
    before.layers["pointwise 7x7x8 to 8"] = {1, 4, 0};
    write_if_changed(folder.path("tuned.json"), tuning_text(before, native));
    const CommandResult result = tune_specimen(folder, compiler());
    CHECK(result.status == 0);
    CHECK(std::filesystem::is_empty(folder.path("tmp")));
    CHECK(result.errors.find("tune: 3 of 3 compiled\ntune: round 1 of 1\n") != std::string::npos);
    CHECK(result.output.find("\npicture 24x24x3 3x3 stride 2 to 12x12x8 stream ") != std::string::npos);
    CHECK(result.output.find("\nthe network with all that won ") != std::string::npos);

    const Tuning after = read_tuning(folder.path("tuned.json"), native);
    CHECK(after.layers.count("pointwise 7x7x8 to 8") == 1);
    const Generated tuned("--tuning " + quoted(folder.path("tuned.json")));
    const Generated model("--no-tuning");
    CHECK(tuned.outputs == model.outputs);
    CHECK(model.tuned() == 0);
    CHECK((tuned.tuned() > 0) == (after.layers.size() > 1));
}

TEST_CASE("Tuned tiles and rows give the model's bits, and plan.json says what is tuned") {
    const TemporaryFolder folder;
    const std::string layers = R"(
        "picture 24x24x3 3x3 stride 2 to 12x12x8 stream": {"pixels": 5, "vectors": 1},
        "pointwise 6x6x8 to 16 stream": {"pixels": 3, "vectors": 2, "stream_rows": 3},
        "depthwise 6x6x16 3x3 stride 2 to 3x3x16 stream": {"pixels": 2},
        "pointwise 6x6x16 to 12+9": {"pixels": 4, "vectors": 1})";
    write_if_changed(folder.path("portable.json"), R"({"target": "portable", "layers": {)" + layers + "}}");
    const Generated tuned("--target portable --tuning " + quoted(folder.path("portable.json")));
    const Generated model("--target portable --no-tuning");
    CHECK(model.outputs.size() > 1000);
    CHECK(tuned.outputs == model.outputs);
    CHECK(tuned.tuned() == 5);  // the joined heads are two layers
    CHECK(model.tuned() == 0);
    CHECK(tuned.plan != model.plan);
    const Generated compact("--target portable --unroll compact --tuning " + quoted(folder.path("portable.json")));
    CHECK(compact.outputs == model.outputs);
    const Generated whole("--target portable --unroll full --tuning " + quoted(folder.path("portable.json")));
    CHECK(whole.outputs == model.outputs);
}

TEST_CASE("A compiler that fails: status 1, the command, and the log that stays; the tuning file is as it was") {
    const TemporaryFolder folder;
    const CommandResult result = tune_specimen(folder, "false");
    CHECK(result.status == 1);
    const std::size_t at = result.errors.find("ssdgen: CXX='false' cmake -S ");
    REQUIRE(at != std::string::npos);
    CHECK(result.errors.find("-DCMAKE_BUILD_TYPE=Release: failed with status 1, see ", at) != std::string::npos);
    const std::size_t log = result.errors.find("see ", at) + 4;
    const std::string path = result.errors.substr(log, result.errors.find(';', log) - log);
    CHECK(read_file(path).find("false") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder.path("tuned.json")));
}

TEST_CASE("A target is refused, before a file is read, exactly where this machine does not run it") {
    for (const Target& target : test::float_targets()) {
        CAPTURE(target.name);
        const CommandResult result = run_command(quoted(SSDGEN_EXECUTABLE) + " tune no.json --target " + target.name);
        if (runs_here(target)) {
            CHECK(result.status == 1);
            CHECK(result.errors ==
                  "ssdgen: no.json: cannot be read: No such file or directory; allowed: a readable file\n");
            continue;
        }
        CHECK(result.status == 2);
        CHECK(result.errors == std::string("ssdgen: --target: ") + target.name +
                                   " does not run on this machine; allowed: native, which is " +
                                   find_target("native").name + ", and those before it\n");
    }
}
