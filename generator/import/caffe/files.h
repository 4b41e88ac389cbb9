#pragma once

#include "caffe.pb.h"
#include "graph/graph.h"
#include "weights/weights.h"

#include <string>
#include <string_view>
#include <vector>

namespace ssdgen::caffe {

/// Parses a prototxt into the layers that run in inference, in the new form (the old one is brought into it, and what
/// include and exclude leave out is left out). InputError "FILE:LINE:COLUMN: what was found; allowed: what" for text
/// that does not parse or has fields that caffe.proto lacks; but such a field in a layer of a type that is not
/// understood is left out, since the type is what has to be told. InputError as well for a prototxt of training.
NetParameter parse_prototxt(const std::string& text, const std::string& file);

/// Whether the Walker knows a layer type; those that it knows, by alphabet.
bool is_understood(const std::string& type);
std::vector<std::string> understood_types();

/// A layer of a .caffemodel with its parameters. Shapes as the file states them: the old form of a shape has 4 numbers.
struct ModelLayer {
    std::string name;
    std::string type;  // as in the new form; empty if unknown
    std::vector<std::string> bottoms, tops;
    std::vector<WeightTensor> blobs;
    PoolingParameter::PoolMethod pool = PoolingParameter::MAX;  // of a Pooling
};

struct Model {
    std::string file;
    std::vector<ModelLayer> layers;  // in the file's order; unique names
};

/// Parses a .caffemodel of either form. InputError for anything malformed; memory stays in proportion to the file.
Model parse_caffemodel(std::string_view bytes, const std::string& file);

/// The blobs of a BatchNorm, which its caller checked: mean and variance are stored as sums, to be multiplied by 1 /
/// the third blob, or by 0 if that is 0 (Caffe's batch_norm_layer.cpp, SEMANTICS.md 2.1). gamma is 1, beta 0.
BatchNorm batch_norm_of(std::vector<float> mean, std::vector<float> variance, float sum, float epsilon);

}  // namespace ssdgen::caffe
