#include "reference/integer_interpreter.h"

#include "graph/shapes.h"
#include "reference/fixed_point.h"
#include "reference/fixed_point_softmax.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ssdgen {

namespace {

/// What the stored numbers of a map mean, and which there are.
struct Stored {
    float scale = 0;
    std::int32_t zero_point = 0;
    std::int32_t lowest = 0, highest = 255;

    std::int32_t clamp(std::int64_t value) const {
        return std::int32_t(std::clamp<std::int64_t>(value, lowest, highest));
    }
    /// The stored number nearest to a real value.
    std::int32_t nearest(float value) const { return clamp(zero_point + std::int64_t(std::round(value / scale))); }
};

Stored stored_as(const Tensor& tensor) {
    check(tensor.quantization && tensor.quantization->axis == -1, [&] { return tensor.name + " is quantized"; });
    const bool is_signed = tensor.element == Element::s8;
    check(is_signed || tensor.element == Element::u8, [&] { return tensor.name + " is of 8 bits"; });
    return {tensor.quantization->scale[0], tensor.quantization->zero_point[0], is_signed ? -128 : 0,
            is_signed ? 127 : 255};
}

/// The range that an activation leaves of what can be stored.
Stored limited(Stored stored, Activation activation) {
    const auto lowest = [&](float value) { stored.lowest = std::max(stored.lowest, stored.nearest(value)); };
    switch (activation) {
        case Activation::none: break;
        case Activation::relu: lowest(0); break;
        case Activation::relu6: {
            const std::int32_t highest = stored.nearest(6);
            lowest(0);
            stored.highest = std::min(stored.highest, highest);
            break;
        }
    }
    return stored;
}

std::vector<std::int32_t> whole_numbers(const WeightTensor& tensor) {
    return std::visit(
        [&](const auto& numbers) -> std::vector<std::int32_t> {
            using Number = typename std::decay_t<decltype(numbers)>::value_type;
            if constexpr (std::is_integral_v<Number>) return {numbers.begin(), numbers.end()};
            throw InternalError("internal error: broken invariant: weights are whole numbers");
        },
        tensor.numbers);
}

/// Of one layer with weights: how the sums of each channel are requantized.
class Requantizer {
  public:
    Requantizer(const WeightTensor& weights, int channels, const Stored& from, const Stored& to, Requantization rule,
                bool product_in_float)
        : to_(to), rule_(rule) {
        const Quantization& meaning = *weights.quantization;
        for (int channel = 0; channel < channels; ++channel) {
            const float scale = meaning.scale[meaning.axis == -1 ? 0 : std::size_t(channel)];
            const double product = product_in_float ? double(from.scale * scale) : double(from.scale) * double(scale);
            factors_.push_back(fixed_point(product / double(to.scale)));
            floats_.push_back(from.scale * scale / to.scale);
        }
    }

    std::int32_t operator()(std::int32_t sum, int channel) const {
        const FixedPoint& factor = factors_[std::size_t(channel)];
        switch (rule_) {
            case Requantization::two_roundings:
                return to_.clamp(std::int64_t{round_twice(sum, factor)} + to_.zero_point);
            case Requantization::ruy: return to_.clamp(std::int64_t{round_once(sum, factor)} + to_.zero_point);
            case Requantization::float_product: break;
        }
        const float value = std::nearbyint(float(sum) * floats_[std::size_t(channel)]);
        return std::int32_t(
                   std::clamp(value, float(to_.lowest - to_.zero_point), float(to_.highest - to_.zero_point))) +
               to_.zero_point;
    }

  private:
    Stored to_;
    Requantization rule_;
    std::vector<FixedPoint> factors_;
    std::vector<float> floats_;
};

/// Runs the nodes of a graph, one after the other.
class IntegerInterpreter {
  public:
    IntegerInterpreter(const Graph& graph, Requantization rule)
        : graph_(graph), rule_(rule), values_(graph.tensors.size()) {}

    std::vector<StoredValues> run(const std::vector<std::uint8_t>& image) {
        values_[std::size_t(graph_.input)].assign(image.begin(), image.end());
        for (const Node& node : graph_.nodes) {
            node_ = &node;
            check(node.outputs.size() == 1, "outputs are joined later");
            StoredValues result = std::visit([&](const auto& operation) { return of(operation); }, node.operation);
            values_[std::size_t(node.outputs[0])] = std::move(result);
        }
        return std::move(values_);
    }

  private:
    const Tensor& tensor(TensorId id) const { return graph_.tensors[std::size_t(id)]; }
    const Shape& from() const { return tensor(node_->inputs[0]).shape; }
    const Shape& to() const { return tensor(node_->outputs[0]).shape; }
    const StoredValues& input(std::size_t index = 0) const { return values_[std::size_t(node_->inputs[index])]; }
    Stored stored_input(std::size_t index = 0) const { return stored_as(tensor(node_->inputs[index])); }
    Stored stored_output(Activation activation) const {
        return limited(stored_as(tensor(node_->outputs[0])), activation);
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

    /// weights [out][taps][in].
    StoredValues multiply(const Window& window, const WeightTensor& weights, const WeightTensor& bias,
                          Activation activation, bool product_in_float) const {
        const Stored stored_in = stored_input();
        const Requantizer requantize(weights, to().channels, stored_in, stored_output(activation), rule_,
                                     product_in_float);
        const std::vector<std::int32_t> numbers = whole_numbers(weights), biases = whole_numbers(bias);
        const std::size_t channels = std::size_t(from().channels), all = std::size_t(taps(window)) * channels;
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            for (int out = 0; out < to().channels; ++out) {
                const std::int32_t zero = zero_point(weights, out);
                const std::int32_t* const row = numbers.data() + std::size_t(out) * all;
                std::int32_t sum = biases[std::size_t(out)];
                for_each_tap(window, y, x, [&](std::size_t tap, const std::int32_t* in) {
                    const std::int32_t* const w = row + tap * channels;
                    for (std::size_t c = 0; c < channels; ++c) sum += (w[c] - zero) * (in[c] - stored_in.zero_point);
                });
                values[place + std::size_t(out)] = requantize(sum, out);
            }
        });
        return values;
    }

    StoredValues of(const Convolution& layer) const {
        return multiply(layer.window, layer.weights, layer.bias, layer.activation,
                        layer.weights.element() == Element::u8);
    }

    StoredValues of(const FullyConnected& layer) const {
        const Window window{whole_axis(from().height), whole_axis(from().width)};
        return multiply(window, layer.weights, layer.bias, layer.activation, true);
    }

    StoredValues of(const Depthwise& layer) const {
        const Stored stored_in = stored_input();
        const Requantization rule = rule_ == Requantization::ruy ? Requantization::two_roundings : rule_;
        const Requantizer requantize(layer.weights, to().channels, stored_in, stored_output(layer.activation), rule,
                                     layer.weights.element() == Element::u8);
        const std::vector<std::int32_t> numbers = whole_numbers(layer.weights), biases = whole_numbers(layer.bias);
        StoredValues values = no_values();
        for_each_pixel([&](int y, int x, std::size_t place) {
            std::vector<std::int32_t> sums = biases;
            for_each_tap(layer.window, y, x, [&](std::size_t tap, const std::int32_t* in) {
                const std::int32_t* const w = numbers.data() + tap * sums.size();
                for (std::size_t c = 0; c < sums.size(); ++c)
                    sums[c] += (w[c] - zero_point(layer.weights, int(c))) * (in[c] - stored_in.zero_point);
            });
            for (std::size_t c = 0; c < sums.size(); ++c) values[place + c] = requantize(sums[c], int(c));
        });
        return values;
    }

    StoredValues of(const AveragePool& pool) const {
        const Stored out = stored_output(Activation::none);
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
        const Stored a = stored_input(0), b = stored_input(1), out = stored_output(layer.activation);
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
        const Stored out = stored_output(Activation::none);
        StoredValues values;
        const std::size_t pixels = std::size_t(to().height) * std::size_t(to().width);
        for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            for (std::size_t index = 0; index < node_->inputs.size(); ++index) {
                const std::size_t channels = std::size_t(tensor(node_->inputs[index]).shape.channels);
                const Stored in = stored_input(index);
                for (std::size_t c = 0; c < channels; ++c)
                    values.push_back(rescaled(input(index)[pixel * channels + c], in, out));
            }
        return values;
    }

    /// Of a concatenation; of signed numbers all maps have one scale.
    static std::int32_t rescaled(std::int32_t value, const Stored& in, const Stored& out) {
        if (in.lowest < 0 || (in.scale == out.scale && in.zero_point == out.zero_point)) return value;
        const float scale = in.scale * (1.0F / out.scale), bias = -float(in.zero_point) * scale;
        return out.clamp(std::int64_t(std::round(float(value) * scale + bias)) + out.zero_point);
    }

    StoredValues of(const Softmax&) const {
        const Stored in = stored_input();
        return fixed_point_softmax(input(), in.scale, in.lowest);
    }

    static std::int32_t zero_point(const WeightTensor& weights, int channel) {
        const Quantization& meaning = *weights.quantization;
        return meaning.zero_point[meaning.axis == -1 ? 0 : std::size_t(channel)];
    }

    const Graph& graph_;
    Requantization rule_;
    std::vector<StoredValues> values_;
    const Node* node_ = nullptr;
};

}  // namespace

std::vector<StoredValues> interpret_integers(const Graph& graph, const std::vector<std::uint8_t>& image,
                                             Requantization rule) {
    check(std::int64_t(image.size()) == elements(shape_of(graph, graph.input)),
          "the picture has the network's input size");
    return IntegerInterpreter(graph, rule).run(image);
}

}  // namespace ssdgen
