#include "reference/operations.h"
#include "reference/window.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

constexpr std::size_t lanes = 8;   // outputs of a block
constexpr std::size_t pixels = 2;  // of a row, summed side by side
using Sums = double[pixels][lanes];

/// Weights [out][terms] as [block][terms][lane], zeros where the last block has no output.
std::vector<double> in_blocks(const std::vector<float>& weights, std::size_t outputs) {
    const std::size_t terms = weights.size() / outputs;
    const std::size_t blocks = (outputs + lanes - 1) / lanes;
    std::vector<double> result(blocks * terms * lanes, 0.0);
    for (std::size_t output = 0; output < outputs; ++output)
        for (std::size_t term = 0; term < terms; ++term)
            result[(output / lanes * terms + term) * lanes + output % lanes] = weights[output * terms + term];
    return result;
}

/// One tap: every channel of two pixels, a block of outputs each.
void add_tap(Sums& sums, const double* first, const double* second, std::size_t channels, const double* weights) {
    Sums local;
    std::copy(&sums[0][0], &sums[0][0] + pixels * lanes, &local[0][0]);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            local[0][lane] += first[channel] * weights[channel * lanes + lane];
            local[1][lane] += second[channel] * weights[channel * lanes + lane];
        }
    }
    std::copy(&local[0][0], &local[0][0] + pixels * lanes, &sums[0][0]);
}

/// The bytes' mean taken off; padding, added later, stays zero.
Values without_mean(Values values, const std::vector<float>& mean) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= mean[i % mean.size()];
    return values;
}

class Convolver {
  public:
    Convolver(const Convolution& convolution, const Values& input, const Shape& from, const Shape& to)
        : window_(convolution.window),
          bias_(convolution.bias.values()),
          input_(input),
          from_(from),
          to_(to),
          weights_(in_blocks(convolution.weights.values(), convolution.bias.size())),
          zeros_(static_cast<std::size_t>(from.channels), 0.0),
          terms_(convolution.weights.size() / convolution.bias.size()),
          output_(static_cast<std::size_t>(to.height) * static_cast<std::size_t>(to.width) * convolution.bias.size()) {}

    Values run() {
        for (std::size_t block = 0; block * lanes < bias_.size(); ++block)
            for (int y = 0; y < to_.height; ++y)
                for (int x = 0; x < to_.width; x += static_cast<int>(pixels)) compute(block, y, x);
        return std::move(output_);
    }

  private:
    const double* pixel(int y, int x) const {
        if (y < 0 || y >= from_.height || x < 0 || x >= from_.width) return zeros_.data();
        return input_.data() + (static_cast<std::ptrdiff_t>(y) * from_.width + x) * from_.channels;
    }

    void compute(std::size_t block, int y, int x) {
        const std::size_t first = block * lanes;
        const std::size_t count = std::min(lanes, bias_.size() - first);
        const double* weights = weights_.data() + block * terms_ * lanes;
        Sums sums = {};
        for (auto& pixel_sums : sums)
            for (std::size_t lane = 0; lane < count; ++lane) pixel_sums[lane] = bias_[first + lane];
        for (int ky = 0; ky < window_.rows.kernel; ++ky) {
            for (int kx = 0; kx < window_.columns.kernel; ++kx) {
                const int in_y = pixel_of(window_.rows, y, ky);
                add_tap(sums, pixel(in_y, pixel_of(window_.columns, x, kx)),
                        pixel(in_y, pixel_of(window_.columns, x + 1, kx)), zeros_.size(), weights);
                weights += zeros_.size() * lanes;
            }
        }
        const int last = std::min(to_.width, x + static_cast<int>(pixels));
        for (int column = x; column < last; ++column) {
            double* place = output_.data() + static_cast<std::size_t>(y * to_.width + column) * bias_.size() + first;
            std::copy(sums[column - x], sums[column - x] + count, place);
        }
    }

    const Window& window_;
    std::vector<float> bias_;
    const Values& input_;
    Shape from_, to_;
    std::vector<double> weights_;
    std::vector<double> zeros_;
    std::size_t terms_;
    Values output_;
};

}  // namespace

Values convolve(const Convolution& convolution, const Inputs& inputs, const Shape& from, const Shape& to) {
    check(!convolution.weights.empty() && !convolution.bias.empty(), "a graph is interpreted with its weights");
    const Values& input = *inputs[0];
    Values output = convolution.input_mean.empty()
                        ? Convolver(convolution, input, from, to).run()
                        : Convolver(convolution, without_mean(input, convolution.input_mean), from, to).run();
    finish(output, convolution.batch_norm, inputs, convolution.activation);
    return output;
}

}  // namespace ssdgen
