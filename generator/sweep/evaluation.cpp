#include "sweep/evaluation.h"

#include "programs/labels.h"
#include "support/error.h"
#include "support/files.h"
#include "support/process.h"
#include "support/table.h"
#include "support/warnings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

namespace ssdgen {

namespace fs = std::filesystem;

namespace {

/// Checks the pictures alone: the rest of a line is for NAME_detect, which knows the classes.
int count_objects(const std::string& truth, const std::string& folder) {
    std::istringstream lines(read_file(truth));
    int number = 0, objects = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.empty() || line == "\r") continue;
        ++objects;
        const std::string picture = line.substr(0, line.find('\t'));
        std::error_code error;
        if (fs::path(picture).filename() != picture || !fs::is_regular_file(fs::path(folder) / picture, error))
            fail_input(fmt::format("{}:{}", truth, number), "\"{}\" is no picture in {}; allowed: those that are",
                       picture, folder);
    }
    return objects;
}

/// The labels as NAME_detect will read them, so that none fails after all has been compiled.
void check_labels(const std::string& path, const HeadDescription& head) {
    const application::LabelFile file = application::read_labels(path, read_file(path), head.classes, head.background);
    if (!file.error.empty())
        throw InputError(
            fmt::format("{}{}: {}", path, file.line == 0 ? "" : fmt::format(":{}", file.line), file.error));
    if (!file.remark.empty()) warn(path, "{}", file.remark);
}

void need_stb(const std::string& compiler) {
    const std::string command =
        "echo '#include <stb/stb_image.h>' | " + shell_word(compiler) + " -E -x c++ - > /dev/null 2>&1";
    if (std::system(command.c_str()) != 0)
        fail_input("stb/stb_image.h",
                   "is not found by {}; allowed: a sweep with it (Debian: libstb-dev), or one without --evaluate",
                   compiler);
}

}  // namespace

std::string truth_file(const SweepOptions& options) {
    return options.truth.empty() ? options.evaluate + "/truth.txt" : options.truth;
}

std::string check_evaluation(const SweepOptions& options, const Description& description, const std::string& compiler) {
    if (!description.head)
        fail_input(options.config,
                   "describes a classifier, which has no mean average precision; allowed with --evaluate: a network "
                   "with a head");
    const std::string& folder = options.evaluate;
    std::error_code error;
    if (!fs::is_directory(folder, error) || (fs::directory_iterator(folder, error), error))
        fail_input(folder, "is no folder that can be read; allowed: one with pictures");
    const std::string truth = truth_file(options);
    const int objects = count_objects(truth, folder);
    if (objects == 0) fail_input(truth, "names no object; allowed: a line an object");
    if (!options.labels.empty()) check_labels(options.labels, *description.head);
    need_stb(compiler);
    const fs::path whole = fs::absolute(fs::path(folder) / "").lexically_normal();  // ends with a slash
    return fmt::format("{} ({} object{})", whole.parent_path().filename().string(), with_commas(objects),
                       objects == 1 ? "" : "s");
}

std::string pictures_state(const SweepOptions& options) {
    std::vector<std::string> lines;
    for (const fs::directory_entry& entry : fs::directory_iterator(options.evaluate)) {
        std::error_code error;
        if (!entry.is_regular_file(error) || fs::equivalent(entry.path(), truth_file(options), error)) continue;
        lines.push_back(fmt::format("{} {} {}\n", entry.path().filename().string(), entry.file_size(error),
                                    entry.last_write_time(error).time_since_epoch().count()));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

}  // namespace ssdgen
