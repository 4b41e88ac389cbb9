#include "weights/import.h"

#include <filesystem>

#include "support/error.h"
#include "support/files.h"
#include "weights/describe.h"
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
    if (extension == ".tflite") return import_tflite(path, options);
    if (extension == ".caffemodel") throw UsageError(path + ": reading a .caffemodel is not built yet");
    throw UsageError(path + ": is no model file by its name; allowed: .tflite");
}

Weights read_weights(const std::string& path) {
    const std::string extension = lower_extension(path);
    if (extension == ".safetensors") return read_safetensors(path);
    if (extension == ".tflite") {
        // The description states the input normalisation, whether the file does or not.
        const tflite::Model model = tflite::parse_model(read_file(path), path);
        return describe_network(tflite::read_network(model)).weights;
    }
    if (extension == ".caffemodel") throw UsageError(path + ": reading a .caffemodel is not built yet");
    throw UsageError(path + ": is no weights file by its name; allowed: .safetensors, .tflite");
}

}  // namespace ssdgen
