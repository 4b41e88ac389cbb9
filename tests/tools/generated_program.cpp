#include "tools/generated_program.h"

#include "description/write.h"
#include "emit/print/template.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>

namespace ssdgen::test {

namespace {

// What the program does with a network whose header comes before it.
const char* const run_text = R"(#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

void write(const char* path, const std::vector<float>& values) {
    std::FILE* const file = std::fopen(path, "wb");
    if (file == nullptr || std::fwrite(values.data(), sizeof(float), values.size(), file) != values.size()) std::abort();
    std::fclose(file);
}

// forward and detect are found in the namespace of the workspace.
template <class Workspace>
void run_network(std::unique_ptr<Workspace> workspace, int height, int width, int priors, int classes) {
    std::vector<unsigned char> picture(static_cast<std::size_t>(height * width * 3) + 1);
    std::FILE* const file = std::fopen("picture", "rb");
    if (file == nullptr || std::fread(picture.data(), 1, picture.size(), file) != picture.size() - 1) std::abort();
    std::fclose(file);

    std::vector<float> boxes(static_cast<std::size_t>(priors * 4)), logits(static_cast<std::size_t>(priors * classes)), rows;
    forward(picture.data(), boxes.data(), logits.data(), *workspace);
    std::vector<ssd::Detection> found(static_cast<std::size_t>(priors * classes));
    const ssd::Image image{picture.data(), width, height, width * 3, ssd::PixelFormat::bgr};
    const int count = detect(image, *workspace, found.data(), static_cast<int>(found.size()));
    for (int i = 0; i < count; ++i) {
        const ssd::Detection& one = found[static_cast<std::size_t>(i)];
        for (const float value : {0.0F, static_cast<float>(one.label), one.score, one.xmin, one.ymin, one.xmax, one.ymax})
            rows.push_back(value);
    }
    write("boxes", boxes);
    write("logits", logits);
    write("rows", rows);
}

}  // namespace
)";

const char* const network_text = R"(#include "$network$.h"
#include "run.h"

void run_$network$();
void run_$network$() {
    using namespace $network$;
    run_network(std::make_unique<Workspace>(), input_height, input_width, priors, classes);
}
)";

const char* const main_text = R"(#include <cstring>

$declarations$
int main(int argc, char** argv) {
    if (argc != 2) return 2;
    $calls$
    return 2;
}
)";

// A source file sees the include folder of its own network alone: two copies of the runtime's headers do not mix.
const char* const project_text = R"(cmake_minimum_required(VERSION 3.16)
project(generated_program CXX ASM)
add_executable(program main.cpp)
$networks$
)";

const char* const add_network_text = R"(
add_subdirectory($network$)
add_library(run_$network$ STATIC run_$network$.cpp)
target_link_libraries(run_$network$ PRIVATE $network$)
target_link_libraries(program PRIVATE run_$network$)
)";

}  // namespace

GeneratedProgram::GeneratedProgram(const std::vector<GeneratedNetwork>& networks) {
    TemplateValues main{{"declarations", ""}, {"calls", ""}};
    TemplateValues project{{"networks", ""}};
    for (const GeneratedNetwork& network : networks) {
        const std::string& name = network.description.name;
        write_if_changed(folder_.path(name + ".json"), write_description(network.description));
        require_command(fmt::format("{} generate {}.json {} --no-selftest --out {}", quoted(SSDGEN_EXECUTABLE), name,
                                    network.arguments, name),
                        folder_.path());
        write_if_changed(folder_.path("run_" + name + ".cpp"), fill_text(network_text, "network", {{"network", name}}));
        main["declarations"] += fmt::format("void run_{}();\n", name);
        main["calls"] += fmt::format("if (std::strcmp(argv[1], \"{0}\") == 0) return run_{0}(), 0;\n", name);
        project["networks"] += fill_text(add_network_text, "add_network", {{"network", name}});
    }
    write_if_changed(folder_.path("run.h"), run_text);
    write_if_changed(folder_.path("main.cpp"), fill_text(main_text, "main", main));
    write_if_changed(folder_.path("CMakeLists.txt"), fill_text(project_text, "project", project));
    // The layers of a network are compiled together, as most of a compilation's time goes into headers.
    // (tests/folder/folder_test.cpp compiles file by file, as the emitted build does.)
    require_command(fmt::format("CXX={} cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O2 "
                                "-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 && "
                                "cmake --build build --parallel 2 --target program",
                                quoted(compiler())),
                    folder_.path());
}

GeneratedOutputs GeneratedProgram::run(const std::string& name, const std::vector<std::uint8_t>& picture) const {
    write_if_changed(folder_.path("picture"), std::string(picture.begin(), picture.end()));
    require_command("./build/program " + name, folder_.path());
    return {read_floats(folder_.path("boxes")), read_floats(folder_.path("logits")), read_floats(folder_.path("rows"))};
}

std::vector<float> read_floats(const std::string& path) {
    const std::string bytes = read_file(path);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

}  // namespace ssdgen::test
