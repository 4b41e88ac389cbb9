// The layers of a prototxt that only change how the outputs of others are seen.

#include "import/caffe/walker.h"

#include <algorithm>
#include <limits>

namespace ssdgen::caffe {

namespace {

std::int64_t count_of(const std::vector<int>& shape, std::size_t begin, std::size_t end) {
    std::int64_t count = 1;
    for (std::size_t i = begin; i < end; ++i) count *= shape[i];
    return count;
}

}  // namespace

/// Dropout does nothing in inference; Split gives copies.
void Walker::pass_through() {
    if (layer().bottom_size() != 1 || layer().top_size() < 1)
        fail("has {} bottoms and {} tops; allowed: 1 and at least 1", layer().bottom_size(), layer().top_size());
    Value value = bottom(0);
    const int version = bottoms_[static_cast<std::size_t>(current_)][0];
    if (uses_[static_cast<std::size_t>(version)] > 1 || layer().top_size() > 1) value.shared = true;
    for (const int top : tops_[static_cast<std::size_t>(current_)]) values_[static_cast<std::size_t>(top)] = value;
}

void Walker::permute() {
    need(1);
    Value value = features(0);
    const Shape& map = map_of(value);
    const std::vector<unsigned> order(layer().permute_param().order().begin(), layer().permute_param().order().end());
    if (order != std::vector<unsigned>{0, 2, 3, 1} || value.channels_last || value.conversion ||
        value.shape != std::vector<int>{1, map.channels, map.height, map.width})
        fail("has order [{}] on shape {}; allowed: [0,2,3,1] on the map of one layer", fmt::join(order, ","),
             spell_shape(value.shape));
    value.shape = {1, map.height, map.width, map.channels};
    value.channels_last = true;
    give(std::move(value));
}

int Walker::axis_of(int axis, const Value& value) const {
    const int axes = static_cast<int>(value.shape.size());
    if (axis < -axes || axis >= axes)
        fail("has axis {} on shape {}; allowed: one of it", axis, spell_shape(value.shape));
    return axis < 0 ? axis + axes : axis;
}

void Walker::flatten() {
    need(1);
    Value value = features(0);
    const auto first = static_cast<std::size_t>(axis_of(layer().flatten_param().axis(), value));
    const auto last = static_cast<std::size_t>(axis_of(layer().flatten_param().end_axis(), value));
    if (first > last) fail("flattens axes {} to {}; allowed: the first before the last", first, last);
    const auto begin = value.shape.begin() + static_cast<std::ptrdiff_t>(first);
    const auto flat = static_cast<int>(count_of(value.shape, first, last + 1));
    value.shape.erase(begin + 1, begin + static_cast<std::ptrdiff_t>(last - first) + 1);
    value.shape[first] = flat;
    give(std::move(value));
}

void Walker::reshape() {
    need(1);
    Value value = features(0);
    const ReshapeParameter& given = layer().reshape_param();
    if (given.axis() != 0 || given.num_axes() != -1)
        fail("has axis {} and num_axes {}; allowed: 0 and -1, all axes", given.axis(), given.num_axes());
    const std::vector<std::int64_t> wished(given.shape().dim().begin(), given.shape().dim().end());
    const std::int64_t count = count_of(value.shape, 0, value.shape.size());
    std::vector<std::int64_t> sizes = wished;
    std::int64_t known = 1;
    for (std::size_t i = 0; i < sizes.size() && known > 0; ++i) {
        if (sizes[i] == 0 && i < value.shape.size()) sizes[i] = value.shape[i];
        if (sizes[i] == -1) continue;
        known = sizes[i] < 1 || sizes[i] > count ? 0 : known * sizes[i];
        if (known > count) known = 0;
    }
    const auto inferred = std::count(sizes.begin(), sizes.end(), -1);
    if (known == 0 || sizes.size() > 8 || inferred > 1 || (inferred == 1 ? count % known : count - known) != 0)
        fail("turns {} into [{}]; allowed: as many values", spell_shape(value.shape), fmt::join(wished, ","));
    value.shape.clear();
    for (const std::int64_t size : sizes) value.shape.push_back(static_cast<int>(size == -1 ? count / known : size));
    give(std::move(value));
}

/// concat_dim is the older field for axis; Caffe takes one of them only.
int Walker::concat_axis() const {
    const ConcatParameter& given = layer().concat_param();
    if (given.has_concat_dim() && given.has_axis())
        fail("has axis {} and concat_dim {}; allowed: one of the two, which mean the same", given.axis(),
             given.concat_dim());
    return given.has_concat_dim() ? static_cast<int>(std::min(given.concat_dim(), 8U)) : given.axis();
}

void Walker::concat() {
    if (layer().bottom_size() < 1 || layer().top_size() != 1)
        fail("has {} bottoms and {} tops; allowed: at least 1 and 1", layer().bottom_size(), layer().top_size());
    if (bottom(0).kind == Value::Kind::priors) return concat_priors();
    if (joins_maps()) return concat_maps();
    Value joined = features(0);
    const int wished = concat_axis();
    axis_of(wished, joined);
    const Site at = site();
    const std::size_t axis = join_axis(at, joined, wished);
    for (int i = 1; i < layer().bottom_size(); ++i) {
        const Value& next = features(i);
        const bool joins = join(at, joined, next, axis);
        if (!joined.channels_last || !next.channels_last)
            fail(
                "joins channels of what is no map; allowed: maps along axis 1, the predictors of a head each after "
                "Permute");
        if (!joins) fail("joins too much; allowed: at most {} layers and 2^30 values", most_parts);
    }
    give(std::move(joined));
}

void Walker::concat_priors() {
    Value joined = bottom(0);
    if (axis_of(concat_axis(), joined) != 2) fail("joins priors along axis {}; allowed: 2", concat_axis());
    for (int i = 1; i < layer().bottom_size(); ++i) {
        const Value& next = bottom(i);
        if (next.kind != Value::Kind::priors)
            fail("joins priors with blob '{}'; allowed: priors", shown(layer().bottom(i)));
        joined.priors.insert(joined.priors.end(), next.priors.begin(), next.priors.end());
        const std::int64_t length = std::int64_t{joined.shape[2]} + next.shape[2];
        if (length > 1 << 30 || joined.priors.size() > most_parts)
            fail("joins too much; allowed: at most {} layers and 2^30 values", most_parts);
        joined.shape[2] = static_cast<int>(length);
    }
    give(std::move(joined));
}

void Walker::softmax() {
    need(1);
    Value value = features(0);
    need_unconverted(site(), value);
    const auto axis = static_cast<std::size_t>(axis_of(layer().softmax_param().axis(), value));
    if (count_of(value.shape, axis + 1, value.shape.size()) != 1)
        fail("has axis {} on shape {}; allowed: the last axis that is not 1", layer().softmax_param().axis(),
             spell_shape(value.shape));
    value.conversion = ScoreConversion::softmax;
    value.softmax_length = value.shape[axis];
    value.softmax = layer().name();
    give(std::move(value));
}

void Walker::sigmoid() {
    need(1);
    Value value = features(0);
    need_unconverted(site(), value);
    value.conversion = ScoreConversion::sigmoid;
    give(std::move(value));
}

}  // namespace ssdgen::caffe
