#include "quantize/quantize.h"

#include "passes/dequantize.h"
#include "passes/fold_batch_norm.h"
#include "quantize/accuracy.h"
#include "quantize/calibration.h"
#include "quantize/correct_biases.h"
#include "quantize/float_layers.h"
#include "quantize/layers.h"
#include "quantize/pictures.h"
#include "quantize/quantizer.h"
#include "quantize/truth.h"
#include "support/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

void check_options(const Graph& graph, const QuantizeOptions& options) {
    const std::vector<std::string> layers = layers_with_weights(graph);
    for (const std::string& name : options.float_layers)
        if (std::find(layers.begin(), layers.end(), name) == layers.end())
            throw UsageError(fmt::format("--float: found {}; allowed: auto, or layers with weights: {}", name,
                                         fmt::join(layers, ", ")));
    if (!options.truth.empty() && !graph.head)
        throw UsageError("--truth: found for a classifier; allowed: for a detector");
}

/// What accuracy is measured on.
struct Examination {
    Pictures pictures;
    std::vector<application::Truth> truths;
    double before = 0;
};

class QuantizationRun {
  public:
    QuantizationRun(Graph graph, const QuantizeOptions& options)
        : options_(options), real_(fold_batch_norm(dequantize(std::move(graph)))) {}

    QuantizedNetwork run() {
        check_options(real_, options_);
        pictures_ = read_pictures(options_.pictures, real_, options_.threads);
        if (!options_.truth.empty()) examine_before();
        if (options_.equalize)
            report_.equalization =
                ssdgen::equalize(real_, calibrate(real_, pictures_, options_.threads, "before equalization"));
        calibration_ = calibrate(real_, pictures_, options_.threads, "calibrating");
        Graph graph = options_.choose_float_layers ? choose() : quantized(float_layers_given());
        report_.layers = compare(real_, graph, pictures_, options_.threads, "comparing");
        if (!options_.truth.empty()) report_accuracy(graph);
        report_.network = real_.name;
        report_.pictures = pictures_.pictures.size();
        report_.left_out = pictures_.left_out;
        report_.method = options_.method;
        report_.percentile = options_.percentile;
        report_.per_tensor = options_.per_tensor;
        return {std::move(graph), std::move(report_)};
    }

  private:
    std::set<std::string> float_layers_given() const {
        return {options_.float_layers.begin(), options_.float_layers.end()};
    }

    Graph quantized(const std::set<std::string>& kept_float) {
        report_.kept_float = kept_float;
        Graph graph = quantize_graph(real_, calibration_, options_, kept_float);
        correct_biases(graph, calibration_, pictures_, options_.threads);
        return graph;
    }

    void examine_before() {
        if (options_.truth_pictures.empty())
            examination_.pictures = pictures_;
        else
            examination_.pictures = read_pictures(options_.truth_pictures, real_, options_.threads);
        examination_.truths = read_truth(options_.truth, options_.labels, examination_.pictures, *real_.head);
        examination_.before =
            accuracy_of_real(real_, examination_.pictures, examination_.truths, options_.threads, "accuracy in float");
        if (std::isnan(examination_.before))
            fail_input(options_.truth, "has none but difficult objects; allowed: others as well");
    }

    double accuracy_after(const Graph& graph) {
        return accuracy_of_quantized(graph, examination_.pictures, examination_.truths, options_.threads,
                                     "accuracy in 8 bits");
    }

    /// With the layers in float that the loss of accuracy asks for.
    Graph choose() {
        const auto make = [&](const std::set<std::string>& kept) {
            return quantize_graph(real_, calibration_, options_, kept);
        };
        const auto noise = [&](const std::set<std::string>& kept) {
            return output_noise(real_, make(kept), pictures_, some_pictures(), options_.threads);
        };
        const auto loss = [&](const std::set<std::string>& kept) {
            return examination_.before - accuracy_after(quantized(kept));
        };
        return quantized(choose_float_layers(layers_with_weights(real_), *options_.max_drop, noise, loss));
    }

    /// Up to eight of the calibration's sample.
    std::vector<std::size_t> some_pictures() const {
        std::vector<std::size_t> some;
        const std::size_t count = std::min<std::size_t>(calibration_.sample.size(), 8);
        for (std::size_t i = 0; i < count; ++i)
            some.push_back(calibration_.sample[i * calibration_.sample.size() / count]);
        return some;
    }

    void report_accuracy(const Graph& graph) {
        const double after = accuracy_after(graph);
        report_.accuracy =
            Accuracy{examination_.pictures.pictures.size(), examination_.truths.size(), examination_.before, after};
        if (options_.max_drop && !(examination_.before - after <= *options_.max_drop))
            fail_input(options_.truth,
                       "mean average precision falls from {:.4f} to {:.4f}; allowed: by {:g} at most (--max-drop){}",
                       examination_.before, after, *options_.max_drop,
                       options_.choose_float_layers ? "" : ", which --float auto may reach");
    }

    QuantizeOptions options_;
    Graph real_;
    Pictures pictures_;
    Examination examination_;
    PictureStatistics calibration_;
    QuantizeReport report_;
};

}  // namespace

QuantizedNetwork quantize_network(Graph graph, const QuantizeOptions& options) {
    return QuantizationRun(std::move(graph), options).run();
}

}  // namespace ssdgen
