// The emitted code, compiled, against OpenCV's dnn.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "description/read.h"
#include "emit/network.h"
#include "opencv/judge.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "plan/target.h"
#include "reference/test_picture.h"
#include "support/files.h"

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Writes, for a picture in `picture`, the raw outputs and the detections as rows of seven floats.
const char* const program = R"(
#include "net.h"
#include <cstdio>
#include <vector>
namespace {
template <class T> std::vector<T> read(const char* path, std::size_t count) {
    std::vector<T> values(count);
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr || std::fread(values.data(), sizeof(T), count, file) != count) std::abort();
    std::fclose(file);
    return values;
}
void write(const char* path, const std::vector<float>& values) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr || std::fwrite(values.data(), sizeof(float), values.size(), file) != values.size()) std::abort();
    std::fclose(file);
}
}
int main() {
    const auto picture = read<unsigned char>("picture", net::input_height * net::input_width * net::input_channels);
    static net::Workspace workspace;
    std::vector<float> boxes(net::priors * 4), logits(net::priors * net::classes), rows;
    net::forward(picture.data(), boxes.data(), logits.data(), workspace);
    std::vector<ssd::Detection> found(100000);
    const ssd::Image image{picture.data(), net::input_width, net::input_height, net::input_width * 3, ssd::PixelFormat::bgr};
    const int count = net::detect(image, workspace, found.data(), static_cast<int>(found.size()));
    for (int i = 0; i < count; ++i) {
        const ssd::Detection& d = found[static_cast<std::size_t>(i)];
        for (float value : {0.0F, static_cast<float>(d.label), d.score, d.xmin, d.ymin, d.xmax, d.ymax}) rows.push_back(value);
    }
    write("boxes", boxes);
    write("logits", logits);
    write("rows", rows);
}
)";

const char* const project = R"(cmake_minimum_required(VERSION 3.13)
project(judged CXX)
add_subdirectory(net)
add_executable(judged main.cpp)
target_link_libraries(judged net)
)";

std::vector<float> floats_of(const std::string& path) {
    const std::string bytes = read_file(path);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

struct Output {
    RawOutputs raw;
    std::vector<ssd::Detection> detections;
};

Output run_emitted(const Graph& graph, const std::vector<std::uint8_t>& picture) {
    const std::string folder =
        (std::filesystem::temp_directory_path() / ("ssdgen_opencv_" + std::to_string(::getpid()))).string();
    std::filesystem::remove_all(folder);
    emit_network(build_plan(lower(graph), find_target("native")), {}).write(folder + "/net");
    write_if_changed(folder + "/main.cpp", program);
    write_if_changed(folder + "/CMakeLists.txt", project);
    write_if_changed(folder + "/picture", std::string(picture.begin(), picture.end()));
    const std::string command = "cd " + folder +
                                " && (cmake -S . -B build -DCMAKE_BUILD_TYPE=Release && cmake --build " +
                                "build --parallel 2 --target judged) > log 2>&1 && ./build/judged";
    const bool ran = std::system(command.c_str()) == 0;
    if (!ran) MESSAGE(read_file(folder + "/log"));
    REQUIRE(ran);
    Output output{{floats_of(folder + "/boxes"), floats_of(folder + "/logits")},
                  detections_of(floats_of(folder + "/rows"))};
    std::filesystem::remove_all(folder);
    return output;
}

}  // namespace

TEST_CASE("the emitted code gives OpenCV's raw outputs and detections") {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    description.name = "net";
    description.head->kernel = 3;
    description.head->priors.size_rounding = PriorSizeRounding::keep;
    description.head->post_processing.score_threshold = 0.06F;
    const Exported network = export_network(description, {0.5, 224 / 300.0}, 2);
    const auto picture = test_picture({224, 224, 3});
    const Output ours = run_emitted(network.graph, picture);
    auto theirs = run_opencv(network.files, network.graph, picture, {"mbox_loc", "mbox_conf", "detection_out"});
    CHECK(share_of_magnitude(theirs.at("mbox_loc"), ours.raw.boxes) < 1e-4);
    CHECK(share_of_magnitude(theirs.at("mbox_conf"), ours.raw.logits) < 1e-4);
    CHECK(ours.detections.size() == 100);
    CHECK(unmatched(ours.detections, detections_of(theirs.at("detection_out"))) == 0);
}
