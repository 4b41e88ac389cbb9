#include "import/caffe/walker.h"

#include "description/limits.h"
#include "support/listing.h"

#include <algorithm>
#include <set>

namespace ssdgen::caffe {

namespace {

constexpr int most_blobs = 100000;

/// "'conv1/relu' (PReLU)".
std::string layer_text(const LayerParameter& layer) {
    return fmt::format("'{}' ({})", shown(layer.name()), shown(layer.type()));
}

/// "13 BatchNorm layers, 'conv0/bn' the first".
std::string norms_text(const std::vector<std::string>& names) {
    return names.size() == 1 ? fmt::format("a BatchNorm layer, '{}'", names[0])
                             : fmt::format("{} BatchNorm layers, '{}' the first", names.size(), names[0]);
}

bool needs_parameters(const std::string& type) {
    return type == "Convolution" || type == "DepthwiseConvolution" || type == "ConvolutionDepthwise" ||
           type == "InnerProduct" || type == "BatchNorm" || type == "Scale";
}

}  // namespace

Walker::Walker(const NetParameter& net, std::string file, Model& model)
    : net_(net), file_(std::move(file)), model_(model), builder_(file_) {
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        if (!model.layers[i].blobs.empty()) with_blobs_[model.layers[i].name] = i;
}

ModelGraph Walker::walk() {
    check_types();
    resolve_blobs();
    start_from_picture();
    check_batch_norms();
    check_parameters();
    try {
        for (current_ = 0; current_ < net_.layer_size(); ++current_) step();
        finish();
    } catch (const InputError&) {
        if (misfits_.empty()) throw;  // parameters that do not fit are the cause of what comes after them
    }
    if (!misfits_.empty())
        fail_together(model_.file, fmt::format("does not fit {} in {} blobs", file_, misfits_.size()), misfits_);
    return builder_.finish();
}

std::string Walker::where() const {
    return fmt::format("{}: layer '{}' ({})", file_, shown(layer().name()), shown(layer().type()));
}

int Walker::add_version(const std::string& blob) {
    const int version = static_cast<int>(names_.size());
    if (version == most_blobs) fail_input(file_, "has more than {} blobs; allowed: so many", most_blobs);
    names_.push_back(blob);
    uses_.push_back(0);
    versions_[blob] = version;
    return version;
}

/// A layer that works in place makes a new version of its blob: whoever names the blob later takes that one.
void Walker::resolve_blobs() {
    for (const std::string& input : net_.input()) add_version(input);
    for (current_ = 0; current_ < net_.layer_size(); ++current_) {
        std::vector<int> bottoms, tops;
        for (const std::string& name : layer().bottom()) {
            const auto found = versions_.find(name);
            if (found == versions_.end())
                fail("takes blob '{}', which no layer before it makes; allowed: layers in run order", shown(name));
            ++uses_[static_cast<std::size_t>(found->second)];
            bottoms.push_back(found->second);
        }
        for (const std::string& name : layer().top()) {
            const bool in_place =
                std::find(layer().bottom().begin(), layer().bottom().end(), name) != layer().bottom().end();
            if (!in_place && versions_.count(name) != 0)
                fail("makes blob '{}' again; allowed: a blob of its own, or its own bottom", shown(name));
            tops.push_back(add_version(name));
        }
        bottoms_.push_back(std::move(bottoms));
        tops_.push_back(std::move(tops));
    }
    values_.resize(names_.size());
}

void Walker::start_from_picture() {
    if (net_.input_size() == 0) return;
    if (net_.input_size() != 1) fail_input(file_, "has {} inputs; allowed: 1, the picture", net_.input_size());
    std::vector<std::int64_t> shape(net_.input_dim().begin(), net_.input_dim().end());
    if (net_.input_shape_size() == 1) shape.assign(net_.input_shape(0).dim().begin(), net_.input_shape(0).dim().end());
    set_picture(shape, 0);
}

void Walker::set_picture(const std::vector<std::int64_t>& shape, int version) {
    const auto fits = [](std::int64_t size) { return size >= 1 && size <= limits::side; };
    const bool four = shape.size() == 4 && std::all_of(shape.begin(), shape.end(), fits);
    if (!four || (shape[1] != 1 && shape[1] != 3))
        fail_input(file_,
                   "its input '{}' has shape [{}]; allowed: [1,3,height,width] or [1,1,height,width], at most {}",
                   shown(names_[static_cast<std::size_t>(version)]), fmt::join(shape, ","), limits::side);
    if (has_picture_) fail_input(file_, "has several inputs; allowed: 1, the picture");
    has_picture_ = true;
    const auto size = [&](std::size_t axis) { return static_cast<int>(shape[axis]); };
    Value picture;
    picture.kind = Value::Kind::picture;
    picture.shape = {1, size(1), size(2), size(3)};
    picture.parts = {builder_.set_picture({size(2), size(3), size(1)})};
    values_[static_cast<std::size_t>(version)] = std::move(picture);
}

const std::map<std::string, Walker::Method>& Walker::methods() {
    // The depthwise types are those of forks of Caffe that have a faster layer for it.
    static const std::map<std::string, Method> all{{"Input", &Walker::input},
                                                   {"Convolution", &Walker::convolution},
                                                   {"DepthwiseConvolution", &Walker::convolution},
                                                   {"ConvolutionDepthwise", &Walker::convolution},
                                                   {"InnerProduct", &Walker::inner_product},
                                                   {"Pooling", &Walker::pooling},
                                                   {"Eltwise", &Walker::eltwise},
                                                   {"BatchNorm", &Walker::batch_norm},
                                                   {"Scale", &Walker::scale},
                                                   {"ReLU", &Walker::relu},
                                                   {"ReLU6", &Walker::relu},
                                                   {"Clip", &Walker::clip},
                                                   {"Dropout", &Walker::pass_through},
                                                   {"Split", &Walker::pass_through},
                                                   {"Permute", &Walker::permute},
                                                   {"Flatten", &Walker::flatten},
                                                   {"Reshape", &Walker::reshape},
                                                   {"Concat", &Walker::concat},
                                                   {"Softmax", &Walker::softmax},
                                                   {"Sigmoid", &Walker::sigmoid},
                                                   {"PriorBox", &Walker::prior_box},
                                                   {"DetectionOutput", &Walker::detection_output}};
    return all;
}

bool is_understood(const std::string& type) { return Walker::methods().count(type) != 0; }

std::vector<std::string> understood_types() {
    std::vector<std::string> types;
    for (const auto& [type, unused] : Walker::methods()) types.push_back(type);
    return types;
}

void Walker::step() { (this->*methods().at(layer().type()))(); }

/// Fails at the first layer whose type is not understood, and names the others.
void Walker::check_types() const {
    std::vector<std::string> others;
    const LayerParameter* first = nullptr;
    for (const LayerParameter& each : net_.layer()) {
        if (is_understood(each.type())) continue;
        if (first)
            others.push_back(layer_text(each));
        else
            first = &each;
    }
    if (!first) return;
    const std::string place = fmt::format("{}: layer {}", file_, layer_text(*first));
    const std::string too =
        others.empty() ? "" : fmt::format(", and so {} {}", others.size() == 1 ? "is" : "are", some_of(others));
    fail_input(place, "is of a type that is not understood{}; allowed: {}", too, fmt::join(understood_types(), ", "));
}

/// A model and a prototxt from before and after the batch norms were merged into the convolutions: each of them is
/// right, and they do not belong together.
void Walker::check_batch_norms() const {
    std::vector<std::string> stated, trained;
    for (const LayerParameter& each : net_.layer())
        if (each.type() == "BatchNorm") stated.push_back(shown(each.name()));
    for (const ModelLayer& each : model_.layers)
        if (each.type == "BatchNorm" && !each.blobs.empty()) trained.push_back(shown(each.name));
    if (stated.empty() && !trained.empty())
        fail_input(
            model_.file,
            "has batch norms ({}), but {} has none; allowed: the prototxt with the BatchNorm and Scale layers, or "
            "a .caffemodel whose batch norms are merged into the convolutions",
            norms_text(trained), file_);
    const auto has_parameters = [&](const auto& each) {
        return each.type() == "BatchNorm" && with_blobs_.count(each.name()) != 0;
    };
    if (trained.empty() && !stated.empty() && std::none_of(net_.layer().begin(), net_.layer().end(), has_parameters))
        fail_input(model_.file,
                   "has no batch norm, but {} has {}; allowed: the prototxt whose batch norms are merged into the "
                   "convolutions (no BatchNorm, no Scale), or the .caffemodel from before the merge",
                   file_, norms_text(stated));
}

/// Parameters that one file names and the other does not are a sign of the wrong prototxt.
void Walker::check_parameters() const {
    std::set<std::string> names;
    for (const LayerParameter& each : net_.layer()) names.insert(each.name());
    std::vector<std::string> surplus, missing;
    for (const auto& [name, unused] : with_blobs_)
        if (names.count(name) == 0) surplus.push_back(shown(name));
    for (const LayerParameter& each : net_.layer()) {
        if (!needs_parameters(each.type()) || with_blobs_.count(each.name()) != 0) continue;
        const std::string nearest = nearest_name(each.name(), surplus);
        const std::string hint = nearest.empty() ? "" : fmt::format("; nearest '{}'", nearest);
        missing.push_back(fmt::format("'{}' ({}{})", shown(each.name()), shown(each.type()), hint));
    }
    for (std::string& name : surplus) name = "'" + name + "'";
    std::vector<std::string> parts;
    if (missing.size() == 1) parts.push_back(fmt::format("no parameters for layer {} of {}", missing[0], file_));
    if (missing.size() > 1)
        parts.push_back(fmt::format("no parameters for {} layers of {}: {}", missing.size(), file_, some_of(missing)));
    if (surplus.size() == 1) parts.push_back(fmt::format("parameters of layer {} that {} lacks", surplus[0], file_));
    if (surplus.size() > 1)
        parts.push_back(
            fmt::format("parameters of {} layers that {} lacks: {}", surplus.size(), file_, some_of(surplus)));
    if (!parts.empty())
        fail_input(model_.file, "has {}; allowed: those of the same network", fmt::join(parts, ", and "));
}

void Walker::need(int bottoms) const {
    if (layer().bottom_size() != bottoms || layer().top_size() != 1)
        fail("has {} bottoms and {} tops; allowed: {} and 1", layer().bottom_size(), layer().top_size(), bottoms);
}

const Value& Walker::bottom(int position) const {
    const int version = bottoms_[static_cast<std::size_t>(current_)][static_cast<std::size_t>(position)];
    const std::optional<Value>& value = values_[static_cast<std::size_t>(version)];
    check(value.has_value(), "a blob has a value once its layer was walked");
    return *value;
}

const Value& Walker::features(int position) const {
    const Value& value = bottom(position);
    if (value.kind != Value::Kind::features)
        fail("takes blob '{}'; allowed: the output of layers", shown(layer().bottom(position)));
    return value;
}

const Value& Walker::whole_map(int position) const {
    const Value& value = bottom(position);
    const bool whole =
        value.kind == Value::Kind::picture ||
        (value.kind == Value::Kind::features && value.parts.size() == 1 && !value.channels_last && !value.conversion);
    const Shape map = whole ? map_of(value) : Shape{};
    const bool flat = value.kind == Value::Kind::features && value.shape == std::vector<int>{1, map.channels} &&
                      builder_.is_fully_connected(value.parts[0]);
    if (!whole || (!flat && value.shape != std::vector<int>{1, map.channels, map.height, map.width}))
        fail("takes blob '{}' of shape {}; allowed: the map of one layer as that layer made it",
             shown(layer().bottom(position)), spell_shape(value.shape));
    return value;
}

void Walker::give(Value value) {
    values_[static_cast<std::size_t>(tops_[static_cast<std::size_t>(current_)][0])] = std::move(value);
}

std::vector<WeightTensor> Walker::take_blobs(std::size_t count) {
    const auto found = with_blobs_.find(layer().name());
    if (found == with_blobs_.end())  // twice a layer of that name
        fail_input(model_.file, "has parameters for one layer '{}', and {} has two; allowed: names of their own",
                   shown(layer().name()), file_);
    std::vector<WeightTensor> blobs = std::move(model_.layers[found->second].blobs);
    with_blobs_.erase(found);
    if (blobs.size() != count)
        misfit("has {} blob{} for layer {}; allowed: {}, as {} says", blobs.size(), blobs.size() == 1 ? "" : "s",
               layer_text(layer()), count, file_);
    blobs.resize(count);
    return blobs;
}

void Walker::finish() {
    std::vector<int> ends;
    for (std::size_t i = 0; i < uses_.size(); ++i)
        if (uses_[i] == 0) ends.push_back(static_cast<int>(i));
    if (ends.size() != 1) {
        std::string names;
        for (std::size_t i = 0; i < ends.size() && i < 8; ++i)
            names += fmt::format("{}'{}'", i == 0 ? "" : ", ", shown(names_[static_cast<std::size_t>(ends[i])]));
        fail_input(file_, "ends in {} blobs, {}; allowed: one, the detections or the scores of a classifier",
                   ends.size(), names);
    }
    const Value& output = *values_[static_cast<std::size_t>(ends[0])];
    if (output.kind != Value::Kind::detections) finish_classifier(output);
    refuse_surplus_weights();
}

void Walker::finish_classifier(const Value& output) {
    if (output.kind != Value::Kind::features || output.parts.size() != 1 || output.channels_last)
        fail_input(file_, "ends in a blob of shape {}; allowed: detections or the scores of a classifier",
                   spell_shape(output.shape));
    const Shape& map = map_of(output);
    if (output.conversion == ScoreConversion::softmax &&
        (output.softmax_length != map.channels || map.height != 1 || map.width != 1))
        fail_input(file_, "ends in a softmax over {} of {}x{}x{} values; allowed: over all of them",
                   output.softmax_length, map.channels, map.height, map.width);
    builder_.set_output(output.parts[0], output.conversion);
}

/// What is left belongs to layers that have no parameters here.
void Walker::refuse_surplus_weights() const {
    std::vector<std::string> layers;
    for (const LayerParameter& each : net_.layer())
        if (with_blobs_.count(each.name()) != 0) layers.push_back(layer_text(each));
    if (layers.empty()) return;
    fail_input(model_.file, "has parameters of {}, which has none in {}; allowed: the same network", some_of(layers),
               file_);
}

}  // namespace ssdgen::caffe
