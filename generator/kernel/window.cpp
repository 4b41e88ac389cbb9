#include "kernel/lower.h"
#include "kernel/product.h"
#include "plan/kernels.h"

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// The rows of a map that a window moves over.
ProductRows rows_under(const Window& window, const Shape& map) {
    ProductRows rows;
    rows.window = window;
    const std::vector<PixelTaps> columns = row_taps(map.width, window.columns);
    const auto ranges = tap_ranges(map.height, window.rows);
    for (std::size_t index = 0; index < ranges.size(); ++index)
        rows.groups.push_back({ranges[index], row_bound(ranges[index].first + ranges[index].count, window.rows.output),
                               window.columns.output, columns,
                               range_name(index, ranges.size(), "top", "middle", "bottom")});
    for (int tap = 0; tap < window.rows.kernel; ++tap) {
        rows.row_names.push_back(input_row_name(tap));
        rows.input_rows.push_back(
            (n("y") * n(row_stride(window)) - n("pad_top") + Expression(tap * window.rows.dilation)) *
            n("input_width"));
    }
    rows.output_row = n("y") * n("output_width");
    return rows;
}

}  // namespace

KernelTree lower(const WindowKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    const ProductRows rows = rows_under(kind.window, kernel.input());
    return lower_product({kernel, kind.blocks, kind.split, target, rows}, name);
}

KernelTree lower(const PictureKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    const StagedInput staged = staged_input(kernel, kind);
    const ProductRows rows = rows_under(staged.window, staged.map);
    return lower_product({kernel, kind.blocks, Split::rows, target, rows}, name);
}

}  // namespace ssdgen
