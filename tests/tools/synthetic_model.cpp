#include "tools/synthetic_model.h"

#include <cmath>

namespace ssdgen::test {

namespace {

constexpr float unit = 1.0F / 128;
constexpr float activation_scale = 6.0F / 255;

/// A weight in units of 1/128, even for odd output channels so that int8 may store them with the scale 1/64.
int weight_units(int layer, int index, int output_channel) {
    const unsigned mixed = (static_cast<unsigned>(layer) * 7919U + static_cast<unsigned>(index)) * 2654435761U;
    const int units = static_cast<int>((mixed >> 16) % 121U) - 60;
    return output_channel % 2 == 0 ? units : units / 2 * 2;
}

class Writer {
  public:
    explicit Writer(const SyntheticModel& model) : model_(model) {
        const bool quantised = model.form == Form::uint8 || model.form == Form::int8_per_channel;
        const Quantised input{{unit}, {model.form == Form::uint8 ? 128 : 0}, 0};
        map_ = {model.height, model.width, model.channels};
        picture_ = file_.tensor("picture", shape(), activation_type(), quantised ? input : Quantised{});
        at_ = given_ = picture_;
        if (!model.float_ends) return;
        given_ = file_.tensor("float_picture", shape(), float32);
        file_.plain(Code::QUANTIZE, {given_}, {picture_});
    }

    void backbone() {
        convolve("Conv2d_0", false, model_.first_channels, 3, 2, model_.clamp);
        int number = 0;
        for (const SyntheticModel::Pair& pair : model_.pairs) {
            const std::string name = "Conv2d_" + std::to_string(++number);
            convolve(name + "_depthwise", true, 0, 3, pair.stride, model_.clamp);
            convolve(name + "_pointwise", false, pair.channels, 1, 1, model_.clamp);
        }
    }

    std::string classifier() {
        backbone();
        pool();
        connect();
        if (model_.softmax) {
            const int scores = file_.tensor("scores", {1, model_.classes}, activation_type(), activation());
            file_.softmax(at_, scores);
            at_ = scores;
        }
        if (model_.float_ends) {
            const int floats = file_.tensor("float_scores", {1, model_.classes}, float32);
            file_.plain(Code::DEQUANTIZE, {at_}, {floats});
            at_ = floats;
        }
        return file_.finish({given_}, {at_});
    }

    std::string detector() {
        backbone();
        add_source();
        for (int i = 0; i < model_.extras; ++i) {
            convolve("extra_" + std::to_string(i) + "_1", false, 8, 1, 1, model_.clamp);
            convolve("extra_" + std::to_string(i) + "_2", false, 12, 3, 2, model_.clamp);
            add_source();
        }
        int boxes = joined("boxes", boxes_, 4);
        const int raw = joined("raw_scores", scores_, columns());
        const int scores = file_.tensor("scores", {1, rows_, columns()}, activation_type(), activation());
        if (model_.softmax_scores) {
            file_.softmax(raw, scores);
        } else {
            file_.plain(Code::LOGISTIC, {raw}, {scores});
        }
        if (model_.raw) return file_.finish({picture_}, {boxes, scores});
        return post_process(boxes, scores);
    }

  private:
    struct Map {
        int height, width, channels;
    };
    std::vector<int> shape() const { return {1, map_.height, map_.width, map_.channels}; }
    int columns() const { return model_.classes + (model_.background ? 1 : 0); }
    std::int8_t activation_type() const {
        if (model_.form == Form::uint8) return uint8;
        return model_.form == Form::int8_per_channel ? int8 : float32;
    }
    Quantised activation() const {
        if (model_.form == Form::uint8) return {{activation_scale}, {0}, 0};
        return model_.form == Form::int8_per_channel ? Quantised{{activation_scale}, {-128}, 0} : Quantised{};
    }
    float input_scale() const { return at_ == picture_ ? unit : activation_scale; }

    int weights(const std::string& name, const std::vector<int>& shape, int output_dimension) {
        const int outputs = shape[static_cast<std::size_t>(output_dimension)];
        int count = 1;
        for (const int size : shape) count *= size;
        const int inner = output_dimension == 0 ? count / outputs : 1;
        std::vector<int> units;
        std::vector<float> values;
        for (int i = 0; i < count; ++i) {
            units.push_back(weight_units(layer_, i, i / inner % outputs));
            values.push_back(static_cast<float>(units.back()) * unit);
        }
        if (model_.form == Form::float32) return file_.floats(name, shape, values);
        if (model_.form == Form::float16) {
            const int stored = file_.halves(name + "_half", shape, values);
            const int dequantised = file_.tensor(name, shape, float32);
            file_.plain(Code::DEQUANTIZE, {stored}, {dequantised});
            return dequantised;
        }
        if (model_.form == Form::uint8) {
            for (int& value : units) value += 100;
            return file_.integers(name, shape, units, uint8, {{unit}, {100}, 0});
        }
        for (int i = 0; i < count; ++i)
            if (i / inner % outputs % 2 == 1) units[static_cast<std::size_t>(i)] /= 2;
        Quantised quantised{weight_scales(outputs), std::vector<std::int64_t>(static_cast<std::size_t>(outputs), 0),
                            output_dimension};
        return file_.integers(name, shape, units, int8, quantised);
    }

    std::vector<float> weight_scales(int outputs) const {
        if (model_.form == Form::uint8) return {unit};
        std::vector<float> scales;
        for (int i = 0; i < outputs; ++i) scales.push_back(i % 2 == 0 ? unit : 2 * unit);
        return scales;
    }

    int biases(const std::string& name, int outputs) {
        std::vector<float> values;
        for (int i = 0; i < outputs; ++i) values.push_back(synthetic_bias(layer_, i));
        if (model_.form == Form::float32 || model_.form == Form::float16) return file_.floats(name, {outputs}, values);
        Quantised quantised;
        std::vector<int> stored;
        const std::vector<float> scales = weight_scales(outputs);
        for (int i = 0; i < outputs; ++i) {
            const float scale = input_scale() * scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(i)];
            stored.push_back(static_cast<int>(std::lround(values[static_cast<std::size_t>(i)] / scale)));
            if (scales.size() > 1 || i == 0) quantised.scales.push_back(scale);
        }
        quantised.zero_points.assign(quantised.scales.size(), 0);
        // Both ways of converters: the scale stated, or left to be the product of input's and weights'.
        return file_.integers(name, {outputs}, stored, int32, model_.form == Form::uint8 ? Quantised{} : quantised);
    }

    schema::ActivationFunctionType fused(Clamp clamp) const {
        if (clamp == Clamp::relu) return schema::ActivationFunctionType::RELU;
        return clamp == Clamp::relu6 ? schema::ActivationFunctionType::RELU6 : schema::ActivationFunctionType::NONE;
    }

    /// Pads as Keras does before a strided layer: nothing and one on even sizes, one and one on odd ones.
    void pad_before() {
        const int top = map_.height % 2;
        const int left = map_.width % 2;
        map_.height += top + 1;
        map_.width += left + 1;
        const int pads = file_.integers("pads", {4, 2}, {0, 0, top, 1, left, 1, 0, 0});
        const int padded =
            file_.tensor("padded", shape(), activation_type(), at_ == picture_ ? picture_quantised() : activation());
        file_.plain(Code::PAD, {at_, pads}, {padded});
        at_ = padded;
    }
    Quantised picture_quantised() const {
        if (activation_type() == float32) return {};
        return {{unit}, {model_.form == Form::uint8 ? 128 : 0}, 0};
    }

    void convolve(const std::string& name, bool depthwise, int channels, int kernel, int stride, Clamp clamp) {
        const bool pad = model_.pad_then_valid && stride == 2 && kernel == 3;
        if (depthwise) channels = map_.channels;
        const int weight = depthwise ? weights(name + "/weights", {1, kernel, kernel, channels}, 3)
                                     : weights(name + "/weights", {channels, kernel, kernel, map_.channels}, 0);
        std::vector<int> inputs{0, weight};
        if (model_.bias) inputs.push_back(biases(name + "/bias", channels));
        if (pad) pad_before();
        inputs[0] = at_;
        map_.height = pad ? (map_.height - kernel) / stride + 1 : (map_.height + stride - 1) / stride;
        map_.width = pad ? (map_.width - kernel) / stride + 1 : (map_.width + stride - 1) / stride;
        map_.channels = channels;
        at_ = file_.tensor(name + (clamp == Clamp::separate_relu6 ? "/linear" : ""), shape(), activation_type(),
                           activation());
        const TfliteBuilder::Window window{stride, !pad, fused(clamp)};
        if (depthwise) {
            file_.depthwise(inputs, at_, window);
        } else {
            file_.convolution(inputs, at_, window);
        }
        if (clamp == Clamp::separate_relu6) {
            const int clamped = file_.tensor(name, shape(), activation_type(), activation());
            file_.plain(Code::RELU6, {at_}, {clamped});
            at_ = clamped;
        }
        ++layer_;
    }

    void pool() {
        const int input = at_;
        if (model_.mean) {
            const int axes = file_.integers("axes", {2}, {1, 2});
            at_ = file_.tensor("mean", {1, map_.channels}, activation_type(), activation());
            file_.plain(Code::MEAN, {input, axes}, {at_});
        } else {
            at_ = file_.tensor("pool", {1, 1, 1, map_.channels}, activation_type(), activation());
            file_.average_pool(input, at_, map_.height, 1);
        }
        map_.height = map_.width = 1;
    }

    void connect() {
        if (!model_.fully_connected) {
            reshape("to_map", {1, 1, 1, map_.channels});
            convolve("logits_map", false, model_.classes, 1, 1, Clamp::none);
            reshape("logits", {1, model_.classes});
            return;
        }
        const int weight = weights("dense/weights", {model_.classes, map_.channels}, 0);
        std::vector<int> inputs{at_, weight};
        if (model_.bias) inputs.push_back(biases("dense/bias", model_.classes));
        at_ = file_.tensor("logits", {1, model_.classes}, activation_type(), activation());
        file_.fully_connected(inputs, at_);
    }

    void reshape(const std::string& name, const std::vector<int>& shape) {
        const int sizes = file_.integers(name + "_shape", {static_cast<int>(shape.size())}, shape);
        const int reshaped = file_.tensor(name, shape, activation_type(), activation());
        file_.plain(Code::RESHAPE, {at_, sizes}, {reshaped});
        at_ = reshaped;
    }

    void add_source() {
        const int source = at_;
        const Map map = map_;
        const std::string number = std::to_string(boxes_.size());
        const int cells = map.height * map.width;
        convolve("box_" + number, false, model_.boxes * 4, model_.head_kernel, 1, Clamp::none);
        reshape("box_rows_" + number, {1, cells * model_.boxes, 1, 4});
        boxes_.push_back(at_);
        at_ = source;
        map_ = map;
        convolve("class_" + number, false, model_.boxes * columns(), model_.head_kernel, 1, Clamp::none);
        reshape("class_rows_" + number, {1, cells * model_.boxes, columns()});
        scores_.push_back(at_);
        at_ = source;
        map_ = map;
        rows_ += cells * model_.boxes;
    }

    int joined(const std::string& name, const std::vector<int>& parts, int last) {
        const std::vector<int> shape =
            name == "boxes" ? std::vector<int>{1, rows_, 1, 4} : std::vector<int>{1, rows_, last};
        int all = file_.tensor(name + "_joined", shape, activation_type(), activation());
        file_.concatenation(parts, all, 1);
        if (shape.size() == 3) return all;
        const int squeezed = file_.tensor(name, {1, rows_, last}, activation_type(), activation());
        file_.plain(Code::SQUEEZE, {all}, {squeezed});
        return squeezed;
    }

    std::string post_process(int boxes, int scores) {
        std::vector<float> anchors;
        for (int i = 0; i < rows_; ++i)
            for (int k = 0; k < 4; ++k) anchors.push_back(static_cast<float>((i * 4 + k) % 29 + 1) / 32);
        const int table = file_.floats("anchors", {rows_, 4}, anchors);
        std::vector<int> outputs;
        for (const char* name : {"detections", "detections:1", "detections:2", "detections:3"})
            outputs.push_back(file_.tensor(name, {}, float32));
        std::map<std::string, double> options{{"max_detections", 20},
                                              {"max_classes_per_detection", 1},
                                              {"nms_score_threshold", 0.25},
                                              {"nms_iou_threshold", 0.5},
                                              {"num_classes", model_.classes},
                                              {"y_scale", 10.0},
                                              {"x_scale", 10.0},
                                              {"h_scale", 5.0},
                                              {"w_scale", 5.0}};
        if (model_.regular) {
            options["use_regular_nms"] = 1;
            options["detections_per_class"] = 50;
        }
        options["_output_quantized"] = 1;
        file_.detection({boxes, scores, table}, outputs, options);
        return file_.finish({picture_}, outputs);
    }

    const SyntheticModel& model_;
    TfliteBuilder file_;
    int given_ = 0;    // what the file takes
    int picture_ = 0;  // what the first layer takes
    int at_ = 0;       // the tensor reached
    Map map_{};
    int layer_ = 0;
    std::vector<int> boxes_, scores_;
    int rows_ = 0;
};

}  // namespace

std::string synthetic_classifier(const SyntheticModel& model) { return Writer(model).classifier(); }

std::string synthetic_detector(const SyntheticModel& model) { return Writer(model).detector(); }

float synthetic_weight(int layer, int index, int output_channel) {
    return static_cast<float>(weight_units(layer, index, output_channel)) * unit;
}

float synthetic_bias(int layer, int channel) { return static_cast<float>((layer * 5 + channel * 3) % 17 - 8) / 64; }

}  // namespace ssdgen::test
