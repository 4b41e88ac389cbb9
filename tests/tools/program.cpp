#include "tools/program.h"

#include "emit/print/template.h"
#include "graph/shapes.h"
#include "passes/lower.h"
#include "passes/store_weights.h"
#include "reference/interpreter.h"
#include "support/error.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>

namespace ssdgen::test {

namespace {

// Writes for each picture every layer's values, then the outputs of forward() with 1, 2 and 3 threads.
const char* const driver_text = R"(
#include "$network$.cpp"  // one compilation less
#include "$network$_observer.cpp"
#include "ssd/pool.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace {

namespace driver_of_$network$ {

std::vector<std::vector<float>> seen;

void take_rows(void*, int layer, int first_row, int rows, const float* values) noexcept {
    const $network$::LayerInfo& info = $network$::layers[layer];
    std::vector<float>& all = seen[static_cast<std::size_t>(layer)];
    const std::size_t row = static_cast<std::size_t>(info.width) * static_cast<std::size_t>(info.channels);
    all.resize(row * static_cast<std::size_t>(info.height), -12345.0F);
    float* to = all.data() + row * static_cast<std::size_t>(first_row);
    for (int pixel = 0; pixel < rows * info.width; ++pixel, to += info.channels, values += info.pixel_stride)
        std::memcpy(to, values, static_cast<std::size_t>(info.channels) * 4);
}

}  // namespace driver_of_$network$

}  // namespace

int run_$network$(const char* in, const char* out);

int run_$network$(const char* in, const char* out) {
    using driver_of_$network$::seen;
    std::FILE* input = std::fopen(in, "rb");
    std::FILE* output = std::fopen(out, "wb");
    if (input == nullptr || output == nullptr) return 1;
    std::vector<std::uint8_t> picture($network$::input_height * $network$::input_width * $network$::input_channels);
    std::vector<float> boxes($rows$ * 4), logits($rows$ * $network$::classes);
    // Painted around, so that a write beside the arena or a thread's memory shows.
    using Workspace = $network$::ThreadedWorkspace<3>;
    constexpr std::size_t paint = 1 << 16;
    const std::size_t around = sizeof(Workspace) + 2 * paint;
    std::vector<unsigned char> bytes(around + 64, 0xA5);
    unsigned char* const memory = bytes.data() + (64 - reinterpret_cast<std::uintptr_t>(bytes.data()) % 64);
    Workspace* const workspace = new (memory + paint) Workspace;
    int rubbish = 0xFF;  // first all bits, which is no number, then large numbers
    const auto spoil = [&] {
        std::memset(workspace->arena, rubbish, sizeof workspace->arena);
        std::memset(workspace->scratch, rubbish, sizeof workspace->scratch);
        std::memset(boxes.data(), rubbish, boxes.size() * 4);
        std::memset(logits.data(), rubbish, logits.size() * 4);
    };
    const auto write = [&](const std::vector<float>& values) { std::fwrite(values.data(), 4, values.size(), output); };
    while (std::fread(picture.data(), 1, picture.size(), input) == picture.size()) {
        spoil();
        seen.assign($network$::layer_count, {});
        $network$::Observer observer;
        observer.rows = driver_of_$network$::take_rows;
        $network$::forward_observed(picture.data(), $outputs$, *workspace, ssd::serial, observer);
        for (const std::vector<float>& layer : seen) write(layer);
        for (int threads = 1; threads <= 3; ++threads) {
            ssd::ThreadPool pool(threads);
            spoil();
            $network$::forward(picture.data(), $outputs$, *workspace, pool.executor());
            write(boxes);
            write(logits);
        }
        rubbish = 0x4B;
    }
    for (std::size_t i = 0; i < paint; ++i)
        if (memory[i] != 0xA5 || memory[around - 1 - i] != 0xA5) return 3;
    if (workspace->more_scratch != workspace->scratch || workspace->threads != 3) return 3;
    std::fclose(input);
    return std::fclose(output);
}
)";

const char* const main_text = R"(
#include <cstring>

$declarations$

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    $calls$
    return 2;
}
)";

// The intrinsics' header costs more than a layer: it is compiled once.
const char* const makefile_text = R"(
CXX = $compiler$
FLAGS = -std=c++17 $flags$ -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off

all: program $selftests$

program: $objects$ main.o
	$(CXX) $(FLAGS) $^ -o $@ -pthread

common.h.gch: common.h
	$(CXX) $(FLAGS) -x c++-header $< -o $@

$rules$
main.o: main.cpp
	$(CXX) $(FLAGS) -c $< -o $@
)";

/// One compilation for all layers, one for the self-test, one for the drivers of several networks: most of a
/// compilation's time goes into headers. (tests/folder/folder_test.cpp compiles file by file, as the emitted build
/// does.)
void add_rules(const Network& network, const FileSet& files, TemplateValues& makefile) {
    const std::string& name = network.name();
    std::string& rules = makefile["rules"];
    std::string layers;
    for (const auto& file : files.files())
        if (file.first.rfind("layers/", 0) == 0 && file.first.find(".cpp") != std::string::npos)
            layers += " " + name + "/" + file.first;
    const auto compile = [&](const std::string& part, const std::string& needs) {
        rules += fmt::format(
            "{0}/{1}.o: {0}/{1}.cpp{2} common.h.gch\n\t$(CXX) $(FLAGS) -include common.h -I{0} -c $< "
            "-o $@\n",
            name, part, needs);
        return fmt::format(" {}/{}.o", name, part);
    };
    rules += fmt::format("{0}/weights.o: {0}/{0}_weights.S {0}/{0}_weights.bin\n\t$(CXX) -I{0} -c $< -o $@\n", name);
    const std::string kernels = compile("all_layers", layers) + fmt::format(" {}/weights.o", name);
    makefile["objects"] += kernels;
    if (!network.selftest) return;
    rules += fmt::format(
        "{0}/selftest:{1}{2}\n\t$(CXX) $(FLAGS) $^ -o $@ -pthread\n", name,
        compile("all_selftest", fmt::format(" {0}/{0}.cpp {0}/{0}_observer.cpp {0}/layers/streams.h", name)), kernels);
    makefile["selftests"] += fmt::format(" {}/selftest", name);
}

/// The sources that add_rules names.
void add_sources(const Network& network, FileSet& files) {
    const std::string& name = network.name();
    const bool detector = network.plan.head.has_value();
    std::string layers;
    for (const auto& file : files.files())
        if (file.first.rfind("layers/", 0) == 0 && file.first.find(".cpp") != std::string::npos)
            layers += fmt::format("#include \"{}\"\n", file.first);
    files.add("all_layers.cpp", layers);
    files.add("all_selftest.cpp",
              fmt::format("#include \"{0}.cpp\"\n#include \"{0}_observer.cpp\"\n#include \"{0}_expected.cpp\"\n"
                          "#include \"peak.cpp\"\n#include \"selftest.cpp\"\n",
                          name));
    files.add("driver.cpp", fill_text(driver_text, "driver",
                                      {{"network", name},
                                       {"rows", detector ? name + "::priors" : "1"},
                                       {"outputs", detector ? "boxes.data(), logits.data()" : "logits.data()"}}));
}

/// All networks bring the same runtime; as one folder it is read once.
void share_runtime(const std::string& folder, const std::string& name) {
    const std::filesystem::path common = folder + "/ssd", own = folder + "/" + name + "/ssd";
    if (!std::filesystem::exists(common)) std::filesystem::copy(own, common);
    std::filesystem::remove_all(own);
    std::filesystem::create_directory_symlink("../ssd", own);
}

std::vector<float> take(const std::string& bytes, std::size_t& at, std::size_t count) {
    std::vector<float> values(count);
    REQUIRE(at + count * 4 <= bytes.size());
    std::memcpy(values.data(), bytes.data() + at, count * 4);
    at += count * 4;
    return values;
}

}  // namespace

Program::Program(const std::vector<const Network*>& networks, const std::string& flags) {
    TemplateValues makefile{
        {"compiler", compiler()}, {"flags", flags}, {"objects", ""}, {"selftests", ""}, {"rules", ""}};
    std::string declarations, calls;
    std::map<int, std::string> driver_texts;
    int count = 0, drivers = 0;
    for (const Network* network : networks) {
        const std::string& name = network->name();
        FileSet files = emit(*network);
        add_rules(*network, files, makefile);
        add_sources(*network, files);
        files.write(folder_.path(name));
        share_runtime(folder_.path(), name);
        if (count++ % 6 == 0) ++drivers;
        driver_texts[drivers] += fmt::format("#include \"{}/driver.cpp\"\n", name);
        declarations += fmt::format("int run_{}(const char* in, const char* out);\n", name);
        calls += fmt::format("if (std::strcmp(argv[1], \"{0}\") == 0) return run_{0}(argv[2], argv[3]);\n", name);
    }
    const auto has_intrinsics = [](const Network* network) { return network->plan.target.family == Family::x86; };
    const bool x86 = std::any_of(networks.begin(), networks.end(), has_intrinsics);
    write_if_changed(folder_.path("common.h"),
                     x86 ? "#include <immintrin.h>\n#include <cstdint>\n" : "#include <cstdint>\n");
    write_if_changed(folder_.path("main.cpp"),
                     fill_text(main_text, "main", {{"declarations", declarations}, {"calls", calls}}));
    for (const auto& [number, text] : driver_texts) {
        const std::string file = fmt::format("drivers_{}", number);
        write_if_changed(folder_.path(file + ".cpp"), text);
        makefile["rules"] +=
            fmt::format("{0}.o: {0}.cpp common.h.gch\n\t$(CXX) $(FLAGS) -include common.h -I. -c $< -o $@\n", file);
        makefile["objects"] += " " + file + ".o";
    }
    write_if_changed(folder_.path("Makefile"), fill_text(makefile_text, "Makefile", makefile));
    require_command("make -s -k -j" + std::to_string(std::max(2L, sysconf(_SC_NPROCESSORS_ONLN))), folder_.path());
}

std::vector<Run> Program::run(const Network& network, const std::vector<std::vector<std::uint8_t>>& pictures) const {
    const TemporaryFolder scratch;
    std::string bytes;
    for (const auto& picture : pictures) bytes.append(picture.begin(), picture.end());
    write_if_changed(scratch.path("in"), bytes);
    require_command(fmt::format("./program {} {} {}", network.name(), scratch.path("in"), scratch.path("out")),
                    folder_.path());
    const std::string out = read_file(scratch.path("out"));
    std::size_t at = 0;
    std::vector<Run> runs(pictures.size());
    const Plan& plan = network.plan;
    const std::size_t rows = plan.head ? std::size_t(plan.head->priors) : 1;
    for (Run& run : runs) {
        for (const Stage* stage : all_stages(plan))
            for (const ObservedLayer& layer : stage->layers)
                run.layers[layer.name] =
                    take(out, at, std::size_t(elements({layer.rows, layer.output.width, layer.output.channels})));
        for (int threads = 1; threads <= 3; ++threads) {
            const std::vector<float> boxes = take(out, at, rows * 4);
            run.threads.push_back(
                {plan.head ? boxes : std::vector<float>(), take(out, at, rows * std::size_t(plan.classes))});
        }
    }
    REQUIRE(at == out.size());
    return runs;
}

CommandResult Program::selftest(const Network& network) const {
    return run_command("./" + network.name() + "/selftest", folder_.path());
}

CommandResult Program::rebuilt_selftest(const Network& network) const {
    require_command("make -s " + network.name() + "/selftest", folder_.path());
    return selftest(network);
}

std::vector<std::vector<std::uint8_t>> pictures_for(const Network& network, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> noise(std::size_t(elements(network.plan.input)));
    for (std::uint8_t& byte : noise) byte = std::uint8_t(random());
    std::vector<std::uint8_t> dark(noise.size(), 0);
    dark[dark.size() / 2] = 255;
    return {noise, std::vector<std::uint8_t>(noise.size(), 255), dark};
}

std::map<std::string, std::vector<double>> reference_layers(const Network& network,
                                                            const std::vector<std::uint8_t>& picture) {
    std::map<std::string, std::vector<double>> layers;
    const Element stored = weights_type(network.plan);
    const Graph graph = stored == Element::f32 ? network.graph : store_weights(lower(network.graph), stored);
    auto values = interpret(graph, picture);
    for (std::size_t id = 0; id < values.size(); ++id) layers[graph.tensors[id].name] = std::move(values[id]);
    for (const Stage* stage : all_stages(network.plan))
        for (const ObservedLayer& layer : stage->layers) {
            if (layers.count(layer.name) != 0) continue;
            const Graph lowered = lower(network.graph);  // with the copies that passes add
            layers[layer.name] = interpret(lowered, picture)[std::size_t(layer.tensor)];
        }
    return layers;
}

double magnitude(const std::vector<double>& values) {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::fabs(value));
    return largest;
}

template <class T>
double difference(const std::vector<float>& found, const std::vector<T>& wanted) {
    if (found.size() != wanted.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double distance = std::fabs(double(found[i]) - double(wanted[i]));
        if (!(distance <= largest)) largest = std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
    }
    return largest;
}

template double difference(const std::vector<float>&, const std::vector<float>&);
template double difference(const std::vector<float>&, const std::vector<double>&);

}  // namespace ssdgen::test
