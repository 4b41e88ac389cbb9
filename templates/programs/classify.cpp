// Names what one picture shows. The network is $network$; everything here serves the command line.
#include "ssd/classify.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "$network$.h"
#include "application.h"
#include "pictures.h"
#include "program_weights.h"
#include "ssd/pool.h"

namespace {

using application::Arguments;
using application::Labels;
using application::Picture;

constexpr int most_threads = 16;
constexpr int best = 5;
using Workspace = $network$::ThreadedWorkspace<most_threads>;

struct Result {
    std::vector<ssd::Classification> classes;
    double milliseconds = 0;
};

Result classify(const Picture& picture, Workspace& workspace, const ssd::Executor& executor) {
    Result result;
    result.classes.resize(best);
    const auto start = application::Clock::now();
    const int count = $network$::classify(application::view(picture), workspace, result.classes.data(), best, executor);
    result.milliseconds = application::milliseconds_since(start);
    result.classes.resize(static_cast<std::size_t>(application::checked("$network$", count)));
    return result;
}

void dump_raw(const std::string& folder, const Picture& picture, Workspace& workspace, const ssd::Executor& executor) {
    std::vector<float> logits(static_cast<std::size_t>($network$::classes));
    const std::vector<std::uint8_t> input = application::resized(
        picture, $network$::input_height, $network$::input_width, $network$::input_format,
        $network$::input_resize);
    // What could be wrong with this call, classify has been asked.
    $network$::forward(input.data(), logits.data(), workspace, executor);

    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) application::fail(folder + ": cannot be created: " + error.message());
    application::write_floats(folder + "/logits.f32", logits.data(), logits.size());
}

void print_json(const Result& result, const Labels& labels) {
    std::string text = "{\"classes\":[";
    const char* separator = "";
    for (const ssd::Classification& found : result.classes) {
        text += separator;
        text += "{\"class\":" + std::to_string(found.label) +
                ",\"label\":" + application::json_string(labels.of(found.label)) +
                ",\"score\":" + application::json_number(static_cast<double>(found.score)) + "}";
        separator = ",";
    }
    text += "],\"milliseconds\":" + application::json_number(result.milliseconds, 6) + "}";
    std::printf("%s\n", text.c_str());
}

void print_table(const Result& result, const Picture& picture, const Labels& labels, int threads) {
    std::printf("%s: %.3f ms on %d %s, %s (%d x %d)\n", "$network$", result.milliseconds, threads,
                threads == 1 ? "thread" : "threads", picture.name.c_str(), picture.width, picture.height);
    for (const ssd::Classification& found : result.classes) {
        std::printf("%6.3f  %s\n", static_cast<double>(found.score), labels.shown(found.label).c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments("$network$_classify", "(IMAGE | --raw-input FILE.u8)",
                              {{"--raw-input", "FILE.u8", "bytes of the network's own input size instead of a picture"},
                               {"--json", "", "print one JSON document"},
                               {"--labels", "FILE", "names of the classes: a line each, or a label map (.pbtxt)"},
                               {"--dump-raw", "DIR", "write logits.f32"},
                               {"--threads", "N", "1 to 16 (default 1)"}},
                              argc, argv);
    const int threads = arguments.integer("--threads", 1, 1, most_threads);
    const Picture picture =
        application::read_input(arguments, $network$::input_height, $network$::input_width, $network$::input_format);
    constexpr int background = -1;  // a classifier has none that is known
    const Labels labels =
        arguments.has("--labels") ? Labels(arguments.text("--labels"), $network$::classes, background) : Labels();

    ssd::ThreadPool pool(threads);
    const std::unique_ptr<Workspace> workspace(new Workspace);
    $network$::hand_over_weights(*workspace);
    const Result result = classify(picture, *workspace, pool.executor());

    if (arguments.has("--dump-raw")) dump_raw(arguments.text("--dump-raw"), picture, *workspace, pool.executor());
    if (arguments.has("--json")) {
        print_json(result, labels);
    } else {
        print_table(result, picture, labels, threads);
    }
    return 0;
}
