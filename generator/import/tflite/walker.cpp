#include "import/tflite/walker.h"

#include "tflite_generated.h"

#include <algorithm>
#include <set>

namespace ssdgen::tflite {

using Code = schema::BuiltinOperator;

/// An operator that is understood.
struct Walker::Reader {
    Code code;
    void (Walker::*read)();
};

namespace {

constexpr const char* detection_operator = "TFLite_Detection_PostProcess";

}  // namespace

ModelGraph read_model(const Model& model, const WalkOptions& options) { return Walker(model, options).walk(); }

const std::vector<Walker::Reader>& Walker::readers() {
    static const std::vector<Reader> all{{Code::CONV_2D, &Walker::convolution},
                                         {Code::DEPTHWISE_CONV_2D, &Walker::depthwise},
                                         {Code::FULLY_CONNECTED, &Walker::fully_connected},
                                         {Code::AVERAGE_POOL_2D, &Walker::average_pool},
                                         {Code::MAX_POOL_2D, &Walker::max_pool},
                                         {Code::MEAN, &Walker::mean},
                                         {Code::RELU, &Walker::relu},
                                         {Code::RELU6, &Walker::relu6},
                                         {Code::MINIMUM, &Walker::minimum},
                                         {Code::MAXIMUM, &Walker::maximum},
                                         {Code::PAD, &Walker::pad},
                                         {Code::RESHAPE, &Walker::reshape},
                                         {Code::SQUEEZE, &Walker::reshape},
                                         {Code::CONCATENATION, &Walker::concatenation},
                                         {Code::LOGISTIC, &Walker::logistic},
                                         {Code::SOFTMAX, &Walker::softmax},
                                         {Code::QUANTIZE, &Walker::pass_through},
                                         {Code::DEQUANTIZE, &Walker::pass_through},
                                         {Code::CAST, &Walker::cast},
                                         {Code::ADD, &Walker::addition},
                                         {Code::ADD_N, &Walker::addition_of_several},
                                         {Code::SUB, &Walker::picture_arithmetic},
                                         {Code::MUL, &Walker::picture_arithmetic},
                                         {Code::DIV, &Walker::picture_arithmetic},
                                         {Code::REVERSE_V2, &Walker::reverse},
                                         {Code::SHAPE, &Walker::shape_numbers},
                                         {Code::STRIDED_SLICE, &Walker::shape_numbers},
                                         {Code::PACK, &Walker::shape_numbers},
                                         {Code::CUSTOM, &Walker::detection}};
    return all;
}

const Walker::Reader* Walker::reader_of(const Operator& operation) const {
    const auto code = static_cast<Code>(operation.code);
    if (code == Code::CUSTOM && operation.custom_code != detection_operator) return nullptr;
    const auto reads = [&](const Reader& reader) { return reader.code == code; };
    const auto found = std::find_if(readers().begin(), readers().end(), reads);
    return found == readers().end() ? nullptr : &*found;
}

Walker::Walker(const Model& model, const WalkOptions& options)
    : model_(model),
      options_(options),
      needed_(model.operators.size(), true),
      builder_(model.file),
      values_(model.tensors.size()),
      uses_(model.tensors.size(), 0),
      leads_to_layer_(model.tensors.size(), false) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        if (!model.tensors[i].constant) continue;
        values_[i].kind = Value::Kind::constant;
        values_[i].constant = static_cast<int>(i);
        values_[i].shape = model.tensors[i].shape;
    }
}

ModelGraph Walker::walk() {
    refuse_compiled();
    find_raw_outputs();
    refuse_unknown();
    count_uses();
    find_layers_inputs();
    start_from_picture();
    for (current_ = 0; current_ < static_cast<int>(model_.operators.size()); ++current_)
        if (needed_[static_cast<std::size_t>(current_)]) (this->*reader_of(operation())->read)();
    finish();
    ModelGraph model = builder_.finish();
    store_maps(model.graph);
    return model;
}

void Walker::count_uses() {
    const auto count = [this](const std::vector<int>& tensors) {
        for (const int index : tensors)
            if (index >= 0) ++uses_[static_cast<std::size_t>(index)];
    };
    for (std::size_t i = 0; i < needed_.size(); ++i)
        if (needed_[i]) count(model_.operators[i].inputs);
    count(raw_boxes_ < 0 ? model_.outputs : std::vector<int>{raw_boxes_, raw_scores_});
}

/// Files in which a compiler for one device has put the layers into an operator of its own.
void Walker::refuse_compiled() const {
    for (const Operator& each : model_.operators) {
        if (static_cast<Code>(each.code) != Code::CUSTOM) continue;
        if (each.custom_code == "edgetpu-custom-op")
            fail_input(model_.file,
                       "is compiled for the Edge TPU, its layers are inside the custom operator 'edgetpu-custom-op'; "
                       "allowed: the .tflite file that edgetpu_compiler was given");
        if (each.custom_code == "ethos-u")
            fail_input(model_.file,
                       "is compiled by Vela for an Ethos-U, its layers are inside the custom operator 'ethos-u'; "
                       "allowed: the .tflite file that vela was given");
    }
}

/// All kinds at once, each with the first operator of it.
void Walker::refuse_unknown() const {
    constexpr std::size_t most_shown = 8;
    std::set<std::string> kinds;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < needed_.size(); ++i) {
        const Operator& each = model_.operators[i];
        if (!needed_[i] || reader_of(each) != nullptr) continue;
        const bool custom = static_cast<Code>(each.code) == Code::CUSTOM;
        const std::string kind = operator_name(each);
        if (!kinds.insert(kind).second) continue;
        if (lines.size() < most_shown)
            lines.push_back(fmt::format(
                "operator {} ({}, {}){}", i, kind, custom ? "a custom operator" : fmt::format("number {}", each.code),
                each.outputs.empty() ? "" : fmt::format(" '{}'", tensor_name(each.outputs[0]))));
    }
    if (kinds.empty()) return;
    std::string known;
    for (const Reader& reader : readers())
        known += reader.code == Code::CUSTOM ? detection_operator
                                             : std::string(schema::EnumNameBuiltinOperator(reader.code)) + ", ";
    fail_input(model_.file, "has what is not understood: {}{}; allowed: {}", fmt::join(lines, ", "),
               kinds.size() > most_shown ? fmt::format(" and {} kinds more", kinds.size() - most_shown) : "", known);
}

void Walker::start_from_picture() {
    if (model_.inputs.size() != 1)
        fail_input(model_.file, "has {} inputs; allowed: 1, the picture", model_.inputs.size());
    const int index = model_.inputs[0];
    const Tensor& picture = tensor(index);
    const std::vector<int>& shape = picture.shape;
    const bool channels_fit = shape.size() == 4 && (shape[3] == 1 || shape[3] == 3);
    if (picture.constant || element_count(shape) < 1 || !channels_fit || shape[0] != 1)
        fail_input(model_.file, "its input '{}' has shape {}; allowed: [1,height,width,1] or [1,height,width,3]",
                   shown(picture.name), spell_shape(shape));
    Value& value = values_[static_cast<std::size_t>(index)];
    value.kind = Value::Kind::picture;
    value.shape = shape;
    value.parts = {builder_.set_picture({shape[1], shape[2], shape[3]})};
    value.shared = uses_[static_cast<std::size_t>(index)] > 1;
}

std::string Walker::where() const {
    const Operator& at = operation();
    const std::string name = at.outputs.empty() ? std::string() : fmt::format(" '{}'", tensor_name(at.outputs[0]));
    return fmt::format("{}: operator {} ({}){}", model_.file, current_, operator_name(at), name);
}

Site Walker::site() const {
    return {where(), fmt::format("operator {}", current_), std::string(tensor(operation().outputs[0]).name)};
}

void Walker::need(std::size_t least_inputs, std::size_t most_inputs) {
    const Operator& at = operation();
    if (at.inputs.size() < least_inputs || at.inputs.size() > most_inputs || at.outputs.size() != 1)
        fail("has {} inputs and {} outputs; allowed: {} to {} and 1", at.inputs.size(), at.outputs.size(), least_inputs,
             most_inputs);
}

void Walker::need_options() const {
    if (!operation().options.given) fail("states no options of its kind; allowed: those of its type");
}

int Walker::input_tensor(std::size_t position) const {
    const int index = operation().inputs[position];
    if (index < 0) fail("leaves out input {}; allowed: a tensor", position);
    return index;
}

const Value& Walker::input(std::size_t position) const {
    const int index = input_tensor(position);
    const Value& value = values_[static_cast<std::size_t>(index)];
    if (value.kind == Value::Kind::unknown)
        fail("takes tensor '{}', which nothing before it makes; allowed: operators in run order", tensor_name(index));
    const auto code = static_cast<Code>(operation().code);
    if (value.below_six && code != Code::RELU && code != Code::RELU6 && code != Code::MAXIMUM)
        fail("takes tensor '{}', which MINIMUM bounds from above alone; allowed: RELU before or after MINIMUM",
             tensor_name(index));
    return value;
}

const Value& Walker::feature(std::size_t position) const {
    const Value& value = input(position);
    const bool of_network = value.kind == Value::Kind::layers || value.kind == Value::Kind::picture;
    if (!of_network || value.conversion)
        fail("takes tensor '{}', which is {}; allowed: the output of a layer", tensor_name(input_tensor(position)),
             of_network ? "scores" : "no feature map");
    return value;
}

const Value& Walker::whole_map(std::size_t position) const {
    const Value& value = feature(position);
    const Shape& map = map_of(value);
    const Pads pads = value.pads.value_or(Pads{});
    const std::vector<int> expected{1, map.height + pads[0] + pads[2], map.width + pads[1] + pads[3], map.channels};
    if (value.parts.size() > 1 || value.shape != expected)
        fail("takes tensor '{}' of shape {}, reshaped or joined; allowed: the map of one layer, here {}",
             tensor_name(input_tensor(position)), spell_shape(value.shape), spell_shape(expected));
    return value;
}

const Value& Walker::unpadded(const Value& value) const {
    if (value.pads) fail("takes a padded map; allowed: a convolution after PAD");
    return value;
}

const Value& Walker::results(std::size_t position) const {
    const Value& value = unpadded(input(position));
    if (value.kind != Value::Kind::layers)
        fail("takes tensor '{}'; allowed: the output of layers", tensor_name(input_tensor(position)));
    return value;
}

const Tensor& Walker::constant(std::size_t position) {
    const Value& value = input(position);
    if (value.kind != Value::Kind::constant)
        fail("takes tensor '{}', which is computed, as parameters; allowed: a constant",
             tensor_name(input_tensor(position)));
    const Tensor& found = tensor(value.constant);
    if (found.sparse || (!found.shape.empty() && element_count(found.shape) < 1))
        fail("takes the sparse or empty constant '{}'; allowed: a dense one", shown(found.name));
    spend(found.shape.empty() ? 1 : static_cast<std::size_t>(element_count(found.shape)));
    return found;
}

void Walker::spend(std::size_t values) {
    spent_ += values;
    if (spent_ > 16 * model_.bytes->size())
        fail(
            "takes constants that others took before, over and over; allowed: constants of about the file's size "
            "together");
}

void Walker::give(Value value) {
    const int index = operation().outputs[0];
    const Tensor& stated = tensor(index);
    Value& output = values_[static_cast<std::size_t>(index)];
    if (output.kind != Value::Kind::unknown) fail("writes tensor '{}' again; allowed: once", shown(stated.name));
    if (!stated.shape.empty() && stated.shape != value.shape)
        fail("gives shape {} where the file states {}; allowed: the same", spell_shape(value.shape),
             spell_shape(stated.shape));
    output = std::move(value);
    if (uses_[static_cast<std::size_t>(index)] > 1) output.shared = true;
}

void Walker::no_fused_activation() const {
    if (operation().options.activation != 0) fail("has a fused activation; allowed: none");
}

}  // namespace ssdgen::tflite
