#include "kernel/whole_pieces.h"

#include "support/error.h"

#include <algorithm>
#include <utility>

namespace ssdgen {

std::vector<HeaderRow> header_row_kinds(const Kernel& kernel) {
    std::vector<HeaderRow> rows{HeaderRow::bias};
    switch (kernel.whole->rule) {
        case Requantization::float_product: rows.push_back(HeaderRow::factor); break;
        case Requantization::two_roundings:
        case Requantization::ruy:
            rows.insert(rows.end(), {HeaderRow::mantissa, HeaderRow::right_shift});
            if (kernel.whole->shifts_left) rows.push_back(HeaderRow::left_shift);
            break;
    }
    if (kernel.whole->offsets_weights) rows.push_back(HeaderRow::weight_zero);
    return rows;
}

const char* SumScaling::factor_name(HeaderRow row) {
    switch (row) {
        case HeaderRow::bias:
        case HeaderRow::weight_zero: return nullptr;
        case HeaderRow::factor: return "factor";
        case HeaderRow::mantissa: return "mantissa";
        case HeaderRow::right_shift: return "right";
        case HeaderRow::left_shift: return "left";
    }
    throw InternalError("internal error: broken invariant: every row of a header has its use");
}

void SumScaling::append(Body& body, const std::string& sum, const std::string& suffix) const {
    const auto of = [&](const char* name) { return name + suffix; };
    const bool large = kernel.whole->shifts_left;
    const bool is_float = kernel.whole->rule == Requantization::float_product;
    if (large && !is_float) body.push_back(WholeCompute{WholeOp::shift_left, sum, {of("left")}});
    switch (kernel.whole->rule) {
        case Requantization::float_product:
            body.push_back(
                WholeCompute{large ? WholeOp::scale_by_large_float : WholeOp::scale_by_float, sum, {of("factor")}});
            return;
        case Requantization::two_roundings:
            body.push_back(WholeCompute{WholeOp::scale_twice, sum, {of("mantissa"), of("right")}});
            return;
        case Requantization::ruy:
            body.push_back(WholeCompute{WholeOp::scale_once, sum, {of("mantissa"), of("right")}});
            return;
    }
}

void append_rescaling_constants(Body& body, const OutputNumbers& output) {
    if (!output.rescaling) return;
    body.push_back(Constant{"list_scale", {output.rescaling->scale}});
    body.push_back(Constant{"list_offset", {output.rescaling->offset}});
}

void append_rescaling(Body& body, const OutputNumbers& output, const std::string& sum) {
    if (!output.rescaling) return;
    body.push_back(WholeCompute{
        WholeOp::rescale, sum, {"list_scale", "list_offset"}, {output.zero_point, output.lowest, output.highest}});
}

WholeStore store_of(const OutputNumbers& output, const Address& address, std::vector<std::string> names, int channels) {
    if (output.rescaling) return {address, std::move(names), channels, output.rescaling->zero_point, 0, 255};
    return {address, std::move(names), channels, output.zero_point, output.lowest, output.highest};
}

int index_of(const Kernel& kernel, HeaderRow row) {
    const std::vector<HeaderRow> rows = header_row_kinds(kernel);
    const auto found = std::find(rows.begin(), rows.end(), row);
    check(found != rows.end(), "a header has the row");
    return int(found - rows.begin());
}

}  // namespace ssdgen
