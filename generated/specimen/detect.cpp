// Finds objects in one picture. The network is specimen; everything here serves the command line.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "specimen.h"
#include "application.h"
#include "pictures.h"
#include "program_weights.h"
#include "ssd/detection.h"
#include "ssd/pool.h"

namespace {

using application::Arguments;
using application::Labels;
using application::Picture;

constexpr int most_threads = 16;
using Workspace = specimen::ThreadedWorkspace<most_threads>;

struct Result {
    std::vector<ssd::Detection> detections;
    double milliseconds = 0;
};

Result detect(const Picture& picture, const ssd::DetectOptions& options, Workspace& workspace,
              const ssd::Executor& executor) {
    Result result;
    // More than there can be, so that none is dropped.
    result.detections.resize(static_cast<std::size_t>(specimen::priors) *
                             static_cast<std::size_t>(specimen::classes));
    const auto start = application::Clock::now();
    const int count = specimen::detect(application::view(picture), workspace, result.detections.data(),
                                        static_cast<int>(result.detections.size()), options, executor);
    result.milliseconds = application::milliseconds_since(start);
    result.detections.resize(static_cast<std::size_t>(count));
    return result;
}

void dump_raw(const std::string& folder, const Picture& picture, Workspace& workspace, const ssd::Executor& executor) {
    constexpr std::size_t priors = static_cast<std::size_t>(specimen::priors);
    std::vector<float> boxes(priors * 4), logits(priors * static_cast<std::size_t>(specimen::classes));
    const std::vector<std::uint8_t> input = application::resized(
        picture, specimen::input_height, specimen::input_width, specimen::input_format, specimen::input_resize);
    specimen::forward(input.data(), boxes.data(), logits.data(), workspace, executor);

    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) application::fail(folder + ": cannot be created: " + error.message());
    application::write_floats(folder + "/boxes.f32", boxes.data(), boxes.size());
    application::write_floats(folder + "/logits.f32", logits.data(), logits.size());
}

void annotate(const std::string& path, const Picture& picture, const std::vector<ssd::Detection>& detections,
              const Labels& labels) {
    std::vector<application::Annotation> annotations;
    for (const ssd::Detection& found : detections) {
        char score[16];
        std::snprintf(score, sizeof score, " %.2f", static_cast<double>(found.score));
        annotations.push_back(
            {found.ymin, found.xmin, found.ymax, found.xmax, found.label, labels.shown(found.label) + score});
    }
    application::write_annotated(path, picture, annotations);
}

void print_json(const Result& result, const Labels& labels) {
    std::string text = "{\"detections\":[";
    const char* separator = "";
    for (const ssd::Detection& found : result.detections) {
        const auto number = [](float value) { return application::json_number(static_cast<double>(value)); };
        text += separator;
        text += "{\"class\":" + std::to_string(found.label) +
                ",\"label\":" + application::json_string(labels.of(found.label)) + ",\"score\":" + number(found.score) +
                ",\"box\":[" + number(found.ymin) + "," + number(found.xmin) + "," + number(found.ymax) + "," +
                number(found.xmax) + "],\"anchor\":" + std::to_string(found.anchor) + "}";
        separator = ",";
    }
    text += "],\"milliseconds\":" + application::json_number(result.milliseconds, 6) + "}";
    std::printf("%s\n", text.c_str());
}

void print_table(const Result& result, const Picture& picture, const Labels& labels, int threads) {
    std::printf("%s: %zu %s in %.3f ms on %d %s, %s (%d x %d)\n", "specimen", result.detections.size(),
                result.detections.size() == 1 ? "detection" : "detections", result.milliseconds, threads,
                threads == 1 ? "thread" : "threads", picture.name.c_str(), picture.width, picture.height);
    if (result.detections.empty()) return;
    std::printf("%-24s %6s %8s %8s %8s %8s %7s\n", "class", "score", "left", "top", "right", "bottom", "anchor");
    for (const ssd::Detection& found : result.detections) {
        const double width = picture.width, height = picture.height;
        std::printf("%-24s %6.3f %8.1f %8.1f %8.1f %8.1f %7d\n", labels.shown(found.label).c_str(),
                    static_cast<double>(found.score), width * static_cast<double>(found.xmin),
                    height * static_cast<double>(found.ymin), width * static_cast<double>(found.xmax),
                    height * static_cast<double>(found.ymax), found.anchor);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments("specimen_detect", "(IMAGE | --raw-input FILE.u8)",
                              {{"--raw-input", "FILE.u8", "bytes of the network's own input size instead of a picture"},
                               {"--json", "", "print one JSON document"},
                               {"--annotate", "OUT.png", "draw what was found"},
                               {"--labels", "FILE", "line n, counted from 0, names class n"},
                               {"--score-threshold", "S", "0 to 1 (default: the network's own)"},
                               {"--dump-raw", "DIR", "write boxes.f32 and logits.f32"},
                               {"--threads", "N", "1 to 16 (default 1)"}},
                              argc, argv);
    ssd::DetectOptions options;
    options.score_threshold = static_cast<float>(arguments.fraction("--score-threshold", -1));
    const int threads = arguments.integer("--threads", 1, 1, most_threads);
    const Picture picture =
        application::read_input(arguments, specimen::input_height, specimen::input_width, specimen::input_format);
    const Labels labels = arguments.has("--labels") ? Labels(arguments.text("--labels")) : Labels();

    ssd::ThreadPool pool(threads);
    const std::unique_ptr<Workspace> workspace(new Workspace);
    specimen::hand_over_weights(*workspace);
    const Result result = detect(picture, options, *workspace, pool.executor());

    if (arguments.has("--dump-raw")) dump_raw(arguments.text("--dump-raw"), picture, *workspace, pool.executor());
    if (arguments.has("--annotate")) annotate(arguments.text("--annotate"), picture, result.detections, labels);
    if (arguments.has("--json")) {
        print_json(result, labels);
    } else {
        print_table(result, picture, labels, threads);
    }
    return 0;
}
