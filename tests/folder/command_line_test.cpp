// Wrong inputs and wrong command lines: the whole message, the exit status, and nothing written.
#include "support/error.h"
#include "support/files.h"
#include "tools/shell.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A folder with a right description (right.json), right weights (right.safetensors) and wrong ones.
class Inputs {
  public:
    Inputs() {
        Zoo zoo{"right"};
        zoo.layers = {convolution("conv0", 8, 3, 2), pointwise("conv1", 12)};
        zoo.sources = {"conv1"};
        right_ = description_of(zoo);
        write("right.json", right_);
        write("text.tflite", "This is a text.\n");
        write("regular", "a file, no folder\n");
    }
    void write(const std::string& name, const std::string& text) const { write_if_changed(folder_.path(name), text); }
    /// The right description with one text in the place of another.
    void spoil(const std::string& name, const std::string& from, const std::string& to) const {
        std::string text = right_;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        write(name, text.replace(at, from.size(), to));
    }
    std::size_t files() const {
        const std::filesystem::recursive_directory_iterator all(folder_.path());
        return std::size_t(std::distance(begin(all), end(all)));
    }
    CommandResult run(const std::string& arguments) const {
        return run_command(std::string(SSDGEN_EXECUTABLE) + " " + arguments, folder_.path());
    }
    std::string path(const std::string& name) const { return folder_.path(name); }

  private:
    TemporaryFolder folder_;
    std::string right_;
};

/// The command gives the status and the message, and writes nothing.
void check_refused(const Inputs& inputs, const std::string& arguments, int status, const std::string& message) {
    CAPTURE(arguments);
    const std::size_t before = inputs.files();
    const CommandResult result = inputs.run(arguments);
    CHECK(result.status == status);
    CHECK(result.errors == "ssdgen: " + message + "\n");
    CHECK(result.output == "");
    CHECK(inputs.files() == before);
}

const std::string allowed_targets =
    "; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v3-vnni, x86-64-v4, x86-64-v4-vnni";

}  // namespace

TEST_CASE("A description that is wrong: status 1") {
    const Inputs inputs;
    struct Row {
        const char *from, *to, *message;
    };
    const Row rows[] = {
        {"{\"name\"", "{\"name\": tru, \"name\"",
         "bad.json:1:10: found 'tru'; allowed: a value: an object, a list, a string in double quotes, a number, true, "
         "false or null"},
        {"\"name\": \"right\"", "\"name\": \"right\", \"alpha\": 0",
         "bad.json: /alpha: found 0; allowed: a number above 0 and at most 1"},
        {"\"name\": \"right\"", "\"name\": \"right\", \"alpha\": 1.5",
         "bad.json: /alpha: found 1.5; allowed: a number above 0 and at most 1"},
        {"\"layer\": \"conv1\"", "\"layer\": \"conv9\"",
         "bad.json: /head/sources/0/layer: found \"conv9\", which names no layer; allowed: the name of a layer of "
         "backbone or extras"},
        {"\"boxes\": 1", "\"boxes\": 3",
         "bad.json: /head/sources/0/boxes: found 3; allowed: 1, as the priors make for this source"},
        {"\"height\": 13", "\"hieght\": 13",
         "bad.json: /input/hieght: unknown key; allowed: \"height\", \"width\", \"channels\", \"order\", \"mean\", "
         "\"scale\", \"resize\""},
    };
    for (const Row& row : rows) {
        inputs.spoil("bad.json", row.from, row.to);
        check_refused(inputs, "generate bad.json --random-weights 1 --out out", 1, row.message);
        check_refused(inputs, "inspect bad.json", 1, row.message);
    }
    check_refused(inputs, "generate missing.json --random-weights 1 --out out", 1,
                  "missing.json: cannot be read: No such file or directory; allowed: a readable file");
}

TEST_CASE("Multipliers that leave too little: status 1") {
    const Inputs inputs;
    check_refused(inputs, "generate right.json --random-weights 1 --out out --rho 0.01", 1,
                  "right.json: /input: found 13x24, which rho 0.01 makes 0x0; allowed: at least 1x1");
    inputs.spoil(
        "pool.json", R"({"name": "conv1", "type": "pointwise", "channels": 12})",
        R"({"name": "pool", "type": "average_pool", "kernel": 5, "stride": 1}, {"name": "conv1", "type": "pointwise", "channels": 12})");
    check_refused(
        inputs, "generate pool.json --random-weights 1 --out out --rho 0.5", 1,
        "pool.json: /backbone/1: pool: found a map of 4x6, 4x6 with its padding; allowed: at least 5 for the window");
    inputs.spoil("thin.json", "\"scales\": []", "\"scales\": [\"backbone\"]");
    check_refused(
        inputs, "generate thin.json --random-weights 1 --out out --alpha 0.1", 1,
        "thin.json: /backbone/0/channels: found 8, which alpha 0.1 makes 0 for conv0; allowed: at least 1 channel");
}

TEST_CASE("A command line that is wrong, or asks for what is not built yet: status 2") {
    const Inputs inputs;
    const std::string generate = "generate right.json --random-weights 1 --out out ";
    check_refused(inputs, generate + "--alpha 1.5", 2, "--alpha: found 1.5; allowed: a number above 0 and at most 1");
    check_refused(inputs, generate + "--alpha 0", 2, "--alpha: found 0; allowed: a number above 0 and at most 1");
    check_refused(inputs, generate + "--rho nan", 2, "--rho: found nan; allowed: a number above 0 and at most 1");
    check_refused(inputs, generate + "--rho 0.5x", 2, "--rho: found 0.5x; allowed: a number above 0 and at most 1");
    check_refused(inputs, generate + "--precision fp64", 2, "--precision: found fp64; allowed: auto, f32, int8");
    for (const char* name :
         {"2nd", "a-b", "switch, which is a keyword of C or C++", "peak, which is a file of the emitted folder"}) {
        const std::string found = name;
        check_refused(inputs, generate + "--name " + found.substr(0, found.find(',')), 2,
                      "--name: found " + found +
                          "; allowed: a C identifier that starts with a letter, at most 64 characters, which nothing "
                          "else in C, C++, POSIX, "
                          "CMake or the emitted folder is called");
    }
    check_refused(inputs, generate + "--target pdp11", 2, "--target: pdp11" + allowed_targets);
    check_refused(inputs, generate + "--target aarch64", 2, "--target: aarch64 is not built yet" + allowed_targets);
    check_refused(inputs, "generate right.json --out out", 2,
                  "ssdgen generate needs weights; allowed: --weights FILE or --random-weights SEED");
    // The option parser words the rest, and differently from version to version.
    for (const std::string& arguments :
         {generate + "--dump everything", generate + "--unroll sideways", generate + "--weights-as smoke",
          generate + "--weights right.safetensors", generate + "--frobnicate", generate + "surplus",
          std::string("generate"), std::string(""), std::string("frobnicate"), std::string("import text.tflite")}) {
        CAPTURE(arguments);
        const std::size_t before = inputs.files();
        const CommandResult result = inputs.run(arguments);
        CHECK(result.status == 2);
        CHECK(result.errors.rfind("ssdgen: ", 0) == 0);
        CHECK(result.errors.size() > 15);
        CHECK(result.output == "");
        CHECK(inputs.files() == before);
    }
}

TEST_CASE("Whole numbers asked of weights that are real: status 1") {
    const Inputs inputs;
    check_refused(
        inputs, "generate right.json --random-weights 1 --out out --precision int8", 1,
        "right.json: int8 was asked for, and input, conv0, conv1, conv1_mbox_loc, conv1_mbox_conf are of real "
        "numbers; allowed: the weights of a quantized network, as 'ssdgen import' has them of a quantized "
        "model and 'ssdgen quantize' makes them of a float one");
}

TEST_CASE("Weight files that are wrong: status 1") {
    const Inputs inputs;
    const std::string header = R"({"conv0.bias":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}})";
    std::string bytes = std::string(1, char(header.size())) + std::string(7, '\0') + header + std::string(32, '\0');
    inputs.write("part.safetensors", bytes);
    inputs.write("cut.safetensors", bytes.substr(0, bytes.size() - 5));
    inputs.write("empty.safetensors", "");
    const std::string generate = "generate right.json --out out --weights ";
    check_refused(inputs, generate + "part.safetensors", 1,
                  "part.safetensors: does not fit right in 7 tensors:\n"
                  "  conv0.weight: found none; allowed: [8,3,3,3]\n"
                  "  conv1.weight: found none; allowed: [12,8,1,1]\n"
                  "  conv1.bias: found none; allowed: [12]\n"
                  "  conv1_mbox_loc.weight: found none; allowed: [4,12,1,1]\n"
                  "  conv1_mbox_loc.bias: found none; allowed: [4]\n"
                  "  conv1_mbox_conf.weight: found none; allowed: [5,12,1,1]\n"
                  "  conv1_mbox_conf.bias: found none; allowed: [5]");
    check_refused(
        inputs, generate + "cut.safetensors", 1,
        "cut.safetensors: tensor 'conv0.bias': has data_offsets [0, 32]; allowed: within the 27 bytes of data");
    check_refused(inputs, generate + "empty.safetensors", 1,
                  "empty.safetensors: has 0 bytes; allowed: a safetensors file, which has at least 8");
    check_refused(inputs, generate + "missing.safetensors", 1,
                  "missing.safetensors: cannot be read: No such file or directory; allowed: a readable file");
    check_refused(inputs, generate + "text.tflite", 1,
                  "text.tflite: is no TensorFlow Lite model (bytes 4 to 7 are not 'TFL3'); allowed: a .tflite file");
    check_refused(inputs, generate + "regular", 2,
                  "regular: is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
    check_refused(inputs, "import text.tflite --out-config c.json --out-weights w.safetensors", 1,
                  "text.tflite: is no TensorFlow Lite model (bytes 4 to 7 are not 'TFL3'); allowed: a .tflite file");
}

TEST_CASE("Tuning files that are wrong: status 1; options of tune that are: status 2") {
    const Inputs inputs;
    inputs.write("other.json", R"({"target": "x86-64-v3", "layers": {}})");
    inputs.write("wide.json",
                 R"({"target": "portable", "layers": {"pointwise 6x12x8 to 12": {"vectors": 4, "pixels": 3}}})");
    const std::string generate = "generate right.json --random-weights 1 --out out --target portable --tuning ";
    check_refused(inputs, generate + "other.json", 1,
                  "other.json: /target: found \"x86-64-v3\"; allowed: \"portable\"");
    check_refused(inputs, generate + "wide.json", 1,
                  "wide.json: /layers/pointwise 6x12x8 to 12/pixels: found 3; allowed: a whole number from 1 to 2");
    check_refused(inputs, generate + "missing.json", 1,
                  "missing.json: cannot be read: No such file or directory; allowed: a readable file");
    check_refused(inputs, "tune right.json --target portable --out wide.json", 1,
                  "wide.json: /layers/pointwise 6x12x8 to 12/pixels: found 3; allowed: a whole number from 1 to 2");
    check_refused(inputs, "tune missing.json", 1,
                  "missing.json: cannot be read: No such file or directory; allowed: a readable file");
    check_refused(inputs, "tune right.json --target pdp11", 2, "--target: pdp11" + allowed_targets);
    for (const std::string& arguments :
         {generate + "wide.json --no-tuning", std::string("tune"), std::string("tune right.json --rounds 0"),
          std::string("tune right.json --networks 1")}) {
        CAPTURE(arguments);
        CHECK(inputs.run(arguments).status == 2);
    }
}

TEST_CASE("A folder that cannot be written: status 1, before the first file") {
    const Inputs inputs;
    check_refused(inputs, "generate right.json --random-weights 1 --out regular", 1,
                  "regular: cannot be made: Not a directory; allowed: a folder that can be written");
    check_refused(inputs, "generate right.json --random-weights 1 --out regular/below", 1,
                  "regular/below: cannot be made: Not a directory; allowed: a folder that can be written");
}

TEST_CASE(
    "The right command line writes the folder and says so, with the next command; a dump writes nothing but its "
    "stage") {
    const Inputs inputs;
    const std::size_t before = inputs.files();
    for (const char* stage : {"description", "graph", "lowered", "plan", "kernels"}) {
        const CommandResult result =
            inputs.run(std::string("generate right.json --random-weights 1 --out out --dump ") + stage);
        CHECK(result.status == 0);
        CHECK(result.output.size() > 100);
        CHECK(result.errors == "");
    }
    CHECK(inputs.files() == before);
    const CommandResult result = inputs.run("generate right.json --random-weights 1 --out out --target portable");
    CHECK(result.status == 0);
    CHECK(result.errors == "");
    std::size_t written = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(inputs.path("out")))
        written += entry.is_regular_file() ? 1 : 0;
    CHECK(result.output ==
          fmt::format("wrote out: {} files\nnext: cmake -S out -B out/build && cmake --build out/build\n", written));
    CHECK(inputs.run("generate right.json --random-weights 1 --out 'my out' --single-file").output ==
          "wrote my out: 5 files\nnext: c++ -std=c++17 -O2 -ffp-contract=off -c 'my out/right.cpp'\n");
    for (const char* file : {"right.h", "right.cpp", "plan.json", "CMakeLists.txt", "layers/conv0.cpp"})
        CHECK(std::filesystem::exists(inputs.path(std::string("out/") + file)));
    CHECK(inputs.run("--help").status == 0);
}

TEST_CASE("NAME_detect: an image that is no image, wrong input and options") {
    const Inputs inputs;
    REQUIRE(inputs.run("generate right.json --random-weights 1 --out out --no-selftest").status == 0);
    require_command("CXX=" + quoted(compiler()) + " cmake -S out -B b && cmake --build b -j2 --target right_detect",
                    inputs.path(""));
    struct Row {
        const char* arguments;
        int status;
        const char* message;  // the first line
    };
    const Row rows[] = {
        {"text.tflite", 1,
         "text.tflite: is no picture that can be decoded (unknown image type); allowed: a JPEG, PNG, BMP, GIF, TGA, "
         "PSD or PNM file, or --raw-input FILE.u8"},
        {"missing.jpg", 1,
         "missing.jpg: is no picture that can be read (No such file or directory); allowed: a JPEG, PNG, BMP, GIF, "
         "TGA, PSD or PNM file, or --raw-input FILE.u8"},
        {"--raw-input regular", 1, "regular: holds 18 bytes; allowed: 936 (height 13 x width 24 x 3, BGR)"},
        {"", 2, "right_detect: 0 inputs are named; allowed: one, IMAGE or --raw-input FILE.u8"},
        {"--score-threshold 2 --raw-input regular", 2,
         "right_detect: --score-threshold: found \"2\"; allowed: a number from 0 to 1"},
        {"--threads 0 --raw-input regular", 2,
         "right_detect: --threads: found \"0\"; allowed: a whole number from 1 to 16"},
        {"--frobnicate", 2,
         "right_detect: unknown option --frobnicate; allowed: --raw-input, --json, --annotate, --labels, --truth, "
         "--score-threshold, "
         "--dump-raw, --threads, --help"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.arguments);
        const CommandResult result = run_command(std::string("b/right_detect ") + row.arguments, inputs.path(""));
        if (result.errors.find("without stb") != std::string::npos) continue;
        CHECK(result.status == row.status);
        CHECK(result.errors.substr(0, result.errors.find('\n')) == row.message);
        CHECK(result.output == "");
    }
}
