// Times OpenCV's dnn:
// opencv_bench PROTOTXT CAFFEMODEL INPUT.f32 SIZE THREADS WARM_UP_SECONDS RUNS SECONDS [BOXES.f32 LOGITS.f32]
// INPUT.f32 is [3][SIZE][SIZE], normalised. After the warm-up it makes at least RUNS runs, in at least SECONDS.
// Prints one line of JSON: the milliseconds of each run, the version, the most memory that the process took.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "peak_memory.h"

namespace {

double now_in_milliseconds() {
    using namespace std::chrono;
    return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

/// What each run took, in milliseconds: at least `runs` of them, and `seconds` in all.
template <typename Run>
std::vector<double> times_of(Run run, std::size_t runs, double seconds) {
    std::vector<double> times;
    const double begin = now_in_milliseconds();
    double end = begin;
    while (times.size() < runs || end - begin < seconds * 1e3) {
        const double before = now_in_milliseconds();
        run();
        end = now_in_milliseconds();
        times.push_back(end - before);
    }
    return times;
}

void write(const char* path, const cv::Mat& values) {
    std::ofstream file(path, std::ios::binary);
    file.write(values.ptr<char>(), static_cast<std::streamsize>(values.total() * sizeof(float)));
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 9 && argument_count != 11) return 2;
    const int size = std::atoi(arguments[4]);
    cv::setNumThreads(std::atoi(arguments[5]));

    const int shape[] = {1, 3, size, size};
    cv::Mat input(4, shape, CV_32F);
    std::ifstream file(arguments[3], std::ios::binary);
    if (!file.read(input.ptr<char>(), static_cast<std::streamsize>(input.total() * sizeof(float)))) {
        std::fprintf(stderr, "%s has less than %zu values\n", arguments[3], input.total());
        return 1;
    }

    cv::dnn::Net network = cv::dnn::readNetFromCaffe(arguments[1], arguments[2]);
    network.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    network.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    const std::vector<cv::String> names{"mbox_loc", "mbox_conf"};
    std::vector<cv::Mat> outputs;
    const auto run = [&] {
        network.setInput(input);
        network.forward(outputs, names);
    };
    times_of(run, 1, std::atof(arguments[6]));
    const std::vector<double> times =
        times_of(run, static_cast<std::size_t>(std::atoi(arguments[7])), std::atof(arguments[8]));

    std::printf("{\"version\":\"%s\",\"peak_bytes\":%ld,\"times_ms\":[", CV_VERSION, peak_memory_bytes());
    for (std::size_t i = 0; i < times.size(); ++i) std::printf("%s%.6f", i == 0 ? "" : ",", times[i]);
    std::printf("]}\n");
    if (argument_count == 11) {
        write(arguments[9], outputs[0]);
        write(arguments[10], outputs[1]);
    }
}
