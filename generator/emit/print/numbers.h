#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

/// The shortest C++ literal that reads back as the same float: "0.1F", "6.0F", "1e-10F".
std::string print_float(float value);

/// "46 080 000": digits in threes, for comments.
std::string print_grouped(std::int64_t value);

/// Comma-separated literals, wrapped at 120 columns, indented by four blanks.
std::string print_floats(const std::vector<float>& values);

/// The same of bytes: "0, 255".
std::string print_bytes(const std::string& bytes);

}  // namespace ssdgen
