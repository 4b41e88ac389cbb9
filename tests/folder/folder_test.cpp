// The emitted folder as a product takes it: bytes, builds, compilers, sanitizers, symbols.
#include "support/error.h"
#include "target/table.h"
#include "tools/float_targets.h"
#include "tools/long_run.h"
#include "tools/program.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const char* const warnings = " -Wall -Wextra -Wpedantic -Wconversion -Werror ";

Zoo small(const std::string& name) {
    Zoo zoo{name};
    zoo.layers = {convolution("c0", 9, 3, 2), depthwise("d1/dw", 3, 1), pointwise("p1", 20),
                  convolution("c2", 8, 3, 2)};
    zoo.sources = {"p1", "c2"};
    return zoo;
}

Zoo small_classifier(const std::string& name) {
    Zoo zoo = small(name);
    zoo.layers = {convolution("c0", 9, 3, 2), pool("pool", "\"global\""), fully_connected("fc", 12),
                  R"({"name": "prob", "type": "softmax"})"};
    zoo.sources.clear();
    return zoo;
}

Network network_of(const Zoo& zoo, const Target& target = find_target("native")) {
    return make_network({description_of(zoo), target, 8});
}

const Target& last_target() { return find_target("native"); }

std::string cmake(const std::string& folder, const std::string& options = "") {
    return fmt::format("CXX={} cmake -S {} -B {}/build {} && cmake --build {}/build -j2", quoted(compiler()), folder,
                       folder, options, folder);
}

// A product with two networks: finds objects in a picture of another size, twice, and classifies it.
const char* const product = R"(
#include "one.h"
#include "two.h"
#include <cstdio>
#include <vector>
static one::ThreadedWorkspace<2> first;
static two::Workspace second;
int main() {
    std::vector<unsigned char> bytes(37 * 53 * 4 + 5);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 7 % 251);
    for (const ssd::PixelFormat format : {ssd::PixelFormat::rgb, ssd::PixelFormat::bgra, ssd::PixelFormat::gray}) {
        const ssd::Image image{bytes.data(), 53, 37, 53 * ssd::channels(format), format};
        ssd::Detection found[20];
        const int count = one::detect(image, first, found, 20);
        for (int i = 0; i < count; ++i) std::printf("%d %.5f %d\n", found[i].label, static_cast<double>(found[i].score), found[i].anchor);
        ssd::Classification classes[3];
        if (two::classify(image, second, classes, 3) != 3) return 1;
        std::printf("class %d\n", classes[0].label);
    }
    return 0;
}
)";

struct Product {
    TemporaryFolder folder;
    Product() {
        emit(network_of(small("one"), last_target())).write(folder.path("one"));
        emit(network_of(small_classifier("two"), find_target("portable"))).write(folder.path("two"));
        // Written at another time: what keeps the two copies of the runtime's headers apart must be their guards.
        for (const auto& entry : std::filesystem::directory_iterator(folder.path("two/ssd")))
            std::filesystem::last_write_time(entry.path(),
                                             std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
        write_if_changed(folder.path("main.cpp"), product);
    }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("Two generations give the same bytes, on every target") {
    for (const Target& target : test::float_targets()) {
        const auto first = emit(network_of(small("same"), target)).files();
        CHECK(first == emit(network_of(small("same"), target)).files());
        for (const auto& [path, bytes] : first) {
            CAPTURE(path);
            CHECK(bytes.find(SSDGEN_SOURCE_DIR) == std::string::npos);
            CHECK(bytes.find("/tmp/") == std::string::npos);
        }
    }
}

TEST_CASE("A file that holds the right bytes is not written again, one that does not is") {
    const TemporaryFolder folder;
    const FileSet files = emit(network_of(small("again")));
    files.write(folder.path("out"));
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(5);
    const std::string spoiled = "layers/p1.cpp";
    write_if_changed(folder.path("out/" + spoiled), "something else");
    for (const auto& file : files.files()) std::filesystem::last_write_time(folder.path("out/" + file.first), old);
    files.write(folder.path("out"));
    for (const auto& [path, bytes] : files.files()) {
        CAPTURE(path);
        CHECK((std::filesystem::last_write_time(folder.path("out/" + path)) == old) == (path != spoiled));
        CHECK(read_file(folder.path("out/" + path)) == bytes);
    }
}

TEST_CASE(
    "Two networks of different targets link into one program: by hand with plain -std=c++17 -O2, and with "
    "add_subdirectory") {
    const Product product;
    require_command(compiler() +
                        " -std=c++17 -O2 -Ione -Itwo main.cpp one/one.cpp one/layers/*.cpp one/one_weights.S "
                        "two/two.cpp two/layers/*.cpp two/two_weights.S -o by_hand",
                    product.folder.path());
    const CommandResult by_hand = require_command("./by_hand", product.folder.path());
    CHECK(lines_of(by_hand.output).size() > 3);

    write_if_changed(product.folder.path("CMakeLists.txt"),
                     "cmake_minimum_required(VERSION 3.16)\nproject(product LANGUAGES "
                     "CXX)\nadd_subdirectory(one)\nadd_subdirectory(two)\n"
                     "add_executable(product main.cpp)\ntarget_link_libraries(product PRIVATE one two)\n");
    require_command(cmake(product.folder.path()));
    CHECK(require_command("build/product", product.folder.path()).output == by_hand.output);
}

TEST_CASE("No warning from g++ or clang++ in any emitted source or runtime header") {
    const TemporaryFolder folder;
    const std::vector<Target> all = is_long_run() ? targets() : std::vector<Target>{targets()[0], targets().back()};
    for (const Target& target : all)
        emit(network_of(small("d_" + target_suffix(target)), target)).write(folder.path("d_" + target_suffix(target)));
    emit(network_of(small_classifier("classifier"))).write(folder.path("classifier"));
    for (const std::string chosen : {"g++", "clang++"}) {
        if (lacks(chosen == "g++" ? need::gcc : need::clang)) continue;
        CAPTURE(chosen);
        // -isystem: what is not ours.
        const std::string compile = fmt::format("{} -std=c++17 -O1{}-I. -c {{}} -o /dev/null", chosen, warnings);
        const CommandResult result = run_command(
            "for d in *; do (cd $d && ls *.cpp layers/*.cpp | xargs -P 2 -I{} " + compile + ") || exit 1; done",
            folder.path());
        CHECK(result.errors == "");
        CHECK(result.status == 0);
        for (const auto& entry : std::filesystem::directory_iterator(folder.path("classifier/ssd"))) {
            const std::string alone = fmt::format("{} -std=c++17 -O1{}-I. -x c++ -include {} -fsyntax-only /dev/null",
                                                  chosen, warnings, entry.path().string());
            CHECK(run_command(alone, folder.path("classifier")).errors == "");
        }
    }
}

TEST_CASE("AddressSanitizer and UndefinedBehaviorSanitizer find nothing") {
    const std::string sanitize =
        "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer";
    Zoo mixed = small("mixed");
    mixed.head_kernel = 3;
    mixed.layers.push_back(depthwise("d3", 3, 2, R"("padding": "same")"));
    mixed.layers.push_back(pool("pool", "2", 1));
    mixed.layers.push_back(convolution("c4", 17, 3, 1, R"("dilation": 2)"));
    mixed.sources = {"p1", "c4"};
    std::vector<Network> networks{network_of(mixed)};
    const bool everything = is_long_run();  // instrumented, large kernels compile for minutes
    for (const Zoo& one : zoo())
        if (everything || one.name == "uneven" || one.name == "one_pixel" || one.name == "straight")
            networks.push_back(network_of(one));
    std::vector<const Network*> all;
    for (const Network& network : networks) all.push_back(&network);
    const Program program(all, sanitize);
    for (const Network& network : networks) {
        CAPTURE(network.name());
        program.run(network, pictures_for(network));
        const CommandResult result = program.selftest(network);
        CHECK(result.status == 0);
        CHECK(result.errors == "");
    }
    const Product product;
    require_command(compiler() + " -std=c++17 " + sanitize +
                        " -Ione -Itwo main.cpp one/one.cpp one/layers/*.cpp one/one_weights.S "
                        "two/two.cpp two/layers/*.cpp two/two_weights.S -o checked && ./checked",
                    product.folder.path());
}

TEST_CASE("The folder builds by itself, as Debug too, and its programs run") {
    const TemporaryFolder folder;
    emit(network_of(small("debugged"))).write(folder.path("net"));
    require_command(cmake(folder.path("net"), "-DCMAKE_BUILD_TYPE=Debug"));
    CHECK(require_command(folder.path("net/build/debugged_selftest")).output ==
          "debugged: 8 layers agree with the reference\n"
          "so this code computes the description; whether that is your model, --raw-input and --dump-raw can tell\n");
    write_if_changed(folder.path("picture.u8"), std::string(13 * 24 * 3, 'x'));
    const CommandResult found = require_command(
        "net/build/debugged_detect --raw-input picture.u8 --json --dump-raw raw --threads 2", folder.path());
    CHECK(found.output.rfind("{\"detections\":[", 0) == 0);
    CHECK(std::filesystem::file_size(folder.path("raw/boxes.f32")) % 16 == 0);
}

TEST_CASE("The library calls no heap and no exceptions, and has no memory of its own that is written") {
    const TemporaryFolder folder;
    emit(network_of(small("lean"))).write(folder.path("net"));
    require_command("CXXFLAGS='-fno-exceptions -fno-rtti' CXX=" + quoted(compiler()) +
                        " cmake -S net -B net/build && cmake --build net/build --target lean",
                    folder.path());
    const std::set<std::string> allowed{
        "memset", "memcpy", "memmove", "expf", "exp", "log", "lrintf", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"};
    bool seen_weights = false;
    const std::regex symbol_line("([^ |]+) *\\|([^|]*)\\| *(.) *\\|[^|]*\\|[^|]*\\|[^|]*\\| *([^ |]*) *");
    for (const std::string& line : lines_of(require_command("nm -f sysv net/build/liblean.a", folder.path()).output)) {
        std::smatch match;
        if (!std::regex_match(line, match, symbol_line)) continue;
        const std::string symbol = match[1], kind = match[3], section = match[4];
        CAPTURE(line);
        // .data.rel.ro holds constants with addresses in them.
        const bool written = section.rfind(".data.rel.ro", 0) != 0 &&
                             (section.rfind(".data", 0) == 0 || section.rfind(".bss", 0) == 0 ||
                              section.rfind(".tdata", 0) == 0 || section.rfind(".tbss", 0) == 0 || section == "*COM*");
        CHECK_FALSE(written);
        const bool own = symbol.find("lean") != std::string::npos || symbol.rfind("_ZN3ssd7kernels", 0) == 0;
        if (kind == "U" && !own) CHECK(allowed.count(symbol) == 1);
        seen_weights = seen_weights || (symbol == "lean_weights" && section == ".rodata");
    }
    CHECK(seen_weights);
}

TEST_CASE("detect and classify allocate nothing, and need neither exceptions nor RTTI") {
    const Product product;
    std::string text = read_file(product.folder.path("main.cpp"));
    const std::string counting = R"(
#include <cstdlib>
#include <new>
static bool forbidden = false;
void* operator new(std::size_t size) {
    if (forbidden) std::abort();
    return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
)";
    text.replace(text.find("    for (const ssd::PixelFormat"), 0, "    forbidden = true;\n");
    text.replace(text.find("    return 0;"), 0, "    forbidden = false;\n");
    write_if_changed(product.folder.path("main.cpp"), counting + text);
    require_command(compiler() +
                        " -std=c++17 -O1 -fno-exceptions -fno-rtti -Ione -Itwo main.cpp one/one.cpp one/layers/*.cpp "
                        "one/one_weights.S "
                        "two/two.cpp two/layers/*.cpp two/two_weights.S -o heapless && ./heapless",
                    product.folder.path());
}
