#include "weights/stored_tensors.h"

#include "support/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

namespace ssdgen {

namespace {

constexpr std::string_view scale_ending = "_scale";
constexpr std::string_view zero_point_ending = "_zero_point";
constexpr std::string_view output_ending = ".output";
constexpr std::string_view picture = "input";

/// What a file calls the lists that a detector's predictors are joined to.
struct HeadList {
    std::string_view name;
    std::optional<StoredMap> StoredHead::*list;
};
constexpr HeadList head_lists[] = {
    {"boxes", &StoredHead::boxes}, {"logits", &StoredHead::logits}, {"scores", &StoredHead::scores}};

const HeadList* find_head_list(const std::string& name) {
    for (const HeadList& list : head_lists)
        if (list.name == name) return &list;
    return nullptr;
}

/// "conv0" of "conv0.output" and ".output"; nothing of a name with another ending.
std::optional<std::string> without_ending(const std::string& name, std::string_view ending) {
    if (name.size() <= ending.size() || name.compare(name.size() - ending.size(), ending.size(), ending) != 0)
        return std::nullopt;
    return name.substr(0, name.size() - ending.size());
}

/// The layer whose map is called so; nothing if none is.
std::optional<std::string> layer_of_map(const std::string& name) {
    return name == picture ? name : without_ending(name, output_ending);
}

std::string name_of(const std::string& tensor, std::string_view ending) { return tensor + std::string(ending); }

std::string spell(const std::vector<int>& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

std::vector<std::int32_t> whole_numbers(const StoredNumbers& numbers) {
    const auto take = [](const auto& stored) {
        std::vector<std::int32_t> result;
        if constexpr (std::is_integral_v<typename std::decay_t<decltype(stored)>::value_type>)
            result.assign(stored.begin(), stored.end());
        else
            check(false, "zero points are whole numbers");
        return result;
    };
    return std::visit(take, numbers);
}

StoredNumbers numbers_of(Element element, const std::vector<std::int32_t>& values) {
    StoredNumbers numbers = make_numbers(element, values.size());
    const auto fill = [&](auto& stored) {
        using Number = typename std::decay_t<decltype(stored)>::value_type;
        if constexpr (std::is_integral_v<Number>) {
            const auto narrowed = [](std::int32_t value) {
                check(value >= std::numeric_limits<Number>::min() && value <= std::numeric_limits<Number>::max(),
                      "a zero point is a number of its tensor's type");
                return static_cast<Number>(value);
            };
            std::transform(values.begin(), values.end(), stored.begin(), narrowed);
        } else {
            check(false, "zero points are whole numbers");
        }
    };
    std::visit(fill, numbers);
    return numbers;
}

class Joiner {
  public:
    Joiner(std::string file, StoredTensors stored) : stored_(std::move(stored)) { weights_.file = std::move(file); }

    Weights join() {
        for (auto& [name, tensor] : stored_)
            if (!is_part(name)) join_tensor(name, tensor);
        for (const std::string& name : maps_) join_map(name);
        return std::move(weights_);
    }

  private:
    bool has(const std::string& name) const { return stored_.count(name) != 0; }
    std::string place(const std::string& name) const { return tensor_place(weights_.file, name); }

    /// Whether it says something about another tensor, or about a map, which is noted.
    bool is_part(const std::string& name) {
        for (const std::string_view ending : {scale_ending, zero_point_ending}) {
            const std::optional<std::string> whole = without_ending(name, ending);
            if (!whole) continue;
            if (has(*whole)) return true;
            if (!layer_of_map(*whole) && !find_head_list(*whole)) continue;
            maps_.insert(*whole);
            return true;
        }
        return false;
    }

    void join_tensor(const std::string& name, StoredTensor& tensor) {
        const Element element = tensor.element();
        const bool has_parts = has(name_of(name, scale_ending)) || has(name_of(name, zero_point_ending));
        if (!is_quantized(element)) {
            if (has_parts)
                fail_input(place(name), "has dtype {} beside a scale or a zero point; allowed with them: U8, I8, I32",
                           dtype(element));
            weights_.tensors.try_emplace(name, std::move(tensor.shape), std::move(tensor.numbers));
            return;
        }
        refuse_lone_zero_point(name);
        const std::vector<int> shape = tensor.shape;
        const StoredTensor& scale = part(name, scale_ending, dtype(element));
        const int axis = axis_of(name, scale.shape, shape);
        Quantization quantization{scales(name), zero_points(name, {element}), axis};
        weights_.tensors.try_emplace(name, shape, std::move(tensor.numbers), std::move(quantization));
    }

    void join_map(const std::string& name) {
        const StoredTensor& zero_point = part(name, zero_point_ending, "U8, I8");
        Quantization quantization{{}, zero_points(name, {Element::u8, Element::s8}), -1};
        const StoredTensor& scale = part(name, scale_ending, dtype(zero_point.element()));
        if (product(scale.shape) != 1)
            fail_input(place(name_of(name, scale_ending)), "has shape {}; allowed: [1], one scale for the whole map",
                       spell(scale.shape));
        quantization.scale = scales(name);
        if (!(quantization.scale[0] > 0))
            fail_input(place(name_of(name, scale_ending)), "has {}; allowed: a number above 0", quantization.scale[0]);
        StoredMap map{zero_point.element(), std::move(quantization)};
        if (const HeadList* list = find_head_list(name))
            weights_.head.*list->list = std::move(map);
        else
            weights_.maps[*layer_of_map(name)] = std::move(map);
    }

    /// A zero point whose tensor is missing would else be taken for a tensor that lacks its own.
    void refuse_lone_zero_point(const std::string& name) const {
        const std::optional<std::string> whole = without_ending(name, zero_point_ending);
        if (whole)
            fail_input(place(name), "states the zero point of '{}', which the file does not have; allowed: beside it",
                       *whole);
    }

    const StoredTensor& part(const std::string& name, std::string_view ending, std::string_view type) const {
        const auto found = stored_.find(name_of(name, ending));
        if (found != stored_.end()) return found->second;
        fail_input(place(name), "has no {}; allowed: '{}{}' (F32) and '{}{}' ({}) together",
                   ending == scale_ending ? "scale" : "zero point", name, scale_ending, name, zero_point_ending, type);
    }

    std::vector<float> scales(const std::string& name) const {
        const StoredTensor& scale = part(name, scale_ending, "");
        const std::string at = place(name_of(name, scale_ending));
        const auto* values = std::get_if<std::vector<float>>(&scale.numbers);
        if (values == nullptr) fail_input(at, "has dtype {}; allowed: F32", dtype(scale.element()));
        for (std::size_t i = 0; i < values->size(); ++i)
            if (!std::isfinite((*values)[i]))
                fail_input(at, "has {} at position {}; allowed: finite values", (*values)[i], i);
        return *values;
    }

    std::vector<std::int32_t> zero_points(const std::string& name, const std::vector<Element>& allowed) const {
        std::vector<const char*> types;
        for (const Element element : allowed) types.push_back(dtype(element));
        const std::string type = fmt::format("{}", fmt::join(types, ", "));
        const StoredTensor& zero_point = part(name, zero_point_ending, type);
        const std::string at = place(name_of(name, zero_point_ending));
        if (std::find(allowed.begin(), allowed.end(), zero_point.element()) == allowed.end())
            fail_input(at, "has dtype {}; allowed: {}", dtype(zero_point.element()), type);
        const StoredTensor& scale = part(name, scale_ending, type);
        if (zero_point.shape != scale.shape)
            fail_input(at, "has shape {}; allowed: {}, that of the scale", spell(zero_point.shape), spell(scale.shape));
        return whole_numbers(zero_point.numbers);
    }

    /// The axis along which a scale has several numbers; -1: it has one.
    int axis_of(const std::string& name, const std::vector<int>& scale, const std::vector<int>& shape) const {
        if (product(scale) == 1) return -1;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            std::vector<int> along(shape.size(), 1);
            along[axis] = shape[axis];
            if (scale == along) return static_cast<int>(axis);
        }
        fail_input(place(name_of(name, scale_ending)), "has shape {}; allowed: [1], or {} with 1 for all axes but one",
                   spell(scale), spell(shape));
    }

    StoredTensors stored_;
    std::set<std::string> maps_;
    Weights weights_;
};

/// Whose quantization it is: the tensor or map of that name, type and number of axes.
void add_parts(const std::string& name, Element element, std::size_t axes, const Quantization& quantization,
               StoredTensors& stored) {
    std::vector<int> shape{1};
    if (quantization.axis >= 0) {
        shape.assign(axes, 1);
        shape.at(static_cast<std::size_t>(quantization.axis)) = static_cast<int>(quantization.scale.size());
    }
    stored[name_of(name, scale_ending)] = {shape, quantization.scale};
    stored[name_of(name, zero_point_ending)] = {shape, numbers_of(element, quantization.zero_point)};
}

}  // namespace

std::string map_name(const std::string& layer) { return layer == picture ? layer : layer + std::string(output_ending); }

std::string tensor_place(const std::string& file, const std::string& name) {
    std::string shown = name.substr(0, 120);
    for (char& c : shown)
        if (c < ' ' || c > '~') c = '?';
    return fmt::format("{}: tensor '{}'", file, shown);
}

Weights join_quantization(const std::string& file, StoredTensors stored) {
    return Joiner(file, std::move(stored)).join();
}

StoredTensors split_quantization(const Weights& weights) {
    StoredTensors stored;
    for (const auto& [name, tensor] : weights.tensors) {
        stored[name] = {tensor.shape, tensor.numbers};
        if (tensor.quantization) add_parts(name, tensor.element(), tensor.shape.size(), *tensor.quantization, stored);
    }
    for (const auto& [layer, map] : weights.maps) add_parts(map_name(layer), map.element, 1, map.quantization, stored);
    for (const HeadList& list : head_lists)
        if (const std::optional<StoredMap>& map = weights.head.*list.list)
            add_parts(std::string(list.name), map->element, 1, map->quantization, stored);
    return stored;
}

}  // namespace ssdgen
