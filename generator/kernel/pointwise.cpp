#include "kernel/lower.h"
#include "kernel/product.h"
#include "plan/kernels.h"

namespace ssdgen {

namespace {

RowGroup row_group(const TapRange& rows, const Expression& end, int width, const std::string& name) {
    RowGroup group{rows, end, width, {}, name};
    for (int pixel = 0; pixel < width; ++pixel) group.taps.push_back({pixel, 0, 1});
    return group;
}

/// One more row at a time in each.
std::vector<RowGroup> stream_groups(const Kernel& kernel, const PointwiseKernel& kind) {
    std::vector<RowGroup> groups;
    for (int rows = 1; rows <= kernel.stream_rows; ++rows)
        groups.push_back(row_group({0, 1, 0, 1}, rows + 1, rows * kind.row_pixels, ""));
    return groups;
}

std::vector<RowGroup> map_groups(const Kernel& kernel, const PointwiseKernel& kind) {
    const int pixels = kernel.output().height * kernel.output().width;
    const int whole_rows = pixels / kind.row_pixels;
    const int rest = pixels % kind.row_pixels;
    std::vector<RowGroup> groups;
    if (whole_rows) groups.push_back(row_group({0, whole_rows, 0, 1}, whole_rows, kind.row_pixels, ""));
    if (rest) groups.push_back(row_group({whole_rows, 1, 0, 1}, whole_rows + 1, rest, whole_rows ? "rest" : ""));
    return groups;
}

}  // namespace

KernelTree lower(const PointwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    ProductRows rows;
    rows.groups = kernel.stream_rows ? stream_groups(kernel, kind) : map_groups(kernel, kind);
    rows.window = kernel_window(kernel);
    rows.row_names = {"input"};
    rows.input_rows = {Expression::name("y") * Expression::name("row_pixels")};
    rows.output_row = rows.input_rows[0];
    rows.stream_variable = "rows";
    rows.flat = true;
    rows.numbers = {
        {"row_pixels", kind.row_pixels, kernel.stream_rows ? "pixels of a row" : "pixels that a unit of work takes"}};
    return lower_product({kernel, kind.blocks, kind.split, target, rows}, name);
}

}  // namespace ssdgen
