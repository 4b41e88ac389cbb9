// What a call takes of the stack, against what header and plan.json say. With SSDGEN_SHOW set the figures are printed.
#include "support/files.h"
#include "tools/long_run.h"
#include "tools/shell.h"
#include "tools/stack_frames.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Runs a network on stacks that are painted first, and prints the most bytes that differ afterwards.
const char* const painted_stack = R"(
#include "net.h"
#include <pthread.h>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

struct Job { ssd::Executor::Task task; const void* context; int part, parts; };
alignas(4096) static unsigned char stack[1 << 18];
static unsigned char* top;
static int most = 0;
static net::ThreadedWorkspace<2> workspace;
static std::vector<unsigned char> bytes(200 * 300 * 3);
static ssd::Detection found[20];
static ssd::Executor executor;

static void detect() {
    const ssd::Image image{bytes.data(), 300, 200, 300 * 3, ssd::PixelFormat::rgb};
    ssd::DetectOptions options;
    options.score_threshold = 0;
    if (net::detect(image, workspace, found, 20, options, executor) < 1) std::puts("nothing found");
}
// Everything below this frame is the network's.
template <class Call>
[[gnu::noinline]] static void paint_and_call(const Call& call) {
    top = static_cast<unsigned char*>(__builtin_frame_address(0)) - 256;  // its own variables, and memset's
    asm volatile("" ::: "memory");
    std::memset(stack, 0xA5, static_cast<std::size_t>(top - stack));
    call();
    asm volatile("" ::: "memory");
}
template <class Call>
static void measure(const Call& call) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, sizeof stack);
    pthread_t thread;
    const auto run = [](void* context) -> void* {
        paint_and_call(*static_cast<const Call*>(context));
        return nullptr;
    };
    pthread_create(&thread, &attributes, run, const_cast<Call*>(&call));
    pthread_join(thread, nullptr);
    unsigned char* lowest = stack;
    while (lowest < top && *lowest == 0xA5) ++lowest;
    most = std::max(most, static_cast<int>(top - lowest) + 256);
}
static void run_parts(void*, ssd::Executor::Task task, const void* context, int parts) {
    for (int part = 0; part < parts; ++part) measure([&] { task(context, part, parts); });
}

int main() {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * i % 251);
    measure([] { detect(); });
    executor.threads = 2;
    executor.run = run_parts;
    detect();
    std::printf("%d\n", most);
}
)";

/// An emitted network.
class Emitted {
  public:
    explicit Emitted(const std::string& options) {
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + SSDGEN_SOURCE_DIR "/configs/" + options +
                        " --random-weights 1 --no-selftest --name net --out " + quoted(folder_.path("net")));
    }

    int stack_bytes() const { return nlohmann::json::parse(read_file(folder_.path("net/plan.json")))["stack_bytes"]; }
    std::string folder() const { return folder_.path("net"); }

    /// Of the deepest chain of calls.
    int measured(const std::string& compiler, const std::string& level) const {
        const std::string out = folder_.path(compiler + level);
        std::filesystem::create_directories(out);
        write_if_changed(folder_.path("sources"), paths_of({"kernel", "network", "c_source"}));
        require_command(
            fmt::format("xargs -P 2 -I{{}} sh -c '{} -std=c++17 {} -ffp-contract=off -I. -fstack-usage {} -S "
                        "{{}} -o \"{}/$(echo {{}} | tr / :).s\"' < ../sources",
                        compiler, level, compiler == "g++" ? "-fcallgraph-info=su" : "", out),
            folder());
        StackFrames frames;
        for (const auto& entry : std::filesystem::directory_iterator(out)) {
            if (entry.path().extension() != ".s") continue;
            const std::string base = (entry.path().parent_path() / entry.path().stem()).string();
            if (compiler == "g++")
                frames.add(entry.path().stem().string(), read_file(base + ".s"), read_file(base + ".ci"), "");
            else
                frames.add(entry.path().stem().string(), read_file(base + ".s"), "", read_file(base + ".su"));
        }
        return frames.deepest();
    }

    /// What detect() leaves of the stack that it is run on, with one thread and with two: the most that it took.
    int used(const std::string& with) const {
        write_if_changed(folder_.path("net/painted.cc"), painted_stack);
        std::string files = paths_of({"kernel", "network", "c_source", "weights_source"});
        std::replace(files.begin(), files.end(), '\n', ' ');
        require_command(with + " -std=c++17 -ffp-contract=off -I. -Wa,-Iportable -Wa,-Ix86_64_v3 " + files +
                            "painted.cc -pthread -Wl,-z,now -o painted",
                        folder());
        return std::stoi(require_command("./painted", folder()).output);
    }

  private:
    /// Sources of these roles, a line each.
    std::string paths_of(const std::set<std::string>& roles) const {
        const nlohmann::json plan = nlohmann::json::parse(read_file(folder_.path("net/plan.json")));
        std::string paths;
        for (const nlohmann::json& file : plan["files"]) {
            const std::string path = file["path"];
            if (roles.count(file["role"]) && path.find(".h") == std::string::npos) paths += path + "\n";
        }
        return paths;
    }

    TemporaryFolder folder_;
};

struct Compiled {
    std::string options;
    std::vector<std::string> with;  // g++-O2 and so on
};

std::vector<Compiled> networks() {
    const std::vector<std::string> all{"g++-O2", "g++-O3", "clang++-O2", "clang++-O3"};
    const std::string largest = "mobilenet_ssd_voc.json --alpha 1 ";
    if (!is_long_run())
        return {{"specimen.json --target x86-64-v4", {"g++-O3"}},
                {"specimen.json --target x86-64-v2 --unroll full", {"g++-O2"}},
                {"specimen.json --target x86-64-v3 --unroll full", {"clang++-O3"}},
                {"specimen.json --target portable,x86-64-v3 --unroll compact", {"g++-O2"}},
                {largest + "--target x86-64-v4 --unroll compact", {"g++-O3", "clang++-O2"}},
                {largest + "--target x86-64-v4", {"g++-O2"}}};
    std::vector<Compiled> networks;
    for (const std::string target : {"x86-64-v4", "x86-64-v3", "x86-64-v2", "portable"})
        for (const std::string form : {"tile", "compact", "full"})
            for (const std::string& network :
                 {std::string("specimen.json "), std::string("specimen.json --weights-type f16 "),
                  std::string("mobilenet_ssd_voc.json --alpha 0.25 "), largest,
                  std::string("mobilenet_v1_imagenet.json --alpha 0.5 ")})
                networks.push_back({network + "--target " + target + " --unroll " + form, all});
    return networks;
}

}  // namespace

TEST_CASE(
    "The deepest chain of calls takes less stack than plan.json says, as GCC and Clang with -O2 and -O3 state their "
    "frames, and no frame grows") {
    for (const Compiled& network : networks()) {
        CAPTURE(network.options);
        const Emitted emitted(network.options);
        for (const std::string& with : network.with) {
            CAPTURE(with);
            const std::string compiler = with.substr(0, with.find('-'));
            if (lacks(compiler == "g++" ? need::gcc : need::clang)) continue;
            const int measured = emitted.measured(compiler, with.substr(with.find('-')));
            if (std::getenv("SSDGEN_SHOW"))
                fmt::print("{} {} measured {} of {}\n", network.options, with, measured, emitted.stack_bytes());
            CHECK(measured > 500);
            CHECK(measured <= emitted.stack_bytes());
        }
    }
}

TEST_CASE(
    "No call and no thread of an executor writes further down than plan.json says: stacks that are painted first") {
    std::vector<std::string> networks{"specimen.json", "mobilenet_ssd_voc.json --alpha 0.25 --unroll compact"};
    if (is_long_run())
        for (const char* more :
             {"specimen.json --unroll full", "specimen.json --unroll compact --weights-type f16",
              "specimen.json --target portable,x86-64-v3", "mobilenet_ssd_voc.json", "mobilenet_ssd_coco.json"})
            networks.emplace_back(more);
    for (const std::string& options : networks) {
        CAPTURE(options);
        const Emitted emitted(options);
        const int used = emitted.used(compiler() + " -O2");
        if (std::getenv("SSDGEN_SHOW")) fmt::print("{} used {} of {}\n", options, used, emitted.stack_bytes());
        CHECK(used > 500);
        CHECK(used <= emitted.stack_bytes());
    }
}
