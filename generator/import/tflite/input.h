#pragma once

#include "import/import.h"
#include "import/model_graph.h"
#include "import/tflite/model.h"

#include <optional>

namespace ssdgen::tflite {

/// make_input, with mean and scale out of the quantisation of the input (a signed one takes byte - 128) or the options.
/// Exactly one of file and options states them; InputError otherwise.
InputDescription describe_input(const Model& file, const ModelGraph& model, const ImportOptions& options);

/// The same of a file that states them itself; nothing of another.
std::optional<InputDescription> stated_input(const Model& file, const ModelGraph& model);

}  // namespace ssdgen::tflite
