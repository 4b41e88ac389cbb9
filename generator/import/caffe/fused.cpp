// The layers of a prototxt that join the layer before them: batch norm, scale, activation.

#include "import/caffe/walker.h"

namespace ssdgen::caffe {

BatchNorm batch_norm_of(std::vector<float> mean, std::vector<float> variance, float sum, float epsilon) {
    const float factor = sum == 0 ? 0 : 1 / sum;
    for (float& value : mean) value *= factor;
    for (float& value : variance) value *= factor;
    BatchNorm norm;
    norm.epsilon = epsilon;
    norm.gamma.assign(mean.size(), 1.0F);
    norm.beta.assign(mean.size(), 0.0F);
    norm.mean = std::move(mean);
    norm.variance = std::move(variance);
    return norm;
}

/// The layer whose output, taken by nothing else, this one works on.
TensorId Walker::fused_into() const {
    need(1);
    const Value& from = whole_map(0);
    const int version = bottoms_[static_cast<std::size_t>(current_)][0];
    if (from.kind != Value::Kind::features || from.shared || uses_[static_cast<std::size_t>(version)] != 1)
        fail("works on blob '{}'; allowed: the output of one layer that nothing else takes", shown(layer().bottom(0)));
    const TensorId built = from.parts[0];
    if (!builder_.takes_activation(built) || builder_.activation_of(built) != Activation::none)
        fail("follows a pool or an activation; allowed: a convolution or a sum without one");
    return built;
}

/// One number a channel; zeros for a blob that does not fit, or (told already) is not there.
std::vector<float> Walker::channel_blob(WeightTensor& blob, int channels) {
    const auto count = static_cast<std::size_t>(channels);
    if (blob.size() == count) return std::move(blob.floats());
    if (!blob.empty())
        misfit("has a blob of shape {} for layer '{}' ({}); allowed: one number for each of {} channels",
               spell_shape(blob.shape), shown(layer().name()), shown(layer().type()), channels);
    return std::vector<float>(count, 0.0F);
}

/// The second blob, of a layer that has one; else zeros.
std::vector<float> Walker::bias_blob(std::vector<WeightTensor>& blobs, int channels) {
    if (blobs.size() > 1) return channel_blob(blobs[1], channels);
    return std::vector<float>(static_cast<std::size_t>(channels), 0.0F);
}

void Walker::batch_norm() {
    const TensorId built = fused_into();
    const int channels = builder_.shape(built).channels;
    if (!builder_.takes_batch_norm(built) || scaled_.count(built) != 0)
        fail("follows an InnerProduct, an Eltwise, a BatchNorm or a Scale; allowed: a Convolution");
    const BatchNormParameter& given = layer().batch_norm_param();
    if (given.has_use_global_stats() && !given.use_global_stats())
        fail("has use_global_stats false; allowed: true, the statistics of training");
    if (!(given.eps() > 0) || given.eps() > 1) fail("has eps {}; allowed: above 0, at most 1", given.eps());
    std::vector<WeightTensor> blobs = take_blobs(3);
    std::vector<float> mean = channel_blob(blobs[0], channels);
    std::vector<float> variance = channel_blob(blobs[1], channels);
    const float sum = channel_blob(blobs[2], 1)[0];
    builder_.join_batch_norm(built, batch_norm_of(std::move(mean), std::move(variance), sum, given.eps()));
    give(bottom(0));
}

void Walker::scale() {
    const TensorId built = fused_into();
    const int channels = builder_.shape(built).channels;
    const ScaleParameter& given = layer().scale_param();
    if (given.axis() != 1 || given.num_axes() != 1)
        fail("has axis {} and num_axes {}; allowed: 1 and 1, the channels", given.axis(), given.num_axes());
    if (!builder_.takes_scale(built)) fail("follows an Eltwise; allowed: a Convolution or an InnerProduct");
    if (!scaled_.insert(built).second) fail("follows another Scale; allowed: one");
    std::vector<WeightTensor> blobs = take_blobs(given.bias_term() ? 2 : 1);
    const std::vector<float> gamma = channel_blob(blobs[0], channels);
    builder_.join_scale(built, gamma, bias_blob(blobs, channels));
    give(bottom(0));
}

void Walker::activation(Activation kind) {
    builder_.join_activation(fused_into(), kind);
    give(bottom(0));
}

void Walker::relu() {
    if (layer().relu_param().negative_slope() != 0)
        fail("has negative_slope {}; allowed: 0", layer().relu_param().negative_slope());
    activation(layer().type() == "ReLU6" ? Activation::relu6 : Activation::relu);
}

void Walker::clip() {
    const ClipParameter& given = layer().clip_param();
    if (!given.has_min() || !given.has_max() || given.min() != 0 || given.max() != 6)
        fail("clips to {} to {}; allowed: 0 to 6", given.min(), given.max());
    activation(Activation::relu6);
}

}  // namespace ssdgen::caffe
