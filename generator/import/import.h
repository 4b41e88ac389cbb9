#pragma once

#include "description/description.h"
#include "weights/weights.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ssdgen {

/// What a model file may not say.
struct ImportOptions {
    std::vector<float> mean, scale;     // network input = (byte - mean) * scale; one number or one a channel
    std::optional<ChannelOrder> order;  // absent: gray for one channel, rgb for three (bgr in a .caffemodel)
    std::string prototxt{};             // the network of a .caffemodel
    std::optional<int> subgraph{};      // of a .tflite with several
    std::string boxes{}, scores{};      // tensors of a .tflite: a detector's raw outputs
    std::string head{};                 // and a JSON file with the rest of its head
    std::vector<float> deviation{};     // in the place of scale: network input = (byte - mean) / deviation
};

struct Imported {
    Description description;
    Weights weights;
};

/// A TensorFlow Lite model as a description and neutral weights. The description is named after the file, has the
/// file's channel counts and alpha 1 (which scales backbone and extras, though no imported weights fit another alpha);
/// a MobileNet's layers get the canonical names conv0, conv1/dw, conv1, ... conv14_1, conv14_2, ..., a classifier's
/// last ones pool, fc and prob; the rest keep the file's names, made fit. Weights stay
/// as the file stores them, with the quantisation of weights and maps. InputError for a malformed file, for an operator
/// that a description cannot say, and for an input normalisation that nobody or both of file and options state.
Imported import_tflite(const std::string& path, const ImportOptions& options);

/// The same from the bytes of a file; file stands in messages and gives the name.
Imported import_tflite_bytes(std::string_view bytes, const std::string& file, const ImportOptions& options);

/// A model file of any kind that can be imported (.tflite, .caffemodel), by the ending of its name; UsageError for
/// another, for a .caffemodel without a prototxt and for options of the other kind.
Imported import_model(const std::string& path, const ImportOptions& options);

/// The weights in a .safetensors, .tflite or .caffemodel file, for a description that exists (which says by what names
/// a .caffemodel is taken). InputError for a malformed file; UsageError for a kind of file that is not read.
Weights read_weights(const std::string& path, const Description& description);

/// The same from a model file alone; of the options those that say where in the file the network is: subgraph, boxes
/// and scores. UsageError for others, and for a file of another kind.
Weights import_weights(const std::string& path, const Description& description, const ImportOptions& options);

}  // namespace ssdgen
