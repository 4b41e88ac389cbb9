#pragma once

#include "description/description.h"
#include "import/import.h"

#include <string>
#include <string_view>

namespace ssdgen {

/// A trained Caffe network as a description and neutral weights. The prototxt says the network, the .caffemodel the
/// parameters of its layers, by their names; batch norms become batch_norm tensors. Channel order: bgr unless the
/// options say otherwise. InputError for malformed files, a layer type or field that is not understood, parameters that
/// are missing, left over or of another shape, and missing mean or scale.
Imported import_caffemodel(const std::string& model, const std::string& prototxt, const ImportOptions& options);

/// The same from the bytes of both files; the file names stand in messages and give the name if the prototxt has none.
Imported import_caffemodel_bytes(std::string_view model, const std::string& model_file, const std::string& prototxt,
                                 const std::string& prototxt_file, const ImportOptions& options);

/// The parameters in a .caffemodel for a description that exists. A file that names its layers as the description does
/// is taken by these names; of another the layers get their canonical names, as import gives them.
Weights read_caffemodel_weights(std::string_view model, const std::string& file, const Description& description);

}  // namespace ssdgen
