#pragma once

#include "caffe.pb.h"

#include <string>

namespace ssdgen::caffe {

/// "Convolution" for CONVOLUTION; empty for NONE.
std::string type_name(V1LayerParameter::LayerType type);

/// A layer of the old form in the new one, without its blobs and without what only training uses.
LayerParameter upgrade(const V1LayerParameter& old);

}  // namespace ssdgen::caffe
