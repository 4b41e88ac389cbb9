#include "import/view.h"

#include "graph/taker.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

std::size_t join_axis(const Site& site, const View& view, int axis) {
    const int rank = static_cast<int>(view.shape.size());
    const int counted = axis < 0 ? axis + rank : axis;
    const auto is_one = [](int size) { return size == 1; };
    if (counted < 0 || counted >= rank || !std::all_of(view.shape.begin(), view.shape.begin() + counted, is_one))
        fail_input(site.where, "joins along axis {} of {}; allowed: the first axis that is not 1", axis,
                   spell_shape(view.shape));
    return static_cast<std::size_t>(counted);
}

bool join(const Site& site, View& joined, const View& next, std::size_t axis) {
    constexpr std::int64_t largest_axis = std::int64_t{1} << 30;
    std::vector<int> same = next.shape;
    if (same.size() == joined.shape.size()) same[axis] = joined.shape[axis];
    if (same != joined.shape || next.conversion != joined.conversion || next.softmax_length != joined.softmax_length)
        fail_input(site.where, "joins {} and {}; allowed: the same but for the axis, converted alike",
                   spell_shape(joined.shape), spell_shape(next.shape));
    const std::int64_t length = std::int64_t{joined.shape[axis]} + next.shape[axis];
    if (joined.parts.size() + next.parts.size() > most_parts || length > largest_axis) return false;
    joined.parts.insert(joined.parts.end(), next.parts.begin(), next.parts.end());
    joined.shape[axis] = static_cast<int>(length);
    joined.shared = joined.shared || next.shared;
    return true;
}

void need_unconverted(const Site& site, const View& view) {
    if (view.conversion) fail_input(site.where, "converts scores again; allowed: once");
}

}  // namespace ssdgen
