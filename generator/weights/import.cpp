#include "weights/import.h"

#include <filesystem>

#include "support/error.h"
#include "support/files.h"
#include "weights/describe.h"
#include "weights/import_caffe.h"
#include "weights/normalisation.h"
#include "weights/safetensors.h"
#include "weights/walker.h"

namespace ssdgen {

Imported import_tflite_bytes(std::string_view bytes, const std::string& file, const ImportOptions& options) {
    const tflite::Model model = tflite::parse_model(bytes, file);
    Network network = tflite::read_network(model);
    InputDescription input = tflite::describe_input(model, network, options);
    Imported imported = describe_network(std::move(network));
    imported.description.input = std::move(input);
    return imported;
}

Imported import_tflite(const std::string& path, const ImportOptions& options) {
    return import_tflite_bytes(read_file(path), path, options);
}

namespace {

/// ".tflite" of "model.TFLITE".
std::string lower_extension(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return extension;
}

}  // namespace

Imported import_model(const std::string& path, const ImportOptions& options) {
    const std::string extension = lower_extension(path);
    if (extension == ".caffemodel") {
        if (options.prototxt.empty())
            throw UsageError(path + ": a .caffemodel holds no network of its own; give --prototxt FILE");
        return import_caffemodel(path, options.prototxt, options);
    }
    if (extension != ".tflite")
        throw UsageError(path + ": is no model file by its name; allowed: .tflite, .caffemodel");
    if (!options.prototxt.empty()) throw UsageError(path + ": takes no --prototxt; allowed: with a .caffemodel");
    return import_tflite(path, options);
}

Weights read_weights(const std::string& path, const Description& description) {
    const std::string extension = lower_extension(path);
    if (extension == ".safetensors") return read_safetensors(path);
    if (extension == ".tflite") {
        // The description states the input normalisation, whether the file does or not.
        const tflite::Model model = tflite::parse_model(read_file(path), path);
        return describe_network(tflite::read_network(model)).weights;
    }
    if (extension == ".caffemodel") return read_caffemodel_weights(read_file(path), path, description);
    throw UsageError(path + ": is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
}

}  // namespace ssdgen
