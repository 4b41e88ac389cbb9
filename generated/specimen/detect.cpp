// Finds objects in a picture or in a folder of pictures, and says how well, if told what is in them. The network is
// specimen; everything here serves the command line.
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "specimen.h"
#include "application.h"
#include "average_precision.h"
#include "pictures.h"
#include "program_weights.h"
#include "ssd/detection.h"
#include "ssd/pool.h"
#include "truth.h"

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
    result.detections.resize(static_cast<std::size_t>(application::checked("specimen", count)));
    return result;
}

void dump_raw(const std::string& folder, const Picture& picture, Workspace& workspace, const ssd::Executor& executor) {
    constexpr std::size_t priors = static_cast<std::size_t>(specimen::priors);
    std::vector<float> boxes(priors * 4), logits(priors * static_cast<std::size_t>(specimen::classes));
    const std::vector<std::uint8_t> input = application::resized(
        picture, specimen::input_height, specimen::input_width, specimen::input_format,
        specimen::input_resize);
    // What could be wrong with this call, detect has been asked.
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

/// "detections":[...],"milliseconds":...
std::string json_members(const Result& result, const Labels& labels) {
    std::string text = "\"detections\":[";
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
    return text + "],\"milliseconds\":" + application::json_number(result.milliseconds, 6);
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

/// What is done with every picture.
struct Run {
    const Arguments& arguments;
    ssd::DetectOptions options;
    int threads;
    Labels labels;
    Workspace& workspace;
    const ssd::Executor& executor;
};

void run_picture(const Run& run) {
    const Picture picture = application::read_input(run.arguments, specimen::input_height, specimen::input_width,
                                                    specimen::input_format);
    const Result result = detect(picture, run.options, run.workspace, run.executor);
    if (run.arguments.has("--dump-raw"))
        dump_raw(run.arguments.text("--dump-raw"), picture, run.workspace, run.executor);
    if (run.arguments.has("--annotate"))
        annotate(run.arguments.text("--annotate"), picture, result.detections, run.labels);
    if (run.arguments.has("--json")) {
        std::printf("{%s}\n", json_members(result, run.labels).c_str());
    } else {
        print_table(result, picture, run.labels, run.threads);
    }
}

/// Calls use(name, picture, result) for each picture of the folder that the command line names.
template <class Use>
void each_picture(const Run& run, const std::vector<std::string>& names, Use use) {
    const std::filesystem::path folder = run.arguments.operands()[0];
    const std::filesystem::path annotated = run.arguments.text("--annotate");
    std::error_code error;
    if (!annotated.empty()) std::filesystem::create_directories(annotated, error);
    if (error) application::fail(annotated.string() + ": cannot be created: " + error.message());
    for (const std::string& name : names) {
        const Picture picture = application::read_picture(run.arguments, (folder / name).string());
        const Result result = detect(picture, run.options, run.workspace, run.executor);
        if (!annotated.empty())
            annotate((annotated / name).replace_extension(".png").string(), picture, result.detections, run.labels);
        use(name, picture, result);
    }
}

void run_folder(const Run& run) {
    const bool json = run.arguments.has("--json");
    std::string text, separator;
    each_picture(run, application::picture_names(run.arguments.operands()[0]),
                 [&](const std::string& name, const Picture& picture, const Result& result) {
                     if (json) {
                         text += separator + "{\"picture\":" + application::json_string(name) + "," +
                                 json_members(result, run.labels) + "}";
                         separator = ",";
                     } else {
                         print_table(result, picture, run.labels, run.threads);
                     }
                 });
    if (json) std::printf("{\"pictures\":[%s]}\n", text.c_str());
}

void run_evaluation(const Run& run) {
    const std::vector<std::string> names = application::picture_names(run.arguments.operands()[0]);
    std::map<std::string, int> numbers;
    for (const std::string& name : names) numbers.emplace(name, static_cast<int>(numbers.size()));
    const application::TruthFile truth(run.arguments.text("--truth"), numbers, specimen::classes, run.labels);
    std::vector<application::Found> found;
    std::vector<double> times;
    each_picture(run, names, [&](const std::string& name, const Picture&, const Result& result) {
        for (const ssd::Detection& one : result.detections) {
            const auto edge = [](float value) { return static_cast<double>(value); };
            found.push_back({numbers.at(name),
                             one.label,
                             edge(one.score),
                             {edge(one.ymin), edge(one.xmin), edge(one.ymax), edge(one.xmax)}});
        }
        times.push_back(result.milliseconds);
    });
    application::report(truth.truths(), found, times, run.labels, run.arguments.has("--json"));
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments("specimen_detect", "(IMAGE | FOLDER | --raw-input FILE.u8)",
                              {{"--raw-input", "FILE.u8", "bytes of the network's own input size instead of a picture"},
                               {"--json", "", "print one JSON document"},
                               {"--annotate", "OUT", "draw what was found: a PNG, or a folder of them"},
                               {"--labels", "FILE", "names of the classes: a line each, or a label map (.pbtxt)"},
                               {"--truth", "FILE", "what is in the folder: print the mean average precision"},
                               {"--score-threshold", "S", "0 to 1 (default: the network's own; with --truth 0.01)"},
                               {"--dump-raw", "DIR", "write boxes.f32 and logits.f32"},
                               {"--threads", "N", "1 to 16 (default 1)"}},
                              argc, argv);
    const bool folder = application::takes_folder(arguments), evaluates = arguments.has("--truth");
    if (evaluates && !folder) arguments.reject("--truth: the input is no folder; allowed: with a folder");
    if (folder && arguments.has("--dump-raw"))
        arguments.reject("--dump-raw: the input is a folder; allowed: with a picture");
    ssd::DetectOptions options;
    options.score_threshold = static_cast<float>(arguments.fraction("--score-threshold", evaluates ? 0.01 : -1));
    const int threads = arguments.integer("--threads", 1, 1, most_threads);
    const Labels labels = arguments.has("--labels") ? Labels(arguments.text("--labels"), specimen::classes,
                                                             specimen::background)
                                                    : Labels();

    ssd::ThreadPool pool(threads);
    const std::unique_ptr<Workspace> workspace(new Workspace);
    specimen::hand_over_weights(*workspace);
    const ssd::Executor executor = pool.executor();
    const Run run{arguments, options, threads, labels, *workspace, executor};
    if (evaluates) {
        run_evaluation(run);
    } else if (folder) {
        run_folder(run);
    } else {
        run_picture(run);
    }
    return 0;
}
