// The layers of a prototxt that join the layer before them: batch norm, scale, activation.

#include "import/caffe/walker.h"

namespace ssdgen::caffe {

BatchNormTensors batch_norm_of(std::vector<float> mean, std::vector<float> variance, float sum, float epsilon) {
    const float factor = sum == 0 ? 0 : 1 / sum;
    for (float& value : mean) value *= factor;
    for (float& value : variance) value *= factor;
    BatchNormTensors norm;
    norm.epsilon = epsilon;
    norm.gamma.assign(mean.size(), 1.0F);
    norm.beta.assign(mean.size(), 0.0F);
    norm.mean = std::move(mean);
    norm.variance = std::move(variance);
    return norm;
}

void add_scale(NetworkLayer& layer, const std::vector<float>& gamma, const std::vector<float>& beta) {
    if (layer.batch_norm) {
        layer.batch_norm->gamma = gamma;
        layer.batch_norm->beta = beta;
        return;
    }
    const std::size_t taps = layer.weight.values.size() / gamma.size();
    for (std::size_t i = 0; i < layer.weight.values.size(); ++i) layer.weight.values[i] *= gamma[i / taps];
    for (std::size_t i = 0; i < gamma.size(); ++i)
        layer.bias.values[i] = static_cast<float>(double{layer.bias.values[i]} * gamma[i] + beta[i]);
}

/// The layer whose output, taken by nothing else, this one works on.
NetworkLayer& Walker::fused_into() {
    need(1);
    const Value& from = whole_map(0);
    const int version = bottoms_[static_cast<std::size_t>(current_)][0];
    if (from.kind != Value::Kind::features || from.shared || uses_[static_cast<std::size_t>(version)] != 1)
        fail("works on blob '{}'; allowed: the output of one layer that nothing else takes", shown(layer().bottom(0)));
    NetworkLayer& built = network_.layers[static_cast<std::size_t>(from.parts[0])];
    if (built.kind == LayerKind::average_pool || built.activation != Activation::none)
        fail("follows a pool or an activation; allowed: a convolution without one");
    return built;
}

/// One number a channel; zeros for a blob that does not fit, or (told already) is not there.
std::vector<float> Walker::channel_blob(WeightTensor& blob, int channels) {
    const auto count = static_cast<std::size_t>(channels);
    if (blob.values.size() == count) return std::move(blob.values);
    if (!blob.values.empty())
        misfit("has a blob of shape {} for layer '{}' ({}); allowed: one number for each of {} channels",
               shape_text(blob.shape), shown(layer().name()), shown(layer().type()), channels);
    return std::vector<float>(count, 0.0F);
}

void Walker::batch_norm() {
    NetworkLayer& built = fused_into();
    const std::size_t index = static_cast<std::size_t>(bottom(0).parts[0]);
    if (built.kind == LayerKind::fully_connected || built.batch_norm || scaled_[index])
        fail("follows an InnerProduct, a BatchNorm or a Scale; allowed: a Convolution");
    const BatchNormParameter& given = layer().batch_norm_param();
    if (given.has_use_global_stats() && !given.use_global_stats())
        fail("has use_global_stats false; allowed: true, the statistics of training");
    if (!(given.eps() > 0) || given.eps() > 1) fail("has eps {}; allowed: above 0, at most 1", given.eps());
    std::vector<WeightTensor> blobs = take_blobs(3);
    std::vector<float> mean = channel_blob(blobs[0], built.out.channels);
    std::vector<float> variance = channel_blob(blobs[1], built.out.channels);
    const float sum = channel_blob(blobs[2], 1)[0];
    built.batch_norm = batch_norm_of(std::move(mean), std::move(variance), sum, given.eps());
    give(bottom(0));
}

void Walker::scale() {
    NetworkLayer& built = fused_into();
    const std::size_t index = static_cast<std::size_t>(bottom(0).parts[0]);
    const ScaleParameter& given = layer().scale_param();
    if (given.axis() != 1 || given.num_axes() != 1)
        fail("has axis {} and num_axes {}; allowed: 1 and 1, the channels", given.axis(), given.num_axes());
    if (scaled_[index]) fail("follows another Scale; allowed: one");
    scaled_[index] = true;
    std::vector<WeightTensor> blobs = take_blobs(given.bias_term() ? 2 : 1);
    const std::vector<float> gamma = channel_blob(blobs[0], built.out.channels);
    const std::vector<float> beta =
        given.bias_term() ? channel_blob(blobs[1], built.out.channels) : std::vector<float>(gamma.size(), 0.0F);
    add_scale(built, gamma, beta);
    give(bottom(0));
}

void Walker::activation(Activation kind) {
    fused_into().activation = kind;
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
