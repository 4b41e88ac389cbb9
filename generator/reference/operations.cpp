#include "reference/operations.h"

#include "reference/window.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

std::size_t size_of(const Shape& shape) {
    return static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width) *
           static_cast<std::size_t>(shape.channels);
}

std::ptrdiff_t offset(const Shape& shape, int y, int x) {
    return (static_cast<std::ptrdiff_t>(y) * shape.width + x) * shape.channels;
}

bool inside(const Shape& shape, int y, int x) { return y >= 0 && y < shape.height && x >= 0 && x < shape.width; }

/// Calls visit(tap, channel values) for the taps of an output position that lie inside the map, row by row.
template <class Visit>
void for_each_tap(const Window& window, const Values& input, const Shape& from, int y, int x, Visit visit) {
    int tap = 0;
    for (int ky = 0; ky < window.rows.kernel; ++ky)
        for (int kx = 0; kx < window.columns.kernel; ++kx, ++tap) {
            const int in_y = pixel_of(window.rows, y, ky);
            const int in_x = pixel_of(window.columns, x, kx);
            if (inside(from, in_y, in_x)) visit(tap, input.data() + offset(from, in_y, in_x));
        }
}

double activate(double value, Activation activation) {
    switch (activation) {
        case Activation::none: return value;
        case Activation::relu: return std::max(value, 0.0);
        case Activation::relu6: return std::min(std::max(value, 0.0), 6.0);
    }
    check(false, "every activation is known");
    return value;
}

}  // namespace

void finish(Values& values, const std::optional<BatchNorm>& norm, const Inputs& inputs, Activation activation) {
    if (norm) {
        const std::size_t channels = norm->mean.size();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t c = i % channels;
            const double deviation = std::sqrt(static_cast<double>(norm->variance[c]) + norm->epsilon);
            values[i] = (values[i] - norm->mean[c]) / deviation * norm->gamma[c] + norm->beta[c];
        }
    }
    if (inputs.size() > 1)
        for (std::size_t i = 0; i < values.size(); ++i) values[i] += (*inputs[1])[i];
    if (activation == Activation::none) return;
    for (double& value : values) value = activate(value, activation);
}

Values convolve_depthwise(const Depthwise& depthwise, const Inputs& inputs, const Shape& from, const Shape& to) {
    check(!depthwise.weights.empty(), "a graph is interpreted with its weights");
    const std::vector<float> bias = depthwise.bias.values(), taps = depthwise.weights.values();
    Values output(size_of(to));
    for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) {
            double* sums = output.data() + offset(to, y, x);
            std::copy(bias.begin(), bias.end(), sums);
            for_each_tap(depthwise.window, *inputs[0], from, y, x, [&](int tap, const double* values) {
                const float* weights = taps.data() + static_cast<std::ptrdiff_t>(tap) * to.channels;
                for (int c = 0; c < to.channels; ++c) sums[c] += values[c] * weights[c];
            });
        }
    finish(output, depthwise.batch_norm, inputs, depthwise.activation);
    return output;
}

Values average(const AveragePool& pool, const Values& input, const Shape& from, const Shape& to) {
    Values output(size_of(to), 0.0);
    const double taps = static_cast<double>(pool.window.rows.kernel) * pool.window.columns.kernel;
    for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) {
            double* sums = output.data() + offset(to, y, x);
            for_each_tap(pool.window, input, from, y, x, [&](int, const double* values) {
                for (int c = 0; c < to.channels; ++c) sums[c] += values[c];
            });
            for (int c = 0; c < to.channels; ++c) sums[c] /= taps;
        }
    return output;
}

Values maximum(const MaxPool& pool, const Values& input, const Shape& from, const Shape& to) {
    Values output(size_of(to));
    for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) {
            double* most = output.data() + offset(to, y, x);
            bool first = true;
            for_each_tap(pool.window, input, from, y, x, [&](int, const double* values) {
                for (int c = 0; c < to.channels; ++c) most[c] = first ? values[c] : std::max(most[c], values[c]);
                first = false;
            });
            check(!first, "each window of a max pool has a pixel of the map");
        }
    return output;
}

Values connect_fully(const FullyConnected& layer, const Values& input, const Shape& to) {
    check(!layer.weights.empty(), "a graph is interpreted with its weights");
    const std::vector<float> bias = layer.bias.values(), all_weights = layer.weights.values();
    Values output(bias.begin(), bias.end());
    check(output.size() == static_cast<std::size_t>(to.channels), "a bias an output");
    const float* weights = all_weights.data();
    for (double& sum : output) {
        for (const double value : input) sum += value * *weights++;
        sum = activate(sum, layer.activation);
    }
    return output;
}

Values add(const Add& add, const Inputs& inputs) {
    Values output = *inputs[0];
    for (std::size_t input = 1; input < inputs.size(); ++input)
        for (std::size_t i = 0; i < output.size(); ++i) output[i] += (*inputs[input])[i];
    for (double& value : output) value = activate(value, add.activation);
    return output;
}

Values concat(const Inputs& inputs, std::size_t pixels) {
    Values output;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (const Values* input : inputs) {
            const auto channels = static_cast<std::ptrdiff_t>(input->size() / pixels);
            const auto first = input->begin() + static_cast<std::ptrdiff_t>(pixel) * channels;
            output.insert(output.end(), first, first + channels);
        }
    return output;
}

Values normalise(const Normalise& normalise, const Values& input) {
    Values output(input.size());
    const std::size_t channels = normalise.mean.size();
    for (std::size_t i = 0; i < input.size(); ++i)
        output[i] = (input[i] - normalise.mean[i % channels]) * normalise.scale[i % channels];
    return output;
}

Values softmax(const Values& input) {
    Values output(input.size());
    const double largest = *std::max_element(input.begin(), input.end());
    double sum = 0;
    for (std::size_t i = 0; i < input.size(); ++i) sum += output[i] = std::exp(input[i] - largest);
    for (double& value : output) value /= sum;
    return output;
}

}  // namespace ssdgen
