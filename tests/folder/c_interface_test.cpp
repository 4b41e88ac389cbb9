// The interface for C beside the one for C++, from a C11 program; what a shared library exports.
#include "emit/print/template.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const char* const strict_c = "gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror ";
const char* const strict = " -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror ";

// Both programs make the same picture of another size than the network's and print all that the interface gives, bit by
// bit.
const char* const c_program = R"(
#include "net_c.h"
#include <stdio.h>
#include <stdlib.h>

static net_workspace workspace;
static SSD_ALIGNED unsigned char scratch[NET_SCRATCH_BYTES(3) + 64];
static uint8_t picture[37 * 53 * 4];

// Parts in any order: the last one first.
static void backwards(void* state, ssd_task task, const void* context, int parts) {
    ++*(int*)state;
    for (int part = parts - 1; part >= 0; --part) task(context, part, parts);
}

int main(int argc, char** argv) {
    int calls = 0;
    ssd_executor executor = {3, backwards, NULL};
    const ssd_image image = {picture, 53, 37, 53 * 4, SSD_BGRA};
    executor.state = &calls;
    for (size_t i = 0; i < sizeof picture; ++i) picture[i] = (uint8_t)(i * 7 % 251);
    net_init(&workspace);
    if (argc == 2) {
$use_weights$
    }
    net_use_threads(&workspace, 3, scratch);
$call$
    fprintf(stderr, "%d\n", calls);
    return argv == NULL;
}
)";

const char* const c_detector = R"(
    static float boxes[NET_PRIORS * 4], logits[NET_PRIORS * NET_CLASSES];
    ssd_detection found[20];
    ssd_detect_options options = SSD_DETECT_OPTIONS;
    options.score_threshold = 0.4F;
    int count = net_detect(&image, &workspace, found, 20, &options, &executor);
    for (int pass = 0; pass < 3; ++pass) {
        for (int i = 0; i < count; ++i)
            printf("%d %a %a %a %a %a %d\n", found[i].label, (double)found[i].score, (double)found[i].ymin, (double)found[i].xmin,
                   (double)found[i].ymax, (double)found[i].xmax, found[i].anchor);
        if (pass == 0) count = net_detect(&image, &workspace, found, 20, NULL, NULL);
        if (pass == 1) {
            net_forward(picture, boxes, logits, &workspace, NULL);
            count = net_post_process(boxes, logits, &workspace, found, 20, NULL);
        }
    }
)";

const char* const c_classifier = R"(
    static float logits[NET_CLASSES];
    ssd_classification found[3];
    for (int pass = 0; pass < 2; ++pass) {
        const int count = net_classify(&image, &workspace, found, 3, pass ? &executor : NULL);
        for (int i = 0; i < count; ++i) printf("%d %a\n", found[i].label, (double)found[i].score);
    }
    net_forward(picture, logits, &workspace, NULL);
    net_scores(logits);
    for (int i = 0; i < NET_CLASSES; ++i) printf("%a\n", (double)logits[i]);
)";

const char* const c_use_weights = R"(
        static float bytes[1 << 16];
        FILE* const file = fopen(argv[1], "rb");
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        if (net_use_weights(&workspace, bytes, size - 4) == NULL) return 4;
        if (net_use_weights(&workspace, bytes, size) != NULL) return 5;
)";

const char* const cpp_program = R"(
#include "net.h"
#include <cstdio>

static net::Workspace workspace;
static std::uint8_t picture[37 * 53 * 4];

int main() {
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * 7 % 251);
    const ssd::Image image{picture, 53, 37, 53 * 4, ssd::PixelFormat::bgra};
$call$
}
)";

const char* const cpp_detector = R"(
    static float boxes[net::priors * 4], logits[net::priors * net::classes];
    ssd::Detection found[20];
    ssd::DetectOptions options;
    options.score_threshold = 0.4F;
    int count = net::detect(image, workspace, found, 20, options);
    for (int pass = 0; pass < 3; ++pass) {
        for (int i = 0; i < count; ++i) {
            const auto& [label, score, ymin, xmin, ymax, xmax, anchor] = found[i];
            std::printf("%d", label);
            for (float value : {score, ymin, xmin, ymax, xmax}) std::printf(" %a", static_cast<double>(value));
            std::printf(" %d\n", anchor);
        }
        if (pass == 0) count = net::detect(image, workspace, found, 20);
        if (pass == 1) {
            net::forward(picture, boxes, logits, workspace);
            count = net::post_process(boxes, logits, workspace, found, 20);
        }
    }
)";

const char* const cpp_classifier = R"(
    static float logits[net::classes];
    ssd::Classification found[3];
    for (int pass = 0; pass < 2; ++pass) {
        const int count = net::classify(image, workspace, found, 3);
        for (int i = 0; i < count; ++i) std::printf("%d %a\n", found[i].label, static_cast<double>(found[i].score));
    }
    net::forward(picture, logits, workspace);
    net::scores(logits);
    for (float value : logits) std::printf("%a\n", static_cast<double>(value));
)";

const char* const classifier_description = R"({"name": "net",
    "input": {"height": 20, "width": 20, "channels": 3, "order": "rgb", "mean": [127.5, 127.5, 127.5],
              "scale": [0.0078125, 0.0078125, 0.0078125], "resize": "half_pixel"},
    "width_multiplier": {"rounding": "floor", "scales": ["backbone"]}, "padding": "same", "activation": "relu6",
    "backbone": [{"name": "conv0", "type": "convolution", "channels": 8, "kernel": 3, "stride": 2}],
    "classifier": [{"name": "pool", "type": "average_pool", "kernel": "global"},
                   {"name": "fc", "type": "fully_connected", "channels": 9},
                   {"name": "prob", "type": "softmax"}]})";

/// A network with both programs beside it.
struct Folder {
    TemporaryFolder folder;
    Folder(bool detector, const std::string& options) {
        std::string description = classifier_description;
        if (detector) {
            description = read_file(SSDGEN_SOURCE_DIR "/configs/specimen.json");
            description.replace(description.find("\"specimen\""), 10, "\"net\"");
        }
        write_if_changed(folder.path("net.json"), description);
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate net.json --random-weights 2 --out . " + options,
                        folder.path());
        const bool file = options.find("--weights-as file") != std::string::npos;
        write_if_changed(folder.path("main.c"), fill_text(c_program, "c_program",
                                                          {{"use_weights", file ? c_use_weights : ""},
                                                           {"call", detector ? c_detector : c_classifier}}));
        write_if_changed(folder.path("main_of_cpp.cc"),
                         fill_text(cpp_program, "cpp_program", {{"call", detector ? cpp_detector : cpp_classifier}}));
    }

    /// What the C program prints; sources: those of the network.
    std::string c_output(const std::string& sources, const std::string& arguments = "") const {
        require_command(std::string(strict_c) + "-I. -c main.c -o main.o && " + compiler() + strict + "-I. main.o " +
                            sources + " -o c_product",
                        folder.path());
        const CommandResult result = require_command("./c_product " + arguments, folder.path());
        CHECK(std::stoi(result.errors) >= 1);  // the executor was asked
        return result.output;
    }
    std::string cpp_output(const std::string& sources) const {
        require_command(compiler() + strict + "-I. main_of_cpp.cc " + sources + " -o product", folder.path());
        return require_command("./product", folder.path()).output;
    }
};

}  // namespace

TEST_CASE("A C11 program gets the same bits as a C++ one, from every form of a detector and of a classifier") {
    for (const bool detector : {true, false}) {
        CAPTURE(detector);
        const Folder object(detector, "");
        const std::string expected = object.cpp_output("net.cpp layers/*.cpp net_weights.S");
        CHECK(expected.size() > 100);
        CHECK(object.c_output("net.cpp net_c.cpp layers/*.cpp net_weights.S") == expected);
        CHECK(Folder(detector, "--weights-as file").c_output("net.cpp net_c.cpp layers/*.cpp", "net_weights.bin") ==
              expected);
        CHECK(Folder(detector, "--single-file").c_output("net.cpp") == expected);
        CHECK(Folder(detector, "--single-file --weights-as file").c_output("net.cpp", "net_weights.bin") == expected);
    }
}

TEST_CASE("A shared library exports the two interfaces and nothing else, and a C program runs with it") {
    const Folder folder(true, "");
    require_command("CXX=" + quoted(compiler()) +
                        " cmake -S . -B build -DBUILD_SHARED_LIBS=ON && cmake --build build -j2 --target net",
                    folder.folder.path());
    CHECK(require_command("nm -D --defined-only build/libnet.so | sed 's/.* //' | c++filt | sed 's/(.*//' | sort",
                          folder.folder.path())
              .output ==
          "net::detect\nnet::forward\nnet::post_process\n"
          "net_detect\nnet_forward\nnet_init\nnet_post_process\nnet_use_threads\n");
    require_command(std::string(strict_c) + "-I. main.c build/libnet.so -Wl,-rpath,$PWD/build -o with_shared",
                    folder.folder.path());
    const std::string expected = folder.cpp_output("net.cpp layers/*.cpp net_weights.S");
    CHECK(require_command("./with_shared", folder.folder.path()).output == expected);
}
