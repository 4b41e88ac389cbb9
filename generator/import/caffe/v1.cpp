#include "import/caffe/v1.h"

namespace ssdgen::caffe {

std::string type_name(V1LayerParameter::LayerType type) {
    // Of the types that are understood the new names; of the others their own, for messages.
    switch (type) {
        case V1LayerParameter::NONE: return "";
        case V1LayerParameter::CONCAT: return "Concat";
        case V1LayerParameter::CONVOLUTION: return "Convolution";
        case V1LayerParameter::DROPOUT: return "Dropout";
        case V1LayerParameter::ELTWISE: return "Eltwise";
        case V1LayerParameter::FLATTEN: return "Flatten";
        case V1LayerParameter::INNER_PRODUCT: return "InnerProduct";
        case V1LayerParameter::POOLING: return "Pooling";
        case V1LayerParameter::RELU: return "ReLU";
        case V1LayerParameter::SIGMOID: return "Sigmoid";
        case V1LayerParameter::SOFTMAX: return "Softmax";
        case V1LayerParameter::SPLIT: return "Split";
        default: return V1LayerParameter::LayerType_Name(type);
    }
}

LayerParameter upgrade(const V1LayerParameter& old) {
    LayerParameter layer;
    layer.set_name(old.name());
    layer.set_type(type_name(old.type()));
    *layer.mutable_bottom() = old.bottom();
    *layer.mutable_top() = old.top();
    *layer.mutable_include() = old.include();
    *layer.mutable_exclude() = old.exclude();
    if (old.has_concat_param()) *layer.mutable_concat_param() = old.concat_param();
    if (old.has_eltwise_param()) *layer.mutable_eltwise_param() = old.eltwise_param();
    if (old.has_convolution_param()) *layer.mutable_convolution_param() = old.convolution_param();
    if (old.has_inner_product_param()) *layer.mutable_inner_product_param() = old.inner_product_param();
    if (old.has_pooling_param()) *layer.mutable_pooling_param() = old.pooling_param();
    if (old.has_relu_param()) *layer.mutable_relu_param() = old.relu_param();
    if (old.has_softmax_param()) *layer.mutable_softmax_param() = old.softmax_param();
    return layer;
}

}  // namespace ssdgen::caffe
