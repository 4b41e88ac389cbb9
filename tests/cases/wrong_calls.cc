// A product around generated/specimen, whose calls are right or wrong in one point each: prints what each says.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "specimen.h"
#include "specimen_c.h"

namespace {

constexpr int width = 31, height = 17;
std::uint8_t bytes[(width * 4 + 5) * height];
specimen::Workspace workspace;
ssd::Detection found[500];
float boxes[specimen::priors * 4], logits[specimen::priors * specimen::classes];

void show(const char* what, int result) { std::printf("%s: %s\n", what, result < 0 ? ssd::error_text(result) : result > 0 ? "found" : "none"); }

int detect(const ssd::Image& image) { return specimen::detect(image, workspace, found, 500); }

ssd::Image image(std::ptrdiff_t row_bytes, const std::uint8_t* data = bytes) { return {data, width, height, row_bytes, ssd::PixelFormat::rgb}; }

int with_threshold(float threshold) {
    ssd::DetectOptions options;
    options.score_threshold = threshold;
    return specimen::detect(image(width * 3), workspace, found, 500, options);
}

/// The same detections as the picture without gaps gives.
const char* same(const ssd::Image& picture) {
    static ssd::Detection expected[500];
    const int count = specimen::detect(image(width * 3), workspace, expected, 500);
    return detect(picture) == count && std::memcmp(found, expected, sizeof(ssd::Detection) * static_cast<std::size_t>(count)) == 0 ? "same" : "other";
}

void pictures() {
    show("right", detect(image(width * 3)));
    std::printf("row_bytes left out: %s\n", same({bytes, width, height}));
    show("upside down", detect(image(-width * 3, bytes + width * 3 * (height - 1))));
    show("row_bytes = width", detect(image(width)));
    show("row_bytes = one less", detect(image(width * 3 - 1)));
    show("row_bytes = minus one less", detect(image(1 - width * 3)));
    show("row_bytes = the least", detect(image(std::numeric_limits<std::ptrdiff_t>::min())));
    show("row_bytes = the most", detect(image(std::numeric_limits<std::ptrdiff_t>::max())));
    show("null picture", detect(image(width * 3, nullptr)));
    show("zero size", detect({bytes, 0, 0, 0, ssd::PixelFormat::rgb}));
    show("no rows", detect({bytes, width, 0, width * 3, ssd::PixelFormat::rgb}));
    show("negative width", detect({bytes, -width, height, width * 3, ssd::PixelFormat::rgb}));
    show("largest size", detect({bytes, std::numeric_limits<int>::max(), std::numeric_limits<int>::max(), 0, ssd::PixelFormat::rgba}));
    show("format 77", detect({bytes, width, height, width * 3, static_cast<ssd::PixelFormat>(77)}));
    show("format -1", detect({bytes, width, height, width * 3, static_cast<ssd::PixelFormat>(-1)}));
}

void results_and_options() {
    show("capacity 0", specimen::detect(image(0), workspace, nullptr, 0));
    show("capacity 0 and a place", specimen::detect(image(0), workspace, found, 0));
    show("null results", specimen::detect(image(0), workspace, nullptr, 1));
    show("capacity -1", specimen::detect(image(0), workspace, found, -1));
    show("threshold 60 (per cent)", with_threshold(60));
    show("threshold 1", with_threshold(1));
    show("threshold -1", with_threshold(-1));
    show("threshold NaN", with_threshold(std::numeric_limits<float>::quiet_NaN()));
    show("threshold infinity", with_threshold(std::numeric_limits<float>::infinity()));
    show("null boxes", specimen::post_process(nullptr, logits, workspace, found, 500));
    show("null logits", specimen::post_process(boxes, nullptr, workspace, found, 500));
    show("null results of post_process", specimen::post_process(boxes, logits, workspace, nullptr, 500));
}

void threads() {
    ssd::Executor executor;
    executor.threads = 2;
    show("executor without run, one thread", specimen::detect(image(0), workspace, found, 500, {}, executor));
    workspace.use_threads(2, nullptr);
    show("no scratch memory, one thread", detect(image(0)));
    show("executor without run", specimen::detect(image(0), workspace, found, 500, {}, executor));
    executor.run = [](void*, ssd::Executor::Task task, const void* context, int parts) {
        for (int part = 0; part < parts; ++part) task(context, part, parts);
    };
    show("no scratch memory", specimen::detect(image(0), workspace, found, 500, {}, executor));
    alignas(64) static float scratch[specimen::thread_scratch_bytes / sizeof(float) + 1];
    workspace.use_threads(2, scratch);
    show("two threads", specimen::detect(image(0), workspace, found, 500, {}, executor));
    workspace.use_threads(1, nullptr);
}

void forward() {
    // Does nothing, and says nothing.
    logits[0] = 7;
    specimen::forward(nullptr, boxes, logits, workspace);
    specimen::forward(bytes, nullptr, logits, workspace);
    specimen::forward(bytes, boxes, nullptr, workspace);
    std::printf("forward: %s\n", logits[0] == 7 ? "nothing done" : "done");
}

void show_c(const char* what, int result) { std::printf("C, %s: %s\n", what, result < 0 ? ssd_error_text(result) : result > 0 ? "found" : "none"); }

void of_c() {
    static specimen_workspace whole[2];
    specimen_workspace* const memory = &whole[0];
    specimen_workspace* const unaligned = reinterpret_cast<specimen_workspace*>(whole[0].memory + 16);
    const ssd_image picture = {bytes, width, height, 0, SSD_RGB};
    ssd_image unknown = picture;
    unknown.format = 77;
    ssd_detection results[3];
    specimen_init(nullptr);
    specimen_use_threads(nullptr, 2, nullptr);
    specimen_init(unaligned);
    specimen_init(memory);
    show_c("right", specimen_detect(&picture, memory, results, 3, nullptr, nullptr));
    show_c("null image", specimen_detect(nullptr, memory, results, 3, nullptr, nullptr));
    show_c("format 77", specimen_detect(&unknown, memory, results, 3, nullptr, nullptr));
    show_c("null workspace", specimen_detect(&picture, nullptr, results, 3, nullptr, nullptr));
    show_c("workspace 16 bytes off", specimen_detect(&picture, unaligned, results, 3, nullptr, nullptr));
    show_c("post_process, workspace 16 bytes off", specimen_post_process(boxes, logits, unaligned, results, 3, nullptr));
    show_c("post_process, null workspace", specimen_post_process(boxes, logits, nullptr, results, 3, nullptr));
    show_c("capacity 0", specimen_detect(&picture, memory, nullptr, 0, nullptr, nullptr));
    show_c("null results", specimen_detect(&picture, memory, nullptr, 3, nullptr, nullptr));
    ssd_detect_options options = SSD_DETECT_OPTIONS;
    show_c("options", specimen_detect(&picture, memory, results, 3, &options, nullptr));
    options.score_threshold = 60;
    show_c("threshold 60 (per cent)", specimen_detect(&picture, memory, results, 3, &options, nullptr));
    options = SSD_DETECT_OPTIONS;
    options.size = 0;
    show_c("options without a size", specimen_detect(&picture, memory, results, 3, &options, nullptr));
    options.size = sizeof options + 4;
    show_c("options of a later version", specimen_post_process(boxes, logits, memory, results, 3, &options));
    logits[0] = 7;
    specimen_forward(bytes, boxes, logits, nullptr, nullptr);
    specimen_forward(nullptr, boxes, logits, memory, nullptr);
    std::printf("C, forward: %s\n", logits[0] == 7 ? "nothing done" : "done");
}

}  // namespace

int main() {
    for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
    pictures();
    results_and_options();
    threads();
    forward();
    of_c();
}
