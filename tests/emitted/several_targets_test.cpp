// Several instruction sets in one binary, which chooses when it runs; each can be called by itself.
#include "support/files.h"
#include "target/table.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const char* const strict = " -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off -I. ";
const std::vector<std::string> forced{"portable", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
const std::string all_targets = "portable,x86-64-v2,x86-64-v3,x86-64-v4";

std::string identifier_of(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

// Prints every bit of what a target makes, or "lacks" where this machine does not run it; without a name: of the chosen
// one.
const char* const driver = R"(
#include "specimen.h"
#include <cstdio>
#include <cstring>
#include <vector>

static specimen::ThreadedWorkspace<2> workspace;  // made before main
static std::uint8_t picture[24 * 24 * 3];
static float boxes[specimen::priors * 4], logits[specimen::priors * specimen::classes];

static void print() {
    for (float value : boxes) std::printf("%a\n", static_cast<double>(value));
    for (float value : logits) std::printf("%a\n", static_cast<double>(value));
}

#ifdef WEIGHTS_FILE
static std::vector<float> bytes(1 << 16);
template <class Workspace>
static int use_weights(const char* (*use)(Workspace&, const void*, std::size_t) noexcept, Workspace& memory, const char* path) {
    std::FILE* const file = std::fopen(path, "rb");
    if (file == nullptr) return 3;
    const std::size_t size = std::fread(bytes.data(), 1, bytes.size() * sizeof(float), file);
    std::fclose(file);
    if (use(memory, bytes.data(), size - 4) == nullptr) return 4;
    return use(memory, bytes.data(), size) == nullptr ? 0 : 5;
}
#define USE_WEIGHTS(NAMESPACE, MEMORY, FILE) \
    if (const int wrong = use_weights(NAMESPACE::use_weights, static_cast<NAMESPACE::Workspace&>(MEMORY), FILE)) return wrong
#else
#define USE_WEIGHTS(NAMESPACE, MEMORY, FILE)
#endif

#define FORCE(TARGET)                                                                       \
    if (std::strcmp(argv[1], #TARGET) == 0) {                                               \
        if (!specimen::runs_here(specimen::Target::TARGET)) return std::puts("lacks") < 0;  \
        static specimen_##TARGET::Workspace own;                                            \
        USE_WEIGHTS(specimen_##TARGET, own, argv[2]);                                       \
        specimen_##TARGET::forward(picture, boxes, logits, own);                            \
        print();                                                                            \
        return 0;                                                                           \
    }

int main(int argc, char** argv) {
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * i % 251);
    if (argc > 1) {
        FORCE(portable)
        FORCE(x86_64_v2)
        FORCE(x86_64_v3)
        FORCE(x86_64_v4)
        return 2;
    }
    USE_WEIGHTS(specimen, workspace, specimen::weights_file());
    specimen::forward(picture, boxes, logits, workspace);
    print();
    return 0;
}
)";

// The processor is asked before main and never again: a processor that seems to have lost everything changes nothing.
// __cpu_model is what the compilers' runtime knows about it; the first caller comes before that, and before the
// network's own constants.
const char* const changed_processor = R"(
#include "specimen.h"
#include <cstdio>

extern "C" {
extern struct { unsigned vendor, type, subtype, features[1]; } __cpu_model;
}

static specimen::Target first;
__attribute__((constructor(101))) static void call_first() { first = specimen::target(); }
static const specimen::Target early = specimen::target();

int main() {
    const specimen::Target chosen = specimen::target();
    if (first != chosen || early != chosen) return 1;
    if (!specimen::runs_here(chosen)) return 2;
    __cpu_model.features[0] = 0;
    if (specimen::runs_here(specimen::Target::x86_64_v2)) return 3;
    return specimen::target() == chosen ? std::printf("%d\n", static_cast<int>(chosen)) < 0 : 4;
}
)";

// The one target of a folder.
const char* const alone = R"(
#include "specimen.h"
#include <cstdio>
int main() {
    static specimen::Workspace workspace;
    static std::uint8_t picture[24 * 24 * 3];
    static float boxes[specimen::priors * 4], logits[specimen::priors * specimen::classes];
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * i % 251);
    specimen::forward(picture, boxes, logits, workspace);
    for (float value : boxes) std::printf("%a\n", static_cast<double>(value));
    for (float value : logits) std::printf("%a\n", static_cast<double>(value));
}
)";

void generate(const TemporaryFolder& folder, const std::string& options) {
    require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                        " --random-weights 3 --out out " + options,
                    folder.path());
}

std::string outputs_alone(const std::string& target) {
    const TemporaryFolder folder;
    generate(folder, "--single-file --target " + target);
    write_if_changed(folder.path("out/main.cc"), alone);
    require_command(compiler() + strict + "main.cc specimen.cpp -o program", folder.path("out"));
    return require_command("./program", folder.path("out")).output;
}

/// All targets in one program.
struct Program {
    TemporaryFolder folder;
    Program(const std::string& options, const std::string& sources, const std::string& flags = "") {
        generate(folder, "--no-selftest --target " + all_targets + " " + options);
        write_if_changed(folder.path("out/main.cc"), driver);
        const std::string weights =
            "for t in portable x86_64_v2 x86_64_v3 x86_64_v4; do if [ -e $t/specimen_${t}_weights.S ]; then "
            "(cd $t && c++ -c specimen_${t}_weights.S) || exit 1; fi; done; ";
        require_command(weights + compiler() + strict + flags + "main.cc " + sources + " -o program",
                        folder.path("out"));
    }
    std::string run(const std::string& arguments = "") const {
        return require_command("./program " + arguments, folder.path("out")).output;
    }
};

const char* const of_folder =
    "specimen.cpp specimen_c.cpp */specimen_portable.cpp */specimen_x86_64_v?.cpp */layers/*.cpp ";

bool runs(const std::string& target) { return runs_here(find_target(target)); }

}  // namespace

TEST_CASE(
    "One binary for four targets: each, forced, gives the bits of a program of its own; the best is chosen without "
    "being asked for") {
    const Program program("", std::string(of_folder) + "*/*.o");
    std::string best;
    for (const std::string& target : forced) {
        CAPTURE(target);
        const std::string found = program.run(identifier_of(target));
        CHECK(found == (runs(target) ? outputs_alone(target) : "lacks\n"));
        if (runs(target)) best = found;
    }
    CHECK(best.size() > 1000);
    CHECK(program.run() == best);
}

TEST_CASE(
    "The target is a constant that is made before main: who calls earlier gets the same, and nothing is asked again") {
    const TemporaryFolder folder;
    generate(folder, "--single-file --target " + all_targets);
    write_if_changed(folder.path("out/main.cc"), changed_processor);
    require_command(compiler() + strict + "main.cc specimen.cpp -o program", folder.path("out"));
    const auto last = std::find_if(forced.rbegin(), forced.rend(), runs);
    CHECK(require_command("./program", folder.path("out")).output == std::to_string(forced.rend() - last - 1) + "\n");
}

TEST_CASE("Several targets with weights as array and file, and as a single file, give the same bits") {
    const std::string expected = outputs_alone("native");
    CHECK(Program("--weights-as array", std::string(of_folder) + "*/*_weights.cpp").run() == expected);
    CHECK(Program("--single-file", "specimen.cpp").run() == expected);
    const Program single("--single-file --weights-as file", "specimen.cpp", "-DWEIGHTS_FILE ");
    CHECK(single.run() == expected);
    for (const std::string& target : forced) {
        if (!runs(target)) continue;
        const std::string name = identifier_of(target);
        CHECK(single.run(name + " specimen_" + name + "_weights.bin") == outputs_alone(target));
    }
    // Made for another target.
    CHECK(run_command("./program portable specimen_x86_64_v3_weights.bin", single.folder.path("out")).status == 5);
}

TEST_CASE(
    "Several targets whose weights have 16 bits give each the bits of a program of its own, linked or handed over") {
    const std::string stored = " --weights-type bf16";
    const Program linked(stored, std::string(of_folder) + "*/*.o");
    const Program single("--single-file --weights-as file" + stored, "specimen.cpp", "-DWEIGHTS_FILE ");
    for (const std::string& target : forced) {
        if (!runs(target)) continue;
        CAPTURE(target);
        const std::string name = identifier_of(target), expected = outputs_alone(target + stored);
        CHECK(expected != outputs_alone(target));
        CHECK(linked.run(name) == expected);
        CHECK(single.run(name + " specimen_" + name + "_weights.bin") == expected);
    }
    // Made for weights of another type.
    const TemporaryFolder floats;
    generate(floats, "--single-file --weights-as file --no-selftest --target " + all_targets);
    CHECK(run_command("./program portable " + quoted(floats.path("out/specimen_portable_weights.bin")),
                      single.folder.path("out"))
              .status == 5);
}

TEST_CASE(
    "The build file of several targets: one word is written, before main, and the self-tests of all that run here "
    "pass") {
    for (const char* form : {"object", "file"}) {
        const TemporaryFolder folder;
        generate(folder, std::string("--target x86-64-v4,portable --weights-as ") + form);
        require_command("CXX=" + quoted(compiler()) + " cmake -S out -B b && cmake --build b -j2", folder.path());
        const std::string sections = require_command(
                                         "nm -C --defined-only b/libspecimen.a | grep -E ' [bBdDC] ' | grep -vE ' d "
                                         ".*(prior_boxes|grids|settings)$' || true",
                                         folder.path())
                                         .output;
        CHECK(sections == "0000000000000000 b specimen::(anonymous namespace)::chosen\n");
        const std::string proved =
            "so this code computes the description; whether that is your model, --raw-input and --dump-raw can tell\n";
        const std::string last = runs("x86-64-v4") ? "specimen_x86_64_v4: 9 layers agree with the reference\n" + proved
                                                   : "specimen_x86_64_v4: not run, this machine lacks what it needs\n";
        CHECK(require_command("b/specimen_selftest", folder.path()).output ==
              "specimen_portable: 9 layers agree with the reference\n" + proved + last);
        const std::string benched = require_command("b/specimen_bench --runs 1 --json", folder.path()).output;
        CHECK(benched.find(runs("x86-64-v4") ? "\"specimen_x86_64_v4\"" : "\"specimen_portable\"") !=
              std::string::npos);
        write_if_changed(folder.path("picture.u8"), std::string(24 * 24 * 3, 'x'));
        CHECK(require_command("b/specimen_detect --raw-input picture.u8 --json --threads 2", folder.path())
                  .output.rfind("{\"detections\":[", 0) == 0);

        // plan.json says what is needed together and for each.
        const auto plan = nlohmann::json::parse(read_file(folder.path("out/plan.json")));
        CHECK(plan.at("target") == "portable,x86-64-v4");
        std::int64_t arena = 0, weights = 0;
        for (const auto& target : plan.at("targets")) {
            const auto own = nlohmann::json::parse(
                read_file(folder.path("out/" + identifier_of(target.at("target").get<std::string>()) + "/plan.json")));
            CHECK(own.at("arena_bytes") == target.at("arena_bytes"));
            arena = std::max(arena, target.at("arena_bytes").get<std::int64_t>());
            weights += target.at("weights_bytes").get<std::int64_t>();
        }
        CHECK(plan.at("targets").size() == 2);
        CHECK(plan.at("arena_bytes") == arena);
        CHECK(plan.at("weights_bytes") == weights);
    }
}

TEST_CASE("Lists of targets that are wrong: status 2") {
    const auto refused = [](const std::string& targets, const std::string& options = "") {
        const CommandResult result =
            run_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                        " --random-weights 1 --out /nowhere/at/all --target " + targets + options);
        CHECK(result.status == 2);
        return result.errors;
    };
    const std::string allowed =
        "; allowed: native, portable, x86-64-v2, x86-64-v3, x86-64-v3-vnni, x86-64-v4, x86-64-v4-vnni\n";
    CHECK(refused("portable,portable") ==
          "ssdgen: --target: found portable twice in portable,portable; allowed: each once\n");
    CHECK(refused("portable,vax") == "ssdgen: --target: vax" + allowed);
    CHECK(refused("portable,x86-64-v2", " --tuning t.json") ==
          "ssdgen: --tuning: found with several targets; allowed: with one\n");
    CHECK(refused("portable,") == "ssdgen: --target: " + allowed);
}
