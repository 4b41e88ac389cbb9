#include "import/import.h"

#include "description/unusual.h"
#include "import/caffe/import.h"
#include "import/contradictions.h"
#include "import/describe.h"
#include "import/normalisation.h"
#include "import/tflite/input.h"
#include "import/tflite/walker.h"
#include "support/error.h"
#include "support/files.h"
#include "support/sha256.h"
#include "weights/safetensors.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

namespace ssdgen {

Imported import_tflite_bytes(std::string_view bytes, const std::string& file, const ImportOptions& options) {
    const tflite::Model parsed = tflite::parse_model(bytes, file, options.subgraph);
    std::optional<StatedHead> head;
    if (!options.head.empty()) head = read_stated_head(options.head);
    ModelGraph model = tflite::read_model(parsed, {options.boxes, options.scores, head ? &*head : nullptr, nullptr});
    InputDescription input = tflite::describe_input(parsed, model, options);
    warn_normalisation(input, model, options);
    Imported imported = describe_model(std::move(model));
    imported.description.input = std::move(input);
    warn_unusual(imported.description);
    // slim's rule, where it leaves the file's own channels as they are.
    const auto kept = [](const LayerDescription& layer) { return layer.channels == 0 || layer.channels >= 8; };
    const Description& description = imported.description;
    if (std::all_of(description.backbone.begin(), description.backbone.end(), kept) &&
        std::all_of(description.extras.begin(), description.extras.end(), kept))
        imported.description.channel_rounding = ChannelRounding::floor_min_8;
    if (head) check_stated_head(*head, *imported.description.head, file);
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

bool is_caffemodel(const std::string& path) {
    const std::string extension = lower_extension(path);
    if (extension != ".caffemodel" && extension != ".tflite")
        throw UsageError(path + ": is no model file by its name; allowed: .tflite, .caffemodel");
    return extension == ".caffemodel";
}

/// "--boxes, --head" of those that are given.
std::string given(const std::vector<std::pair<const char*, bool>>& options) {
    std::string names;
    for (const auto& [name, is_given] : options)
        if (is_given) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

void check_options(const std::string& path, const ImportOptions& options, bool with_head) {
    const bool boxes = !options.boxes.empty(), scores = !options.scores.empty(), head = !options.head.empty();
    if (is_caffemodel(path)) {
        const std::string found = given(
            {{"--subgraph", options.subgraph.has_value()}, {"--boxes", boxes}, {"--scores", scores}, {"--head", head}});
        if (!found.empty()) throw UsageError(path + ": takes no " + found + "; allowed: with a .tflite");
        return;
    }
    if (!options.prototxt.empty()) throw UsageError(path + ": takes no --prototxt; allowed: with a .caffemodel");
    const std::string missing = given({{"--boxes", !boxes}, {"--scores", !scores}, {"--head", with_head && !head}});
    if (boxes && options.boxes == options.scores)
        throw UsageError(fmt::format("--boxes and --scores: both name {}; allowed: two tensors", options.boxes));
    if ((boxes || scores || head) && !missing.empty())
        throw UsageError(fmt::format("{}: found without {}; allowed: {} together",
                                     given({{"--boxes", boxes}, {"--scores", scores}, {"--head", head}}), missing,
                                     with_head ? "--boxes, --scores and --head" : "--boxes and --scores"));
}

/// A description may lack layers without weights that the file has, or name them otherwise.
void keep_maps_of(const Description& description, Weights& weights) {
    std::set<std::string> layers{"input"};
    for (const auto* section : {&description.backbone, &description.extras, &description.classifier})
        for (const LayerDescription& layer : *section) layers.insert(layer.name);
    if (description.head)
        for (const SourceDescription& source : description.head->sources)
            for (const char* part : {"_mbox_loc", "_mbox_conf"}) layers.insert(source.layer + part);
    for (auto map = weights.maps.begin(); map != weights.maps.end();)
        map = layers.count(map->first) != 0 ? std::next(map) : weights.maps.erase(map);
}

/// file: what messages call the bytes.
Weights parse_tflite_weights(std::string_view bytes, const std::string& file, const Description& description,
                             const ImportOptions& options) {
    // The description states the input normalisation and the head, whether the file does or not.
    const tflite::Model parsed = tflite::parse_model(bytes, file, options.subgraph);
    ModelGraph model = tflite::read_model(parsed, {options.boxes, options.scores, nullptr, &description});
    const std::optional<InputDescription> input = tflite::stated_input(parsed, model);
    const bool states_head = model.detector && !model.detector->head.prior_table.empty();
    Imported imported = describe_model(std::move(model));
    if (input) imported.description.input = *input;
    warn_contradictions(description, imported.description, {input.has_value(), states_head});
    keep_maps_of(description, imported.weights);
    return std::move(imported.weights);
}

/// By the extension of its name, which is one of those that are read.
Weights parse_weights(const std::string& bytes, const std::string& file, const std::string& extension,
                      const Description& description) {
    if (extension == ".safetensors") return parse_safetensors(bytes, file);
    if (extension == ".tflite") return parse_tflite_weights(bytes, file, description, {});
    return read_caffemodel_weights(bytes, file, description);
}

}  // namespace

Imported import_model(const std::string& path, const ImportOptions& options) {
    check_options(path, options, true);
    if (!is_caffemodel(path)) return import_tflite(path, options);
    if (options.prototxt.empty())
        throw UsageError(path + ": a .caffemodel holds no network of its own; give --prototxt FILE");
    return import_caffemodel(path, options.prototxt, options);
}

Weights read_weights(const std::string& path, const Description& description) {
    const std::string extension = lower_extension(path);
    if (extension != ".safetensors" && extension != ".tflite" && extension != ".caffemodel")
        throw UsageError(path + ": is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
    const std::string bytes = read_file(path);
    Weights weights = parse_weights(bytes, path, extension, description);
    weights.sha256 = sha256_of(bytes);
    return weights;
}

Weights import_weights(const std::string& path, const Description& description, const ImportOptions& options) {
    const std::string stated = given({{"--mean", !options.mean.empty()},
                                      {"--scale", !options.scale.empty()},
                                      {"--std", !options.deviation.empty()},
                                      {"--channel-order", options.order.has_value()},
                                      {"--prototxt", !options.prototxt.empty()},
                                      {"--head", !options.head.empty()}});
    if (!stated.empty())
        throw UsageError("--into: found with " + stated + "; allowed: without, the description says that");
    check_options(path, options, false);
    return is_caffemodel(path) ? read_caffemodel_weights(read_file(path), path, description)
                               : parse_tflite_weights(read_file(path), path, description, options);
}

}  // namespace ssdgen
