#include "kernel/lower.h"
#include "kernel/product.h"
#include "plan/kernels.h"

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// The rows of a map that a window moves over.
ProductRows rows_under(const Window& window, const Shape& map, const Kernel& kernel) {
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
    rows.numbers = {{"output_height", window.rows.output, ""},
                    {"output_width", window.columns.output, ""},
                    {"input_width", kernel.input().width, ""},
                    {row_stride(window), window.rows.stride, ""},
                    {"pad_top", window.rows.before, ""}};
    return rows;
}

}  // namespace

KernelTree lower(const WindowKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    const ProductRows rows = rows_under(kind.window, kernel.input(), kernel);
    return lower_product({kernel, kind.blocks, kind.split, target, rows}, name);
}

KernelTree lower(const PictureKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    const StagedInput staged = staged_input(kernel, kind);
    const ProductRows rows = rows_under(staged.window, staged.map, kernel);
    return lower_product({kernel, kind.blocks, Split::rows, target, rows}, name);
}

}  // namespace ssdgen
