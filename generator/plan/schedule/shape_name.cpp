#include "plan/schedule/shape_name.h"

#include "graph/shapes.h"
#include "support/words.h"

#include <fmt/format.h>

#include <regex>
#include <sstream>
#include <string_view>

namespace ssdgen {

std::string shape_name(const LayerShape& shape) {
    std::string name = fmt::format("{}{} {}", shape.whole ? "int8 " : "", spell(shape.kind), to_string(shape.input));
    if (shape.kind == LayerShape::Kind::pointwise) {
        name += " to ";
    } else {
        const Window& window = shape.window;
        name +=
            fmt::format(" {}x{} stride {}", window.rows.kernel, window.columns.kernel, to_string(stride_of(window)));
        if (dilation_of(window) != 1) name += " dilation " + to_string(dilation_of(window));
        name += fmt::format(" to {}x{}x", shape.output_height, shape.output_width);
    }
    return name + fmt::format("{}{}", fmt::join(shape.output_channels, "+"), shape.stream ? " stream" : "");
}

std::optional<LayerShape> parse_shape_name(const std::string& name) {
    // (?:...) is no group.
    static const std::regex form(
        "(pointwise|convolution|picture|depthwise) ([1-9][0-9]{0,4})x([1-9][0-9]{0,4})x([1-9][0-9]{0,4})"
        "(?: ([1-9][0-9]{0,4})x([1-9][0-9]{0,4}) stride ([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?"
        "(?: dilation ([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?)?)?"
        " to (?:([1-9][0-9]{0,4})x([1-9][0-9]{0,4})x)?([1-9][0-9]{0,4}(?:\\+[1-9][0-9]{0,4})*)( stream)?");
    constexpr std::string_view whole = "int8 ";
    if (name.compare(0, whole.size(), whole) == 0) {
        std::optional<LayerShape> shape = parse_shape_name(name.substr(whole.size()));
        if (shape && shape->whole) return {};
        if (shape) shape->whole = true;
        return shape;
    }
    std::smatch found;
    if (!std::regex_match(name, found, form)) return {};
    const auto number = [&](std::size_t group, int missing) {
        return found[group].matched ? std::stoi(found[group]) : missing;
    };
    LayerShape shape;
    shape.kind = find_word<LayerShape::Kind>(found[1].str()).value();
    shape.input = {number(2, 0), number(3, 0), number(4, 0)};
    shape.output_height = number(11, shape.input.height);
    shape.output_width = number(12, shape.input.width);
    const int stride = number(7, 1), dilation = number(9, 1);
    shape.window.rows = {number(5, 1), stride, dilation, 0, 0, shape.output_height};
    shape.window.columns = {number(6, 1), number(8, stride), number(10, dilation), 0, 0, shape.output_width};
    std::istringstream channels(found[13]);
    for (std::string count; std::getline(channels, count, '+');) shape.output_channels.push_back(std::stoi(count));
    shape.stream = found[14].matched;
    // A window where none belongs, or none where one has to be.
    return shape_name(shape) == name ? std::optional(shape) : std::nullopt;
}

}  // namespace ssdgen
