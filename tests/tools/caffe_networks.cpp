#include "tools/caffe_networks.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <stdexcept>

namespace ssdgen::test {

namespace {

class Builder {
  public:
    explicit Builder(const CaffeStyle& style) : style_(style) {
        net_.set_name("Caffe-Net");
        const auto fill = [&](caffe::BlobShape& shape) {
            for (const int size : {1, 3, style.height, style.width}) shape.add_dim(size);
        };
        if (style.input == CaffeInput::layer) {
            fill(*add("data", "Input", {}).mutable_input_param()->add_shape());
        } else {
            net_.add_input("data");
            if (style.input == CaffeInput::shape)
                fill(*net_.add_input_shape());
            else
                for (const int size : {1, 3, style.height, style.width}) net_.add_input_dim(size);
        }
    }

    caffe::LayerParameter& add(const std::string& name, const std::string& type, const std::vector<std::string>& from) {
        caffe::LayerParameter& layer = *net_.add_layer();
        layer.set_name(name);
        layer.set_type(type);
        for (const std::string& bottom : from) layer.add_bottom(bottom);
        layer.add_top(name);
        return layer;
    }

    /// Values from low to high that repeat from run to run.
    void blob(caffe::LayerParameter& layer, std::vector<int> shape, float low, float high) {
        int count = 1;
        for (const int size : shape) count *= size;
        caffe::BlobProto& blob = *layer.add_blobs();
        if (style_.old_shapes) {
            while (shape.size() < 4) shape.insert(shape.begin(), 1);
            blob.set_num(shape[0]);
            blob.set_channels(shape[1]);
            blob.set_height(shape[2]);
            blob.set_width(shape[3]);
        } else {
            for (const int size : shape) blob.mutable_shape()->add_dim(size);
        }
        for (int i = 0; i < count; ++i) {
            state_ = state_ * 6364136223846793005U + 1442695040888963407U;
            const float value = low + (high - low) * static_cast<float>(state_ >> 40) / 16777216.0F;
            style_.double_data ? blob.add_double_data(value) : blob.add_data(value);
        }
    }

    /// A convolution of the trunk with all that follows it; works on the last blob.
    void convolution(const std::string& name, int channels, int kernel, int stride, bool depthwise = false) {
        const int inputs = depthwise ? 1 : channels_;
        caffe::LayerParameter& layer =
            add(name, depthwise && style_.depthwise_type ? "DepthwiseConvolution" : "Convolution", {last_});
        caffe::ConvolutionParameter& given = *layer.mutable_convolution_param();
        given.set_num_output(static_cast<unsigned>(channels));
        if (kernel > 1) given.add_pad(static_cast<unsigned>(kernel / 2));
        given.add_kernel_size(static_cast<unsigned>(kernel));
        if (stride > 1) given.add_stride(static_cast<unsigned>(stride));
        if (depthwise) given.set_group(static_cast<unsigned>(channels));
        given.mutable_weight_filler()->set_type("msra");
        layer.add_param()->set_lr_mult(1);
        const float spread = 2.0F / static_cast<float>(inputs * kernel * kernel);
        blob(layer, {channels, inputs, kernel, kernel}, -spread, 2 * spread);
        given.set_bias_term(!style_.batch_norm);
        if (!style_.batch_norm) blob(layer, {channels}, -0.1F, 0.1F);
        last_ = name;
        channels_ = channels;
        if (style_.batch_norm) batch_norm(name, channels);
        if (style_.activation[0] == '\0') return;
        caffe::LayerParameter& relu = follow(name + "/relu", style_.activation, name + "/out");
        if (std::string(style_.activation) == "Clip") {
            relu.mutable_clip_param()->set_min(0);
            relu.mutable_clip_param()->set_max(6);
        }
    }

    void batch_norm(const std::string& name, int channels) {
        caffe::LayerParameter& norm = follow(name + "/bn", "BatchNorm", name + "/bn");
        blob(norm, {channels}, -0.2F, 0.2F);
        blob(norm, {channels}, 0.5F, 2.0F);
        blob(norm, {1}, style_.zero_factor ? 0 : 1.5F, style_.zero_factor ? 0 : 1.5F);
        caffe::LayerParameter& scale = follow(name + "/scale", "Scale", last_);
        scale.mutable_scale_param()->set_bias_term(true);
        blob(scale, {channels}, 0.5F, 1.5F);
        blob(scale, {channels}, -0.2F, 0.2F);
    }

    /// A layer on the last blob: in place, or into a blob of another name.
    caffe::LayerParameter& follow(const std::string& name, const std::string& type, const std::string& blob) {
        caffe::LayerParameter& layer = add(name, type, {last_});
        if (!style_.in_place) last_ = blob;
        layer.set_top(0, last_);
        return layer;
    }

    void trunk(const std::vector<std::pair<int, int>>& pairs) {
        convolution(style_.sep_names ? "conv1" : "conv0", 8, 3, 2);
        int number = 1;
        for (const auto& [stride, channels] : pairs) {
            const std::string base = style_.sep_names ? fmt::format("conv2_{}", number) : fmt::format("conv{}", number);
            convolution(base + "/dw", channels_, 3, stride, true);
            convolution(base + (style_.sep_names ? "/sep" : ""), channels, 1, 1);
            ++number;
        }
    }

    void predictor(const std::string& source, const std::string& from, const std::string& suffix, int inputs,
                   int outputs) {
        const std::string name = source + suffix;
        caffe::LayerParameter& layer = add(name, "Convolution", {from});
        layer.mutable_convolution_param()->set_num_output(static_cast<unsigned>(outputs));
        layer.mutable_convolution_param()->add_kernel_size(static_cast<unsigned>(style_.head_kernel));
        if (style_.head_kernel > 1)
            layer.mutable_convolution_param()->add_pad(static_cast<unsigned>(style_.head_kernel / 2));
        blob(layer, {outputs, inputs, style_.head_kernel, style_.head_kernel}, -0.2F, 0.2F);
        blob(layer, {outputs}, -0.1F, 0.1F);
        auto& order = *add(name + "_perm", "Permute", {name}).mutable_permute_param();
        for (const unsigned axis : {0U, 2U, 3U, 1U}) order.add_order(axis);
        add(name + "_flat", "Flatten", {name + "_perm"}).mutable_flatten_param()->set_axis(1);
    }

    void source(const std::string& name, int channels, float least, float most) {
        const std::string from = style_.in_place ? name : name + "/out";
        const int boxes = most > 0 ? 4 : 3;
        predictor(name, from, "_mbox_loc", channels, boxes * 4);
        predictor(name, from, "_mbox_conf", channels, boxes * 3);
        auto& given = *add(name + "_mbox_priorbox", "PriorBox", {from, "data"}).mutable_prior_box_param();
        given.add_min_size(least);
        if (most > 0) given.add_max_size(most);
        given.add_aspect_ratio(2);
        given.set_clip(false);  // where OpenCV has another default than Caffe
        for (const float variance : {0.1F, 0.1F, 0.2F, 0.2F}) given.add_variance(variance);
    }

    void concat(const std::string& name, const std::string& suffix, int axis, const std::vector<std::string>& sources) {
        std::vector<std::string> from;
        for (const std::string& source : sources) from.push_back(source + "_" + name + suffix);
        add(name, "Concat", from).mutable_concat_param()->set_axis(axis);
    }

    const CaffeStyle& style_;
    caffe::NetParameter net_;
    std::string last_ = "data";
    int channels_ = 3;
    std::uint64_t state_ = 7;
};

}  // namespace

caffe::LayerParameter& layer_of(caffe::NetParameter& net, const std::string& name) {
    for (caffe::LayerParameter& layer : *net.mutable_layer())
        if (layer.name() == name) return layer;
    throw std::logic_error("no layer " + name);
}

caffe::NetParameter caffe_classifier(const CaffeStyle& style) {
    Builder builder(style);
    builder.trunk({{1, 12}, {2, 16}});
    auto& pool = *builder.add("pool6", "Pooling", {builder.last_}).mutable_pooling_param();
    pool.set_pool(caffe::PoolingParameter::AVE);
    pool.set_global_pooling(true);
    std::string last = "pool6";
    if (style.dropout) {
        builder.add("drop", "Dropout", {last}).mutable_dropout_param()->set_dropout_ratio(0.2F);
        last = "drop";
    }
    caffe::LayerParameter& fc = builder.add("fc7", style.inner_product ? "InnerProduct" : "Convolution", {last});
    if (style.inner_product) {
        fc.mutable_inner_product_param()->set_num_output(10);
        builder.blob(fc, {10, 16}, -0.3F, 0.3F);
    } else {
        fc.mutable_convolution_param()->set_num_output(10);
        fc.mutable_convolution_param()->add_kernel_size(1);
        builder.blob(fc, {10, 16, 1, 1}, -0.3F, 0.3F);
    }
    builder.blob(fc, {10}, -0.1F, 0.1F);
    if (style.softmax) builder.add("prob", "Softmax", {"fc7"});
    return builder.net_;
}

caffe::NetParameter caffe_detector(const CaffeStyle& style) {
    Builder builder(style);
    builder.trunk({{1, 12}, {2, 16}});
    builder.convolution("conv3_1", 8, 1, 1);
    builder.convolution("conv3_2", 12, 3, 2);
    builder.source("conv2", 16, 8, 0);
    builder.source("conv3_2", 12, 12, 20);
    const std::vector<std::string> sources{"conv2", "conv3_2"};
    builder.concat("mbox_loc", "_flat", 1, sources);
    builder.concat("mbox_conf", "_flat", 1, sources);
    builder.concat("mbox_priorbox", "", 2, sources);
    auto& shape = *builder.add("mbox_conf_reshape", "Reshape", {"mbox_conf"}).mutable_reshape_param()->mutable_shape();
    for (const int size : {0, -1, 3}) shape.add_dim(size);
    builder.add("mbox_conf_softmax", "Softmax", {"mbox_conf_reshape"}).mutable_softmax_param()->set_axis(2);
    builder.add("mbox_conf_flatten", "Flatten", {"mbox_conf_softmax"}).mutable_flatten_param()->set_axis(1);
    caffe::LayerParameter& layer =
        builder.add("detection_out", "DetectionOutput", {"mbox_loc", "mbox_conf_flatten", "mbox_priorbox"});
    layer.add_include()->set_phase(caffe::TEST);
    auto& given = *layer.mutable_detection_output_param();
    given.set_num_classes(3);
    given.set_share_location(true);  // OpenCV has no defaults for these two
    given.set_background_label_id(0);
    given.mutable_nms_param()->set_nms_threshold(0.45F);
    given.mutable_nms_param()->set_top_k(100);
    given.set_code_type(caffe::PriorBoxParameter::CENTER_SIZE);
    given.set_keep_top_k(50);
    given.set_confidence_threshold(0.2F);
    return builder.net_;
}

caffe::NetParameter in_old_form(const caffe::NetParameter& net) {
    caffe::NetParameter old = net;
    old.clear_layer();
    for (const caffe::LayerParameter& layer : net.layer()) {
        caffe::V1LayerParameter& copy = *old.add_layers();
        copy.set_name(layer.name());
        *copy.mutable_bottom() = layer.bottom();
        *copy.mutable_top() = layer.top();
        *copy.mutable_blobs() = layer.blobs();
        const std::string& type = layer.type();
        using V1 = caffe::V1LayerParameter;
        copy.set_type(type == "Convolution"    ? V1::CONVOLUTION
                      : type == "ReLU"         ? V1::RELU
                      : type == "Eltwise"      ? V1::ELTWISE
                      : type == "Concat"       ? V1::CONCAT
                      : type == "Pooling"      ? V1::POOLING
                      : type == "InnerProduct" ? V1::INNER_PRODUCT
                      : type == "Dropout"      ? V1::DROPOUT
                                               : V1::SOFTMAX);
        if (layer.has_convolution_param()) *copy.mutable_convolution_param() = layer.convolution_param();
        if (layer.has_eltwise_param()) *copy.mutable_eltwise_param() = layer.eltwise_param();
        if (layer.has_concat_param()) *copy.mutable_concat_param() = layer.concat_param();
        if (layer.has_pooling_param()) *copy.mutable_pooling_param() = layer.pooling_param();
        if (layer.has_inner_product_param()) *copy.mutable_inner_product_param() = layer.inner_product_param();
        copy.add_blobs_lr(1);
    }
    return old;
}

std::string prototxt_of(caffe::NetParameter net) {
    for (caffe::LayerParameter& layer : *net.mutable_layer()) layer.clear_blobs();
    for (caffe::V1LayerParameter& layer : *net.mutable_layers()) layer.clear_blobs();
    std::string text;
    google::protobuf::TextFormat::PrintToString(net, &text);
    return text;
}

std::string caffemodel_of(const caffe::NetParameter& net) { return net.SerializeAsString(); }

}  // namespace ssdgen::test
