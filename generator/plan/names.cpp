#include "plan/names.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// "_top", or nothing.
std::string part(const std::string& name) { return name.empty() ? "" : "_" + name; }

std::string of_output(std::optional<int> output) { return output ? fmt::format("_output_{}", *output) : ""; }

}  // namespace

std::string convolution_row_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                 int first_channel) {
    const std::string from = first_channel > 0 ? fmt::format("_from_{}", first_channel) : "";
    return fmt::format("row_of_{}x{}", pixels, channels) + of_output(output) + part(rows) + from;
}

std::string convolution_tile_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                  const std::string& tile) {
    return fmt::format("tile_{}x{}", pixels, channels) + of_output(output) + part(rows) + part(tile);
}

std::string depthwise_row_name(const std::string& rows) { return "row" + part(rows); }

std::string depthwise_tile_name(int pixels, const std::string& rows, const std::string& tile) {
    return fmt::format("tile_of_{}", pixels) + part(rows) + part(tile);
}

std::string compact_tile_name(int pixels, int channels) { return fmt::format("add_terms_{}x{}", pixels, channels); }

std::string unrolled_rows_name(const std::string& kernel_name, const KernelSpec& kernel, int form) {
    const auto* convolution = std::get_if<ConvolutionKernel>(&kernel);
    return fmt::format("{}{}_{}", kernel_name, convolution && convolution->row_pixels ? "" : "_from", form);
}

std::string input_row_name(int tap) { return fmt::format("row_{}", tap); }

std::string sum_name(int pixel, int vector) { return fmt::format("sum_p{}c{}", pixel, vector); }

std::string sum_name(int pixel) { return fmt::format("sum_p{}", pixel); }

std::string input_name(int term, int pixel) { return fmt::format("in_k{}p{}", term, pixel); }

std::string input_name(int pixel) { return fmt::format("in_p{}", pixel); }

std::string depthwise_input_name(int row, int column) { return fmt::format("in_y{}x{}", row, column); }

std::string weight_name(int term, int vector) { return fmt::format("w_k{}c{}", term, vector); }

std::string weight_name(int vector) { return fmt::format("w_c{}", vector); }

std::string depthwise_weight_name(int row, int tap) { return fmt::format("w_y{}x{}", row, tap); }

}  // namespace ssdgen
