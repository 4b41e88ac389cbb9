// What a call of an emitted network says when it is wrong, what becomes of numbers that are none, and two versions of
// the runtime.
#include "cases.h"
#include "support/files.h"

#include <algorithm>
#include <regex>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string warnings = " -std=c++17 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror ";

/// Those of GCC and Clang that are here.
std::vector<std::string> compilers() {
    std::vector<std::string> found;
    for (const char* name : {"g++", "clang++"})
        if (has_program(name)) found.push_back(name);
    return found;
}

void replace_in(const std::string& path, const std::string& pattern, const std::string& by) {
    const std::string text = read_file(path), changed = std::regex_replace(text, std::regex(pattern), by);
    REQUIRE(changed != text);
    write_if_changed(path, changed);
}

/// The first thing that a compiler has to say, without the place.
std::string first_error(const Case& folder, const std::string& command) {
    const CommandResult result = folder.run("LC_ALL=C " + command);
    CHECK(result.status != 0);
    const std::size_t start = result.errors.find("error: ");
    REQUIRE(start != std::string::npos);
    return result.errors.substr(start, result.errors.find('\n', start) - start);
}

const char* const answers = R"(right: found
row_bytes left out: same
upside down: found
row_bytes = width: the picture's row_bytes is less than the bytes of a row (0: rows without gaps)
row_bytes = one less: the picture's row_bytes is less than the bytes of a row (0: rows without gaps)
row_bytes = minus one less: the picture's row_bytes is less than the bytes of a row (0: rows without gaps)
row_bytes = the least: the picture's width or height is below 1, or too large to be addressed
row_bytes = the most: the picture's width or height is below 1, or too large to be addressed
null picture: the picture is a null pointer
zero size: the picture's width or height is below 1, or too large to be addressed
no rows: the picture's width or height is below 1, or too large to be addressed
negative width: the picture's width or height is below 1, or too large to be addressed
largest size: the picture's width or height is below 1, or too large to be addressed
format 77: the picture's format is unknown
format -1: the picture's format is unknown
capacity 0: none
capacity 0 and a place: none
null results: the array of results is a null pointer, and capacity is above 0
capacity -1: the capacity is below 0
threshold 60 (per cent): the score threshold is above 1 or no number (below 0: the network's own)
threshold 1: none
threshold -1: found
threshold NaN: the score threshold is above 1 or no number (below 0: the network's own)
threshold infinity: the score threshold is above 1 or no number (below 0: the network's own)
null boxes: boxes or logits, the network's raw outputs, are a null pointer
null logits: boxes or logits, the network's raw outputs, are a null pointer
null results of post_process: the array of results is a null pointer, and capacity is above 0
executor without run, one thread: the executor has several threads and no run function
no scratch memory, one thread: found
executor without run: the executor has several threads and no run function
no scratch memory: the workspace has no memory for more threads: use_threads got a null pointer
two threads: found
forward: nothing done
C, right: found
C, null image: the picture is a null pointer
C, format 77: the picture's format is unknown
C, null workspace: the workspace, or the scratch memory, is a null pointer
C, workspace 16 bytes off: the workspace, or the scratch memory, is not aligned
C, post_process, workspace 16 bytes off: the workspace, or the scratch memory, is not aligned
C, post_process, null workspace: the workspace, or the scratch memory, is a null pointer
C, capacity 0: none
C, null results: the array of results is a null pointer, and capacity is above 0
C, options: found
C, threshold 60 (per cent): the score threshold is above 1 or no number (below 0: the network's own)
C, options without a size: the options have a size that the network does not know: begin with SSD_DETECT_OPTIONS
C, options of a later version: the options have a size that the network does not know: begin with SSD_DETECT_OPTIONS
C, forward: nothing done
)";

}  // namespace

TEST_CASE(
    "Every call that is wrong in one point says so by a number, which has a text; in C too, and through the choice "
    "among targets") {
    for (const char* target : {"portable", "portable,x86-64-v2,x86-64-v3"}) {
        CAPTURE(std::string(target));
        const Case folder{"wrong_calls.cc"};
        folder.check_done("generate " + specimen + "--single-file --out . --target " + target);
        REQUIRE(folder.run(compiler() + warnings + "wrong_calls.cc specimen.cpp -o calls").errors == "");
        CHECK(folder.run("./calls").output == answers);
    }
}

TEST_CASE("Without its weights a network finds nothing and says why") {
    const Case folder{};
    folder.check_done("generate " + specimen + "--single-file --weights-as file --target portable --out .");
    write_if_changed(folder.path("main.cpp"), R"(
#include "specimen.h"
#include "specimen_c.h"
#include <cstdio>
static specimen::Workspace workspace;
static specimen_workspace of_c;
static std::uint8_t bytes[24 * 24 * 3];
static float boxes[specimen::priors * 4], logits[specimen::priors * specimen::classes];
int main() {
    ssd::Detection found[3];
    ssd_detection found_in_c[3];
    const ssd::Image image{bytes, 24, 24};
    const ssd_image image_of_c = {bytes, 24, 24, 0, SSD_RGB};
    specimen_init(&of_c);
    std::puts(ssd::error_text(specimen::detect(image, workspace, found, 3)));
    std::puts(ssd_error_text(specimen_detect(&image_of_c, &of_c, found_in_c, 3, nullptr, nullptr)));
    std::puts(specimen_use_weights(&of_c, nullptr, 0));
    std::puts(specimen_use_weights(nullptr, bytes, 64));
    std::puts(ssd::error_text(specimen::detect(image, workspace, found, 3)));
    std::puts(ssd::error_text(specimen::post_process(boxes, logits, workspace, found, 3)));
    logits[0] = 7;
    specimen::forward(bytes, boxes, logits, workspace);
    return logits[0] == 7 ? 0 : 1;
}
)");
    REQUIRE(folder.run(compiler() + warnings + "main.cpp specimen.cpp -o calls").errors == "");
    const CommandResult result = folder.run("./calls");
    CHECK(result.status == 0);
    const std::string missing = "the workspace has no weights: use_weights was not called, or refused the file\n";
    CHECK(result.output == missing + missing + "the weights file is shorter than its header\n" +
                               "the workspace, or the scratch memory, is a null pointer\n" + missing + "no error\n");
}

TEST_CASE("A classifier says what is wrong with a call") {
    const Case folder{};
    write_if_changed(folder.path("net.json"), R"({"name": "net",
    "input": {"height": 8, "width": 8, "channels": 3, "order": "rgb", "mean": [127.5, 127.5, 127.5],
              "scale": [0.0078125, 0.0078125, 0.0078125], "resize": "half_pixel"},
    "width_multiplier": {"rounding": "floor", "scales": ["backbone"]}, "padding": "same", "activation": "relu6",
    "backbone": [{"name": "conv0", "type": "convolution", "channels": 8, "kernel": 3, "stride": 2}],
    "classifier": [{"name": "pool", "type": "average_pool", "kernel": "global"},
                   {"name": "fc", "type": "fully_connected", "channels": 9},
                   {"name": "prob", "type": "softmax"}]})");
    folder.check_done("generate net.json --random-weights 1 --single-file --target portable --out .");
    write_if_changed(folder.path("main.cpp"), R"(
#include "net.h"
#include "net_c.h"
#include <cstdio>
static net::Workspace workspace;
static net_workspace of_c;
static std::uint8_t bytes[8 * 8 * 3];
static float logits[net::classes] = {7};
int main() {
    ssd::Classification found[3];
    ssd_classification found_in_c[3];
    const ssd_image image = {bytes, 8, 8, 7, SSD_RGB}, right = {bytes, 8, 8, 0, SSD_RGB};
    net_init(&of_c);
    net::forward(nullptr, logits, workspace);
    net::forward(bytes, nullptr, workspace);
    net::scores(nullptr);
    net_scores(nullptr);
    net_forward(bytes, logits, nullptr, nullptr);
    std::printf("%g %d\n", static_cast<double>(logits[0]), net::classify({bytes, 8, 8}, workspace, found, 3));
    for (int result : {net::classify({nullptr, 8, 8}, workspace, found, 3), net::classify({bytes, 8, 8}, workspace, nullptr, 3),
                       net::classify({bytes, 8, 8}, workspace, nullptr, 0), net::classify({bytes, 8, 8}, workspace, found, -2)})
        std::puts(ssd::error_text(result));
    for (int result : {net_classify(nullptr, &of_c, found_in_c, 3, nullptr), net_classify(&image, &of_c, found_in_c, 3, nullptr),
                       net_classify(&right, nullptr, found_in_c, 3, nullptr), net_classify(&right, &of_c, found_in_c, 3, nullptr)})
        std::puts(ssd_error_text(result));
}
)");
    REQUIRE(folder.run(compiler() + warnings + "main.cpp net.cpp -o calls").errors == "");
    CHECK(folder.run("./calls").output ==
          "7 3\n"
          "the picture is a null pointer\n"
          "the array of results is a null pointer, and capacity is above 0\n"
          "no error\n"
          "the capacity is below 0\n"
          "the picture is a null pointer\n"
          "the picture's row_bytes is less than the bytes of a row (0: rows without gaps)\n"
          "the workspace, or the scratch memory, is a null pointer\n"
          "no error\n");
}

TEST_CASE("Box encodings and logits that are no numbers give no detection, with and without fast math") {
    const Case folder{"nan_boxes.cc"};
    folder.check_done("generate " + specimen + "--single-file --target portable --out .");
    for (const std::string& compiler : compilers()) {
        for (const char* flags : {"-O2", "-O2 -ffast-math", "-Ofast"}) {
            CAPTURE(compiler);
            CAPTURE(std::string(flags));
            CHECK(folder.run(compiler + " -std=c++17 -w " + flags + " nan_boxes.cc specimen.cpp -o boxes").errors ==
                  "");
            CHECK(folder.run("./boxes").output == "1: [class 1 score 0.999083 x 0.625..0.875 prior 30]\n");
        }
    }
}

TEST_CASE("An emitted CMake file gives the same bits in a product that has fast math in its flags") {
    const Case folder{};
    write_if_changed(folder.path("picture.u8"), read_file(cases_folder + "tiny_ssd.caffemodel").substr(0, 24 * 24 * 3));
    folder.check_done("generate " + specimen + "--target portable --out net");
    std::string expected;
    std::vector<std::pair<std::string, std::string>> builds{{compiler(), ""}};
    for (const std::string& one : compilers())
        builds.emplace_back(one, one == "g++" ? "-Ofast -Werror" : "-ffast-math -Werror");
    for (const auto& [compiler, flags] : builds) {
        CAPTURE(compiler);
        const CommandResult built =
            folder.run("rm -rf b && CXX=" + compiler + " cmake -S net -B b -DCMAKE_CXX_FLAGS='" + flags +
                       "' && cmake --build b -j2 --target specimen_detect");
        REQUIRE_MESSAGE(built.status == 0, built.errors);
        CHECK(folder.run("b/specimen_detect --raw-input picture.u8 --dump-raw raw").status == 0);
        const std::string bits = read_file(folder.path("raw/boxes.f32")) + read_file(folder.path("raw/logits.f32"));
        if (expected.empty()) expected = bits;
        CHECK(bits.size() > 4000);
        CHECK((bits == expected));
    }
}

namespace {

/// Two networks in folders of their own; the runtime of new_net gets another version, and Detection a member more.
struct TwoVersions {
    Case folder{"two_runtime_versions.cc"};
    TwoVersions() {
        for (const char* name : {"old_net", "new_net"})
            folder.check_done("generate " + specimen + "--target portable --no-selftest --name " + name + " --out " +
                              name);
    }
    void renew(bool version) const {
        replace_in(folder.path("new_net/ssd/detection.h"), "comes from\n};",
                   "comes from\n    double more[3] = {};\n};");
        if (!version) return;
        replace_in(folder.path("new_net/ssd/detection.h"), "sizeof\\(Detection\\) == 28", "sizeof(Detection) == 56");
        replace_in(folder.path("new_net/ssd/version.h"), "SSD_VERSION 2\n", "SSD_VERSION 3\n");
        replace_in(folder.path("new_net/ssd/version.h"), "SSD_VERSION != 2\n", "SSD_VERSION != 3\n");
        for (const auto& entry : std::filesystem::directory_iterator(folder.path("new_net/ssd"))) {
            const std::string text = read_file(entry.path().string());
            if (text.find("namespace v2") != std::string::npos)
                replace_in(entry.path().string(), "namespace v2", "namespace v3");
        }
    }
    std::string compile(const std::string& main, const std::string& includes) const {
        return compiler() + " -std=c++17 -O1 -Wall " + includes + " -c " + main + " -o main.o";
    }
};

const char* const two_versions =
    "error: #error \"ssd/: found two versions of the runtime in one source; allowed: one; generate all networks with "
    "the same ssdgen\"";

const char* const part = R"(
#include "@_net.h"
#include <cstdio>
static @_net::Workspace workspace;
static struct {
    ssd::Detection found[5];
    unsigned guard[16];
} results;
void @_part() {
    static unsigned char bytes[24 * 24 * 3];
    for (int i = 0; i < 24 * 24 * 3; ++i) bytes[i] = static_cast<unsigned char>(i * 37);
    for (unsigned& guard : results.guard) guard = 0xABCDEF01;
    const int count = @_net::detect(ssd::Image{bytes, 24, 24, 72, ssd::PixelFormat::rgb}, workspace, results.found, 5);
    int spoiled = 0;
    for (const unsigned guard : results.guard) spoiled += guard != 0xABCDEF01;
    std::printf("%d found, %d words behind them overwritten", count, spoiled);
    for (int i = 0; i < count; ++i) std::printf(", %d %.3f %.2f", results.found[i].label, static_cast<double>(results.found[i].score), static_cast<double>(results.found[i].xmin));
    std::puts("");
}
)";

}  // namespace

TEST_CASE("Two networks of one version of the runtime meet in a source, whichever folder's headers come first") {
    const TwoVersions all;
    for (const char* includes : {"-Iold_net -Inew_net", "-Inew_net -Iold_net"})
        CHECK(all.folder.run(all.compile("two_runtime_versions.cc", includes)).errors == "");
}

TEST_CASE("Two versions of the runtime do not meet in a source, and do not collide in a program") {
    const TwoVersions all;
    all.renew(true);
    for (const char* includes : {"-Iold_net -Inew_net", "-Inew_net -Iold_net"})
        CHECK(first_error(all.folder,
                          "sh -c '" +
                              all.compile("two_runtime_versions.cc", includes).replace(0, compiler().size(), "g++") +
                              "'") == two_versions);
    write_if_changed(all.folder.path("c.c"), "#include \"old_net_c.h\"\n#include \"new_net_c.h\"\n");
    CHECK(first_error(all.folder, "gcc -std=c11 -fsyntax-only -Iold_net -Inew_net c.c") == two_versions);

    write_if_changed(all.folder.path("main.cpp"),
                     "void old_part();\nvoid new_part();\nint main() {\n    old_part();\n    new_part();\n}\n");
    for (const char* name : {"old", "new"}) {
        write_if_changed(all.folder.path(std::string(name) + ".cpp"), std::regex_replace(part, std::regex("@"), name));
        const std::string net = std::string(name) + "_net";
        const CommandResult built = all.folder.run(
            "for f in " + std::string(name) + ".cpp " + net + "/" + net + ".cpp " + net + "/" + net + "_weights.S " +
            net + "/layers/*.cpp; do o=" + name + "_$(basename $f).o; " + compiler() + " -std=c++17 -O1 -Wall -I" +
            net + " -c $f -o $o || exit 1; done && ar qc lib" + name + ".a " + name + "_*.o");
        REQUIRE_MESSAGE(built.status == 0, built.errors);
    }
    const CommandResult linked = all.folder.run(compiler() + " main.cpp -L. -lold -lnew -o both");
    REQUIRE_MESSAGE(linked.status == 0, linked.errors);
    const std::string output = all.folder.run("./both").output;
    const std::size_t half = output.size() / 2;
    CHECK(output.substr(0, 43) == "5 found, 0 words behind them overwritten, 2");
    CHECK(output.substr(0, half) == output.substr(half));
}

TEST_CASE("A runtime from before there were versions does not meet this one in a source") {
    const Case folder{};
    folder.check_done("generate " + specimen + "--target portable --no-selftest --out net");
    // As the header of such a copy leaves it.
    write_if_changed(folder.path("main.cpp"), "#define SSD_LARGEST_H\n#include \"specimen.h\"\n");
    CHECK(first_error(folder, "g++ -std=c++17 -fsyntax-only -Inet main.cpp") == two_versions);
}

TEST_CASE("A change of a result's layout without another version does not compile") {
    const TwoVersions all;
    all.renew(false);
    CHECK(first_error(all.folder, "g++ -std=c++17 -fsyntax-only -Inew_net new_net/new_net.cpp") ==
          "error: static assertion failed: another layout is another version: ssd/version.h, and the namespace in "
          "every header");
}

TEST_CASE(
    "What an emitted file needs of a compiler is said first: C++17, and for any target but portable GCC or Clang") {
    const Case folder{};
    folder.check_done("generate " + specimen + "--target portable --no-selftest --out net");
    folder.check_done("generate " + specimen + "--target portable --single-file --out one");
    folder.check_done("generate " + specimen + "--target portable --unroll compact --no-selftest --out compact");
    const std::string as_msvc = "g++ -fsyntax-only -std=c++17 -D_MSC_VER=1940 -D_MSVC_LANG=201703L ";
    const std::string old = "error: #error \"ssd/: found C++14 or older; allowed: C++17 or newer, -std=c++17\"";
    for (const char* file :
         {"net/specimen.cpp", "net/specimen_c.cpp", "net/layers/conv0.cpp", "net/layers/conv1_dw.cpp", "net/detect.cpp",
          "one/specimen.cpp", "compact/layers/compact-kernels.cpp", "compact/layers/conv0.cpp"}) {
        CAPTURE(std::string(file));
        for (const char* standard : {"c++14", "c++11"})
            CHECK(first_error(folder, std::string("g++ -fsyntax-only -Inet -Icompact -std=") + standard + " " + file) ==
                  old);
        CHECK(folder.run(as_msvc + "-Inet -Icompact " + file).errors == "");
    }
    for (const char* target : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
        CAPTURE(std::string(target));
        folder.check_done("generate " + specimen + "--no-selftest --out other --target " + target);
        CHECK(first_error(folder, as_msvc + "-Iother other/layers/conv0.cpp") ==
              "error: #error \"layers/vectors.h: found MSVC; allowed: GCC or Clang, or networks of the target "
              "portable\"");
    }
    // The interface for C asks less.
    write_if_changed(folder.path("c.cpp"), "#include \"specimen_c.h\"\n");
    CHECK(folder.run("g++ -std=c++11 -Wall -Wextra -Wpedantic -fsyntax-only -Inet c.cpp").errors == "");
}

TEST_CASE("ssdgen says its version, and so does what it emits") {
    const Case folder{};
    const CommandResult result = folder.ssdgen("--version");
    CHECK(result.status == 0);
    CHECK(result.output == "ssdgen 0.2.0\n");
    folder.check_done("generate " + specimen + "--target portable --out net");
    CHECK(read_file(folder.path("net/plan.json")).find("\n  \"generator\": \"ssdgen 0.2.0\",\n") != std::string::npos);
    for (const char* file : {"specimen.h", "specimen.cpp", "specimen_c.h", "layers/conv0.cpp"})
        CHECK(read_file(folder.path(std::string("net/") + file))
                  .rfind("// Generated by ssdgen 0.2.0: do not edit. ", 0) == 0);
    CHECK(read_file(folder.path("net/CMakeLists.txt")).rfind("# Generated by ssdgen 0.2.0: do not edit. ", 0) == 0);
}

TEST_CASE("The runtime stays tiny: what every network takes along, the thread pool being a file of its own") {
    const Case folder{};
    for (const std::string target : {"portable", "x86-64-v3"}) {
        CAPTURE(target);
        folder.check_done("generate " + specimen + "--no-selftest --out " + target + " --target " + target);
        std::size_t lines = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path(target + "/ssd"))) {
            const std::string text = read_file(entry.path().string());
            if (entry.path().filename() != "pool.h")
                lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        }
        CHECK(lines > 1000);
        CHECK(lines <= 1500);
    }
}
