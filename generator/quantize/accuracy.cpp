#include "quantize/accuracy.h"

#include "quantize/detector.h"
#include "quantize/parallel.h"
#include "reference/float_executor.h"
#include "reference/quantized_executor.h"

#include <functional>

namespace ssdgen {

namespace {

using application::Found;

/// find: of a picture by its number.
double accuracy(std::size_t pictures, const std::vector<application::Truth>& truths, int threads,
                const std::string& title, const std::function<std::vector<Found>(std::size_t)>& find) {
    std::vector<std::vector<Found>> found(pictures);
    for_each_index(pictures, threads, title, [&](std::size_t index) { found[index] = find(index); });
    std::vector<Found> all;
    for (const std::vector<Found>& own : found) all.insert(all.end(), own.begin(), own.end());
    return application::mean_average_precision(application::evaluation_of(truths, all), application::every_size);
}

}  // namespace

double accuracy_of_real(const Graph& graph, const Pictures& pictures, const std::vector<application::Truth>& truths,
                        int threads, const std::string& title) {
    const FloatExecutor executor(graph);
    const DetectorHead head(graph);
    return accuracy(pictures.pictures.size(), truths, threads, title, [&](std::size_t index) {
        const std::vector<FloatValues> values = executor.run(pictures.pictures[index].bytes);
        return head.find(static_cast<int>(index), [&](TensorId id) { return values[static_cast<std::size_t>(id)]; });
    });
}

double accuracy_of_quantized(const Graph& graph, const Pictures& pictures,
                             const std::vector<application::Truth>& truths, int threads, const std::string& title) {
    const QuantizedExecutor executor(graph, Requantization::float_product);
    const DetectorHead head(graph);
    return accuracy(pictures.pictures.size(), truths, threads, title, [&](std::size_t index) {
        const QuantizedValues values = executor.run(pictures.pictures[index].bytes);
        return head.find(static_cast<int>(index), [&](TensorId id) { return executor.real_values(id, values); });
    });
}

}  // namespace ssdgen
