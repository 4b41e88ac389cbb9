#include "export/caffe_builder.h"

#include "graph/shapes.h"
#include "graph/weight_layout.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

unsigned size(int value) { return static_cast<unsigned>(value); }

/// Kernel and stride of a pool, apart where they differ between rows and columns.
void set_pool_window(caffe::PoolingParameter& given, const Window& window) {
    if (is_equal_both_ways(kernel_of(window))) {
        given.set_kernel_size(size(window.rows.kernel));
    } else {
        given.set_kernel_h(size(window.rows.kernel));
        given.set_kernel_w(size(window.columns.kernel));
    }
    if (is_equal_both_ways(stride_of(window))) {
        given.set_stride(size(window.rows.stride));
    } else {
        given.set_stride_h(size(window.rows.stride));
        given.set_stride_w(size(window.columns.stride));
    }
}

}  // namespace

caffe::LayerParameter& CaffeBuilder::add(const std::string& name, const char* type,
                                         const std::vector<std::string>& bottoms) {
    if (std::find(names_.begin(), names_.end(), name) != names_.end())
        fail_input(file_,
                   "has a layer named '{}', a name that the head or an activation takes in Caffe; allowed: another",
                   name);
    names_.push_back(name);
    caffe::LayerParameter& layer = *net_.add_layer();
    layer.set_name(name);
    layer.set_type(type);
    for (const std::string& bottom : bottoms) layer.add_bottom(bottom);
    layer.add_top(name);
    return layer;
}

std::string CaffeBuilder::blob_of(TensorId tensor) const { return blobs_[static_cast<std::size_t>(tensor)]; }

std::vector<std::string> CaffeBuilder::blobs_of(const std::vector<TensorId>& tensors) const {
    std::vector<std::string> blobs;
    for (const TensorId tensor : tensors) blobs.push_back(blob_of(tensor));
    return blobs;
}

void CaffeBuilder::add_input(const Shape& picture, const std::string& blob) {
    auto& shape = *add(blob, "Input", {}).mutable_input_param()->add_shape();
    for (const int side : {1, picture.channels, picture.height, picture.width}) shape.add_dim(side);
}

void CaffeBuilder::add_blob(caffe::LayerParameter& layer, const WeightTensor& tensor) {
    caffe::BlobProto& blob = *layer.add_blobs();
    for (const int length : tensor.shape) blob.mutable_shape()->add_dim(length);
    const std::vector<float>& values = tensor.floats();
    *blob.mutable_data() = google::protobuf::RepeatedField<float>(values.begin(), values.end());
}

void CaffeBuilder::add_activation(const std::string& layer, Activation activation) {
    switch (activation) {
        case Activation::none: return;
        case Activation::relu: add(layer + "/relu", "ReLU", {layer}).set_top(0, layer); return;
        case Activation::relu6: add(layer + "/relu6", "ReLU6", {layer}).set_top(0, layer); return;
    }
}

void CaffeBuilder::add_convolution(const Graph& graph, const Node& node, const Window& window, bool depthwise) {
    const Pads pads = pads_of(window);
    if (pads[0] != pads[2] || pads[1] != pads[3])
        fail_input(
            at(file_, node.pointer),
            "found {}, padded by {} above, {} on the left, {} below and {} on the right; allowed for Caffe: the same "
            "on opposite sides",
            node.name, pads[0], pads[1], pads[2], pads[3]);
    const int outputs = shape_of(graph, node.outputs[0]).channels;
    caffe::LayerParameter& layer = add(node.name, "Convolution", {blob_of(node.inputs[0])});
    caffe::ConvolutionParameter& given = *layer.mutable_convolution_param();
    given.set_num_output(size(outputs));
    if (pads[0] != pads[1]) {
        given.set_pad_h(size(pads[0]));
        given.set_pad_w(size(pads[1]));
    } else if (pads[0] != 0) {
        given.add_pad(size(pads[0]));
    }
    if (is_equal_both_ways(kernel_of(window))) {
        given.add_kernel_size(size(window.rows.kernel));
    } else {
        given.set_kernel_h(size(window.rows.kernel));
        given.set_kernel_w(size(window.columns.kernel));
    }
    if (!is_equal_both_ways(stride_of(window))) {
        given.set_stride_h(size(window.rows.stride));
        given.set_stride_w(size(window.columns.stride));
    } else if (window.rows.stride != 1) {
        given.add_stride(size(window.rows.stride));
    }
    // Of dilations there is no form apart.
    if (dilation_of(window) != 1) given.add_dilation(size(window.rows.dilation));
    if (!is_equal_both_ways(dilation_of(window))) given.add_dilation(size(window.columns.dilation));
    if (!depthwise) return;
    given.set_group(size(outputs));
    given.set_engine(caffe::ConvolutionParameter::CAFFE);
}

void CaffeBuilder::add_pool(const Graph& graph, const Node& node, const Window& window) {
    const Shape& map = shape_of(graph, node.inputs[0]);
    caffe::PoolingParameter& given = *add(node.name, "Pooling", {blob_of(node.inputs[0])}).mutable_pooling_param();
    given.set_pool(caffe::PoolingParameter::AVE);
    if (window.rows.kernel == map.height && window.columns.kernel == map.width) {
        given.set_global_pooling(true);
        return;
    }
    if (extent(window.rows, window.rows.output) != map.height ||
        extent(window.columns, window.columns.output) != map.width)
        fail_input(
            at(file_, node.pointer),
            "found {}, whose windows of {} with stride {} leave over some of the {}x{} map, where Caffe would have "
            "one more; allowed for Caffe: windows that use it up",
            node.name, to_string(kernel_of(window)), to_string(stride_of(window)), map.height, map.width);
    set_pool_window(given, window);
}

void CaffeBuilder::add_max_pool(const Graph& graph, const Node& node, const Window& window) {
    const Shape& map = shape_of(graph, node.inputs[0]);
    caffe::PoolingParameter& given = *add(node.name, "Pooling", {blob_of(node.inputs[0])}).mutable_pooling_param();
    given.set_pool(caffe::PoolingParameter::MAX);
    const auto& [rows, columns] = window;
    if (rows.kernel == map.height && columns.kernel == map.width && !is_padded(window)) {
        given.set_global_pooling(true);
        return;
    }
    // Caffe pads opposite sides alike, which makes no difference to a maximum if there are as many windows.
    const Pads pads{rows.before, columns.before, rows.before, columns.before};
    const Window theirs = place_window(
        {kernel_of(window), stride_of(window), dilation_of(window), PaddingRule::caffe, pads, PoolRounding::ceil},
        map.height, map.width);
    if (theirs.rows.output != rows.output || theirs.columns.output != columns.output)
        fail_input(
            at(file_, node.pointer),
            "found {}, whose windows of {} with stride {} make {}x{} of the {}x{} map, where Caffe, which rounds "
            "up, would make {}x{}; allowed for Caffe: as many windows as it has",
            node.name, to_string(kernel_of(window)), to_string(stride_of(window)), rows.output, columns.output,
            map.height, map.width, theirs.rows.output, theirs.columns.output);
    set_pool_window(given, window);
    if (rows.before != columns.before) {
        given.set_pad_h(size(rows.before));
        given.set_pad_w(size(columns.before));
    } else if (rows.before != 0) {
        given.set_pad(size(rows.before));
    }
}

void CaffeBuilder::add_node(const Graph& graph, const Node& node) {
    blobs_.resize(graph.tensors.size());
    const auto output = static_cast<std::size_t>(node.outputs[0]);
    blobs_[output] = node.name;
    const int outputs = shape_of(graph, node.outputs[0]).channels;
    const Shape& input = shape_of(graph, node.inputs[0]);
    const auto last = [this]() -> caffe::LayerParameter& { return *net_.mutable_layer(net_.layer_size() - 1); };
    if (std::holds_alternative<Normalise>(node.operation)) {
        blobs_[output] = "data";
        add_input(shape_of(graph, node.outputs[0]), "data");
    } else if (const auto* convolution = std::get_if<Convolution>(&node.operation)) {
        const Window& window = convolution->window;
        add_convolution(graph, node, window, false);
        add_blob(last(), neutral_convolution_weights(convolution->weights));
        add_blob(last(), convolution->bias);
        add_activation(node.name, convolution->activation);
    } else if (const auto* depthwise = std::get_if<Depthwise>(&node.operation)) {
        const Window& window = depthwise->window;
        add_convolution(graph, node, window, true);
        add_blob(last(), neutral_depthwise_weights(depthwise->weights));
        add_blob(last(), depthwise->bias);
        add_activation(node.name, depthwise->activation);
    } else if (const auto* pool = std::get_if<AveragePool>(&node.operation)) {
        add_pool(graph, node, pool->window);
    } else if (const auto* max_pool = std::get_if<MaxPool>(&node.operation)) {
        add_max_pool(graph, node, max_pool->window);
    } else if (const auto* connected = std::get_if<FullyConnected>(&node.operation)) {
        add(node.name, "InnerProduct", {blob_of(node.inputs[0])})
            .mutable_inner_product_param()
            ->set_num_output(size(outputs));
        add_blob(last(), neutral_fully_connected_weights(connected->weights));
        add_blob(last(), connected->bias);
        add_activation(node.name, connected->activation);
    } else if (const auto* sum = std::get_if<Add>(&node.operation)) {
        add(node.name, "Eltwise", blobs_of(node.inputs))
            .mutable_eltwise_param()
            ->set_operation(caffe::EltwiseParameter::SUM);
        add_activation(node.name, sum->activation);
    } else if (std::holds_alternative<Concat>(node.operation)) {
        add(node.name, "Concat", blobs_of(node.inputs)).mutable_concat_param()->set_axis(1);
    } else {
        check(std::holds_alternative<Softmax>(node.operation), "every operation as described has a layer in Caffe");
        if (input.height != 1 || input.width != 1)
            fail_input(
                at(file_, node.pointer),
                "found a softmax over a map of {}; allowed for Caffe: over a map of 1x1, or the channels of each "
                "pixel would be one list",
                to_string(input));
        add(node.name, "Softmax", {blob_of(node.inputs[0])});
    }
}

}  // namespace ssdgen
