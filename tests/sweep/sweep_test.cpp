// ssdgen sweep, compiled and measured: what a row holds, what is done again, what a failure says.
#include "support/files.h"
#include "sweeps.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

using namespace ssdgen;
using namespace ssdgen::test;

extern char** environ;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string specimen = quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json");
const std::string points = " --alpha 0.5,1 --rho 1 --target portable ";

/// Into the folder `out` of the folder.
CommandResult sweep(const TemporaryFolder& folder, const std::string& options) {
    const bool measured = options.find("--static") == std::string::npos;
    return run_command(quoted(SSDGEN_EXECUTABLE) + " sweep " + specimen + " --out out " +
                           (measured ? "--jobs 2 --runs 5 " : "") + options,
                       folder.path());
}

/// Runs a shell command in a folder and, once the file is there, does what Ctrl-C does: the interrupt goes to all of
/// the terminal's foreground process group. The command's own, since the tests may run in the background, where an
/// interrupt is ignored.
CommandResult interrupted(const std::string& command, const TemporaryFolder& folder, const std::string& file) {
    const std::string line =
        "cd " + quoted(folder.path()) + " && exec " + command + " > stopped.out 2> stopped.err < /dev/null";
    const char* const words[] = {"sh", "-c", line.c_str(), nullptr};
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &interrupt);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    REQUIRE(posix_spawnp(&child, "sh", nullptr, &attributes, const_cast<char* const*>(words), environ) == 0);
    posix_spawnattr_destroy(&attributes);
    for (int i = 0; i < 1200 && !fs::exists(folder.path(file)); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    kill(-child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder.path("stopped.out")),
            read_file(folder.path("stopped.err"))};
}

}  // namespace

TEST_CASE("Two points from nothing, then again: measured, and nothing done twice") {
    if (lacks(need::ninja)) return;
    const TemporaryFolder folder;
    const std::string runner =
        script(folder, "runner", "echo ran >> " + quoted(folder.path("runs")) + "\nexec \"$@\"\n");
    const std::string launcher =
        script(folder, "launcher", "echo \"$*\" >> " + quoted(folder.path("launched")) + "\nexec \"$@\"\n");
    const std::string options = points + "--threads 1,2 --compiler " + quoted(compiler()) + " --runner " +
                                quoted(runner) + " --compiler-launcher " + quoted(launcher);
    const CommandResult first = sweep(folder, options);
    INFO(first.errors);
    REQUIRE(first.status == 0);
    CHECK(count(first, "measure") == 4);
    // Nothing is measured while anything is still to be compiled.
    CHECK(first.errors.find("] measure") > first.errors.rfind("] compile"));
    CHECK(read_file(folder.path("runs")) == "ran\nran\nran\nran\n");
    const std::string launched = read_file(folder.path("launched"));
    CHECK(std::count(launched.begin(), launched.end(), '\n') == std::ptrdiff_t(count(first, "compile")));
    CHECK(launched.find("weights") == std::string::npos);

    const Json json = results(folder);
    REQUIRE(json.at("points").size() == 2);
    for (const Json& point : json.at("points")) {
        for (const char* key : {"ms_1", "p90_ms_1", "percent_of_peak_1", "memory_bytes_1", "ms_2", "code_bytes",
                                "library_bytes", "source_bytes", "generate_s", "compile_s", "macs", "arena_bytes"}) {
            CAPTURE(key);
            REQUIRE(point.contains(key));
            CHECK(point.at(key) > 0);
        }
        CHECK_FALSE(point.contains("failed"));
        const double flash = double(point.at("code_bytes")) + double(point.at("weights_bytes"));
        CHECK(point.at("flash_bytes") == flash);
        CHECK(point.at("library_bytes") > flash);
    }
    CHECK(read_file(folder.path("out/sweep.csv")).find("alpha,rho,input,target,unroll,macs,") == 0);
    CHECK(Json::parse(read_file(folder.path("out/calibration.json"))).at("portable").at("networks") == 2);

    const CommandResult again = sweep(folder, options);
    CHECK(again.status == 0);
    CHECK(again.errors.find("ninja: no work to do.") != std::string::npos);
    CHECK(again.output == first.output);

    // Another budget makes other results of the same measurements; another point is done alone.
    const CommandResult more = sweep(
        folder, "--alpha 0.5,0.75,1 --rho 1 --target portable --threads 1,2 --budget ram=1K --compiler " +
                    quoted(compiler()) + " --runner " + quoted(runner) + " --compiler-launcher " + quoted(launcher));
    CHECK(more.status == 0);
    CHECK(count(more, "generate") == 1);
    CHECK(count(more, "measure") == 2);
    CHECK(
        more.output.find("none of 3 fits the budget; nearest is alpha 0.5, rho 1 (24x24, portable, tile): it needs ") !=
        std::string::npos);
}

TEST_CASE("The estimate of machine code is within a fifth of what the compiler makes") {
    if (lacks(need::ninja)) return;
    const TemporaryFolder folder;
    REQUIRE(sweep(folder, "--alpha 1 --target portable --compiler " + quoted(compiler())).status == 0);
    const double measured = results(folder).at("points")[0].at("flash_bytes");
    REQUIRE(sweep(folder, "--alpha 1 --target portable --static --budget flash=1M").status == 0);
    const double estimated = results(folder).at("points")[0].at("flash_bytes");
    CHECK(estimated > 0.8 * measured);
    CHECK(estimated < 1.2 * measured);
}

TEST_CASE("A point that does not compile is a row that says why, and is tried again") {
    if (lacks(need::ninja)) return;
    const TemporaryFolder folder;
    const std::string broken = script(
        folder, "cxx",
        "case \"$*\" in *alpha_0.5*-c*layers/conv1.cpp*) echo 'conv1.cpp:1: error: none' >&2; exit 1;; esac\nexec " +
            quoted(compiler()) + " \"$@\"\n");
    const CommandResult first = sweep(folder, points + "--compiler " + quoted(broken));
    INFO(first.errors);
    CHECK(first.status == 0);
    Json json = results(folder);
    CHECK(json.at("points")[0].at("failed") == "compile: cxx gave 1: conv1.cpp:1: error: none");
    CHECK_FALSE(json.at("points")[0].contains("ms_1"));
    CHECK(json.at("points")[1].contains("ms_1"));
    CHECK(first.output.find(
              "\nfailed: alpha 0.5, rho 1, portable, tile: compile: cxx gave 1: conv1.cpp:1: error: none\n") !=
          std::string::npos);

    script(folder, "cxx", "exec " + quoted(compiler()) + " \"$@\"\n");
    const CommandResult second = sweep(folder, points + "--compiler " + quoted(broken));
    CHECK(second.status == 0);
    CHECK(count(second, "compile") == 1);
    CHECK(count(second, "measure") == 1);
    json = results(folder);
    CHECK_FALSE(json.at("points")[0].contains("failed"));
    CHECK(json.at("points")[0].contains("ms_1"));
}

TEST_CASE("A measurement that fails says why, and a program that dies says by which signal") {
    if (lacks(need::ninja)) return;
    const TemporaryFolder folder;
    const std::string runner =
        script(folder, "runner", "case \"$*\" in *alpha_0.5*) echo 'no such board' >&2; exit 3;; esac\nkill -ILL $$\n");
    const CommandResult result =
        sweep(folder, points + "--compiler " + quoted(compiler()) + " --runner " + quoted(runner));
    CHECK(result.status == 0);
    const Json json = results(folder);
    CHECK(json.at("points")[0].at("failed") == "measure: runner gave 3: no such board");
    CHECK(json.at("points")[1].at("failed") == "measure: runner died of signal 4 (Illegal instruction)");
    CHECK(json.at("points")[0].contains("code_bytes"));
}

TEST_CASE("Interrupted and begun again, a sweep goes on where it was") {
    if (lacks(need::ninja)) return;
    const TemporaryFolder folder;
    // The fourth compiler run waits for the interrupt.
    const std::string cxx = script(
        folder, "cxx",
        "if [ ! -e go ]; then echo x >> begun; [ $(wc -l < begun) -lt 4 ] || { touch waiting; sleep 60; }; fi\nexec " +
            quoted(compiler()) + " \"$@\"\n");
    const std::string command = quoted(SSDGEN_EXECUTABLE) + " sweep " + specimen +
                                " --out out --jobs 1 --runs 5 --compiler " + quoted(cxx) + points;
    const CommandResult stopped = interrupted(command, folder, "out/waiting");
    CHECK(stopped.status == 1);
    CHECK(stopped.errors.find(
              "out: the sweep was interrupted; allowed: the same command again, which goes on from here\n") !=
          std::string::npos);
    CHECK(count(stopped, "compile") >= 2);
    write_if_changed(folder.path("out/go"), "");
    const CommandResult again = run_command(command, folder.path());
    INFO(again.errors);
    CHECK(again.status == 0);
    CHECK(count(again, "generate") <= 1);
    CHECK(again.output.find("failed") == std::string::npos);
    const Json json = results(folder);
    for (const Json& point : json.at("points")) CHECK(point.contains("ms_1"));
}

TEST_CASE("Launchers that are there: ccache compiles nothing the second time") {
    if (lacks(need::ninja) || lacks(need::ccache)) return;
    const TemporaryFolder folder;
    const std::string cache = "export CCACHE_DIR=" + quoted(folder.path("cache")) + "; ";
    const std::string command = quoted(SSDGEN_EXECUTABLE) + " sweep " + specimen +
                                " --out out --jobs 2 --runs 5 --alpha 1 --compiler-launcher ccache --compiler " +
                                quoted(compiler());
    REQUIRE(run_command(cache + command, folder.path()).status == 0);
    fs::remove_all(folder.path("out"));
    REQUIRE(run_command(cache + "ccache -z && " + command, folder.path()).status == 0);
    const std::string statistics = require_command(cache + "ccache --print-stats", folder.path()).output;
    CHECK(statistics.find("\ncache_miss\t0\n") != std::string::npos);
    CHECK(results(folder).at("points")[0].contains("ms_1"));
}

TEST_CASE("Wrong command lines and files") {
    const TemporaryFolder folder;
    const auto errors = [&](const std::string& options, int status) {
        const CommandResult result = sweep(folder, options);
        CHECK(result.status == status);
        CHECK_FALSE(fs::exists(folder.path("out")));
        return result.errors;
    };
    CHECK(errors("--alpha 0.5,2", 2) == "ssdgen: --alpha: found 2; allowed: a number above 0 and at most 1\n");
    CHECK(errors("--rho 0.5,", 2) == "ssdgen: --rho: found ; allowed: a number above 0 and at most 1\n");
    CHECK(errors("--threads 1,0", 2) == "ssdgen: --threads: found 0; allowed: whole numbers from 1 to 16\n");
    CHECK(errors("--unroll loop", 2) == "ssdgen: --unroll: found loop; allowed: compact, tile, full\n");
    CHECK(errors("--budget speed=1", 2).find("ssdgen: --budget: found speed=1; allowed: ms=NUMBER") == 0);
    CHECK(errors("--static --runner x", 2).find("--static excludes --runner") != std::string::npos);
    CHECK(errors("--static --calibration none.json", 1) ==
          "ssdgen: none.json: cannot be read: No such file or directory; allowed: a readable file\n");
    const CommandResult result = run_command(
        "PATH=/nonexistent " + quoted(SSDGEN_EXECUTABLE) + " sweep " + specimen + " --out none", folder.path());
    CHECK(result.status == 1);
    CHECK(result.errors ==
          "ssdgen: ninja: is not installed; allowed: a sweep with it (Debian: ninja-build), or one with --static\n");
}

TEST_CASE("generate --max-ram and --max-flash: refused before anything is written; the header says it to the product") {
    const TemporaryFolder folder;
    const std::string generate =
        quoted(SSDGEN_EXECUTABLE) + " generate " + specimen + " --random-weights 1 --target portable --out net ";
    const CommandResult ram = run_command(generate + "--max-ram 8K", folder.path());
    CHECK(ram.status == 1);
    CHECK(ram.errors.find("needs 11,584 bytes of RAM (the arena of one thread; most of it while ") !=
          std::string::npos);
    CHECK(ram.errors.find(" runs); allowed: at most 8,192 (--max-ram)\n") != std::string::npos);
    const CommandResult flash = run_command(generate + "--max-flash 10K", folder.path());
    CHECK(flash.status == 1);
    CHECK(flash.errors.find(" bytes of flash (8,576 of weights, about ") != std::string::npos);
    const CommandResult half = run_command(generate + "--max-flash 10K --weights-type bf16", folder.path());
    CHECK(half.status == 1);
    CHECK(half.errors.find(" bytes of flash (4,736 of weights, about ") != std::string::npos);
    CHECK_FALSE(fs::exists(folder.path("net")));
    CHECK(run_command(generate + "--max-ram 1.5M", folder.path()).status == 2);

    require_command(generate + "--max-ram 12K --max-flash 100K", folder.path());
    write_if_changed(folder.path("product.cpp"),
                     "#include \"specimen.h\"\nint main() { return specimen::arena_bytes == 11584 ? 0 : 1; }\n");
    const std::string compile = compiler() + " -std=c++17 -Inet -fsyntax-only product.cpp ";
    CHECK(run_command(compile + "-DSPECIMEN_MAX_RAM=12288 -DSPECIMEN_MAX_FLASH=102400", folder.path()).status == 0);
    CHECK(run_command(compile + "-DSPECIMEN_MAX_RAM=8192", folder.path())
              .errors.find("the arena of one thread is larger than SPECIMEN_MAX_RAM") != std::string::npos);
    // Beyond the weights, below weights and machine code.
    CHECK(run_command(compile + "-DSPECIMEN_MAX_FLASH=16384", folder.path())
              .errors.find("larger than SPECIMEN_MAX_FLASH") != std::string::npos);
    CHECK(run_command(compile + "-DSPECIMEN_MAX_FLASH=8192", folder.path())
              .errors.find("larger than SPECIMEN_MAX_FLASH") != std::string::npos);
}
