#include "quantize/calibration.h"

#include "graph/shapes.h"
#include "quantize/layers.h"
#include "quantize/parallel.h"
#include "reference/float_executor.h"
#include "support/error.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>

namespace ssdgen {

namespace {

/// Pictures of which bias correction keeps the maps of two layers at a time: as many as half a gigabyte holds.
std::vector<std::size_t> choose_sample(const Graph& graph, std::size_t pictures) {
    std::int64_t largest = 1;
    for (const Tensor& tensor : graph.tensors) largest = std::max(largest, elements(tensor.shape));
    const std::int64_t bytes = 3 * 4 * largest;
    const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>((std::int64_t{1} << 29) / bytes, 8, 128));
    const std::size_t count = std::min(pictures, most);
    std::vector<std::size_t> sample;
    for (std::size_t i = 0; i < count; ++i) sample.push_back(i * pictures / count);
    return sample;
}

/// The mean of each channel.
std::vector<double> channel_means(const std::vector<float>& values, std::size_t channels) {
    std::vector<double> means(channels, 0);
    for (std::size_t i = 0; i < values.size(); ++i) means[i % channels] += static_cast<double>(values[i]);
    for (double& mean : means) mean /= static_cast<double>(values.size() / channels);
    return means;
}

void raise_to(std::vector<float>& most, const std::vector<float>& values) {
    const std::size_t channels = most.size();
    for (std::size_t i = 0; i < values.size(); i += channels)
        for (std::size_t c = 0; c < channels; ++c) most[c] = std::max(most[c], values[i + c]);
}

/// By the names of layers, of one picture.
using Means = std::map<std::string, std::vector<double>>;

class Calibrator {
  public:
    Calibrator(const Graph& graph, const Pictures& pictures) : graph_(graph), pictures_(pictures), executor_(graph) {
        result_.maps.resize(graph.tensors.size());
        result_.sample = choose_sample(graph, pictures.pictures.size());
        for (const Tensor& tensor : graph.tensors)
            result_.channel_most.emplace_back(static_cast<std::size_t>(tensor.shape.channels),
                                              -std::numeric_limits<float>::infinity());
        means_.resize(pictures.pictures.size());
    }

    PictureStatistics run(int threads, const std::string& title) {
        for_each_index(pictures_.pictures.size(), threads, title, [this](std::size_t index) { look_at(index); });
        for (std::size_t id = 0; id < graph_.tensors.size(); ++id)
            if (!result_.maps[id].finite())
                fail_input(
                    graph_.file,
                    "{} makes values that are not finite of the pictures; allowed: weights that give finite ones",
                    graph_.tensors[id].name);
        average();
        return std::move(result_);
    }

  private:
    void look_at(std::size_t index) {
        const bool in_sample = std::find(result_.sample.begin(), result_.sample.end(), index) != result_.sample.end();
        Means& means = means_[index];
        const auto watch = [&](const Node& node, const FloatValues& sums) {
            const std::size_t channels = static_cast<std::size_t>(shape_of(graph_, node.outputs[0]).channels);
            if (weights_of(node) != nullptr) means[node.name] = channel_means(sums, channels);
        };
        const std::vector<FloatValues> values =
            executor_.run(pictures_.pictures[index].bytes, in_sample ? WatchSums(watch) : WatchSums());
        std::vector<Histogram> maps(values.size());
        for (std::size_t id = 0; id < values.size(); ++id)
            if (static_cast<TensorId>(id) != graph_.input) maps[id].add(values[id]);
        const HeadRanges head = graph_.head ? head_ranges(*graph_.head, values) : HeadRanges();
        // Counts and largest values are the same in whatever order the pictures come.
        const std::lock_guard<std::mutex> lock(mutex_);
        result_.head.add(head);
        for (std::size_t id = 0; id < values.size(); ++id) {
            result_.maps[id].add(maps[id]);
            raise_to(result_.channel_most[id], values[id]);
        }
    }

    /// In the order of the pictures, so that the sums are the same whoever was first.
    void average() {
        for (const Node& node : graph_.nodes) {
            std::vector<double> sums;
            for (const std::size_t index : result_.sample) {
                const auto found = means_[index].find(node.name);
                if (found == means_[index].end()) break;
                sums.resize(found->second.size(), 0);
                for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += found->second[c];
            }
            for (double& sum : sums) sum /= static_cast<double>(result_.sample.size());
            result_.mean_sums.push_back(std::move(sums));
        }
    }

    const Graph& graph_;
    const Pictures& pictures_;
    FloatExecutor executor_;
    std::mutex mutex_;
    std::vector<Means> means_;  // by picture
    PictureStatistics result_;
};

}  // namespace

PictureStatistics calibrate(const Graph& graph, const Pictures& pictures, int threads, const std::string& title) {
    return Calibrator(graph, pictures).run(threads, title);
}

}  // namespace ssdgen
