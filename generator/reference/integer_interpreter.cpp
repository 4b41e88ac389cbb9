#include "reference/integer_interpreter.h"

#include "graph/fixed_point.h"
#include "graph/shapes.h"
#include "graph/stored_range.h"
#include "graph/sum_factors.h"
#include "reference/fixed_point_softmax.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ssdgen {

namespace {

/// Runs the nodes of a graph, one after the other.
class IntegerInterpreter {
  public:
    IntegerInterpreter(const Graph& graph, Requantization rule, std::vector<StoredValues>& values)
        : graph_(graph), rule_(rule), values_(values) {}

    void run(const std::vector<std::uint8_t>& image) {
        values_[std::size_t(graph_.input)].assign(image.begin(), image.end());
        for (const Node& node : graph_.nodes) values_[std::size_t(node.outputs[0])] = run_node(node);
    }

    StoredValues run_node(const Node& node) {
        node_ = &node;
        check(node.outputs.size() == 1, "outputs are joined later");
        return std::visit([&](const auto& operation) { return of(operation); }, node.operation);
    }

  private:
    const Tensor& tensor(TensorId id) const { return graph_.tensors[std::size_t(id)]; }
    const Shape& from() const { return tensor(node_->inputs[0]).shape; }
    const Shape& to() const { return tensor(node_->outputs[0]).shape; }
    const StoredValues& input(std::size_t index = 0) const { return values_[std::size_t(node_->inputs[index])]; }
    StoredRange stored_input(std::size_t index = 0) const { return stored_range(tensor(node_->inputs[index])); }
    StoredRange stored_output(Activation activation) const {
        return limited(stored_range(tensor(node_->outputs[0])), activation);
    }
    StoredValues no_values() const { return StoredValues(std::size_t(elements(to()))); }

    /// Calls visit(tap, stored numbers) for the taps of an output position that lie inside the map, row by row.
    template <class Visit>
    void for_each_tap(const Window& window, int y, int x, Visit visit) const {
        for (int ky = 0; ky < window.rows.kernel; ++ky)
            for (int kx = 0; kx < window.columns.kernel; ++kx) {
                const int in_y = pixel_of(window.rows, y, ky), in_x = pixel_of(window.columns, x, kx);
                if (in_y < 0 || in_y >= from().height || in_x < 0 || in_x >= from().width) continue;
                const std::size_t pixel = std::size_t(in_y) * std::size_t(from().width) + std::size_t(in_x);
                visit(std::size_t(ky * window.columns.kernel + kx),
                      input().data() + pixel * std::size_t(from().channels));
            }
    }

    template <class Visit>
    void for_each_pixel(Visit visit) const {
        std::size_t place = 0;
        for (int y = 0; y < to().height; ++y)
            for (int x = 0; x < to().width; ++x, place += std::size_t(to().channels)) visit(y, x, place);
    }

    StoredValues of(const Normalise&) const {
        StoredValues values = input();
        if (stored_output(Activation::none).lowest < 0)
            for (std::int32_t& value : values) value -= 128;
        return values;
    }

    /// How sums become stored numbers.
    struct Rounding {
        Requantization rule;
        ScaleProduct product;
    };

    /// weights [out][taps][in].
    StoredValues multiply(const Window& window, const WeightTensor& weights, const WeightTensor& bias,
                          Activation activation, const Rounding& rounding) const {
        const StoredRange in_range = stored_input(), out_range = stored_output(activation);
        const SumFactors factors =
            sum_factors(weights, to().channels, in_range, out_range, rounding.rule, rounding.product);
        const std::vector<std::int32_t> numbers = whole_numbers(weights), biases = whole_numbers(bias);
        const std::size_t channels = std::size_t(from().channels), all = std::size_t(taps(window)) * channels;
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            for (std::size_t out = 0; out < std::size_t(to().channels); ++out) {
                const std::int32_t zero = weight_zero_point(weights, out);
                const std::int32_t* const row = numbers.data() + out * all;
                std::int32_t sum = biases[out];
                for_each_tap(window, y, x, [&](std::size_t tap, const std::int32_t* in) {
                    const std::int32_t* const w = row + tap * channels;
                    for (std::size_t c = 0; c < channels; ++c) sum += (w[c] - zero) * (in[c] - in_range.zero_point);
                });
                values[place + out] =
                    out_range.clamp(std::int64_t{requantize(sum, out, factors, out_range)} + out_range.zero_point);
            }
        });
        return values;
    }

    StoredValues of(const Convolution& layer) const {
        return multiply(layer.window, layer.weights, layer.bias, layer.activation,
                        {layer.depth_multiplied ? depthwise_rule() : rule_, product_of(layer.weights)});
    }

    Requantization depthwise_rule() const {
        return rule_ == Requantization::ruy ? Requantization::two_roundings : rule_;
    }

    static ScaleProduct product_of(const WeightTensor& weights) {
        return weights.element() == Element::u8 ? ScaleProduct::as_float : ScaleProduct::as_double;
    }

    StoredValues of(const FullyConnected& layer) const {
        const Window window{whole_axis(from().height), whole_axis(from().width)};
        return multiply(window, layer.weights, layer.bias, layer.activation, {rule_, ScaleProduct::as_float});
    }

    StoredValues of(const Depthwise& layer) const {
        const StoredRange in_range = stored_input(), out_range = stored_output(layer.activation);
        const SumFactors factors =
            sum_factors(layer.weights, to().channels, in_range, out_range, depthwise_rule(), product_of(layer.weights));
        const std::vector<std::int32_t> numbers = whole_numbers(layer.weights), biases = whole_numbers(layer.bias);
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            std::vector<std::int32_t> sums = biases;
            for_each_tap(layer.window, y, x, [&](std::size_t tap, const std::int32_t* in) {
                const std::int32_t* const w = numbers.data() + tap * sums.size();
                for (std::size_t c = 0; c < sums.size(); ++c)
                    sums[c] += (w[c] - weight_zero_point(layer.weights, c)) * (in[c] - in_range.zero_point);
            });
            for (std::size_t c = 0; c < sums.size(); ++c)
                values[place + c] =
                    out_range.clamp(std::int64_t{requantize(sums[c], c, factors, out_range)} + out_range.zero_point);
        });
        return values;
    }

    StoredValues of(const AveragePool& pool) const {
        const StoredRange out = stored_output(Activation::none);
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            std::int32_t count = 0;
            std::int32_t* const sums = values.data() + place;
            for_each_tap(pool.window, y, x, [&](std::size_t, const std::int32_t* in) {
                ++count;
                for (int c = 0; c < to().channels; ++c) sums[c] += in[c];
            });
            for (int c = 0; c < to().channels; ++c)
                sums[c] = out.clamp((sums[c] + (sums[c] > 0 || out.lowest == 0 ? count / 2 : -(count / 2))) / count);
        });
        return values;
    }

    StoredValues of(const MaxPool& pool) const {
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            std::fill_n(values.begin() + std::ptrdiff_t(place), to().channels, stored_input().lowest);
            for_each_tap(pool.window, y, x, [&](std::size_t, const std::int32_t* in) {
                for (std::size_t c = 0; c < std::size_t(to().channels); ++c)
                    values[place + c] = std::max(values[place + c], in[c]);
            });
        });
        return values;
    }

    StoredValues of(const Add& layer) const {
        check(node_->inputs.size() == 2, "a quantized sum is one of two maps");
        const StoredRange a = stored_input(0), b = stored_input(1), out = stored_output(layer.activation);
        StoredValues values = no_values();
        if (rule_ == Requantization::float_product) {
            const float ratio_a = a.scale / out.scale, ratio_b = b.scale / out.scale;
            const int shift = 20 - std::ilogb(std::max(ratio_a, ratio_b));
            const auto factor = [&](float ratio) {
                return std::int64_t(std::nearbyint(std::ldexp(double(ratio), shift)));
            };
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::int64_t sum = factor(ratio_a) * (input(0)[i] - a.zero_point) +
                                         factor(ratio_b) * (input(1)[i] - b.zero_point) +
                                         (std::int64_t{1} << (shift - 1));
                values[i] = out.clamp((sum >> shift) + out.zero_point);
            }
            return values;
        }
        constexpr int left = 20;
        const double most = 2 * double(std::max(a.scale, b.scale));
        const FixedPoint factor_a = fixed_point(double(a.scale) / most), factor_b = fixed_point(double(b.scale) / most),
                         factor_out = fixed_point(most / (double(1 << left) * double(out.scale)));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::int32_t sum = round_twice((input(0)[i] - a.zero_point) * (1 << left), factor_a) +
                                     round_twice((input(1)[i] - b.zero_point) * (1 << left), factor_b);
            values[i] = out.clamp(std::int64_t{round_twice(sum, factor_out)} + out.zero_point);
        }
        return values;
    }

    StoredValues of(const Concat&) const {
        const StoredRange out = stored_output(Activation::none);
        StoredValues values;
        const std::size_t pixels = std::size_t(to().height) * std::size_t(to().width);
        for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            for (std::size_t index = 0; index < node_->inputs.size(); ++index) {
                const std::size_t channels = std::size_t(tensor(node_->inputs[index]).shape.channels);
                const StoredRange in = stored_input(index);
                for (std::size_t c = 0; c < channels; ++c)
                    values.push_back(in.lowest < 0 ? input(index)[pixel * channels + c]
                                                   : rescaled(input(index)[pixel * channels + c], in, out));
            }
        return values;
    }

    StoredValues of(const Softmax&) const {
        const StoredRange in = stored_input();
        return fixed_point_softmax(input(), in.scale, in.lowest);
    }

    const Graph& graph_;
    Requantization rule_;
    std::vector<StoredValues>& values_;
    const Node* node_ = nullptr;
};

}  // namespace

std::vector<StoredValues> interpret_integers(const Graph& graph, const std::vector<std::uint8_t>& image,
                                             Requantization rule) {
    check(std::int64_t(image.size()) == elements(shape_of(graph, graph.input)),
          "the picture has the network's input size");
    std::vector<StoredValues> values(graph.tensors.size());
    IntegerInterpreter(graph, rule, values).run(image);
    return values;
}

StoredValues interpret_node(const Graph& graph, const Node& node, std::vector<StoredValues>& values,
                            Requantization rule) {
    return IntegerInterpreter(graph, rule, values).run_node(node);
}

}  // namespace ssdgen
