#pragma once

#include <string>
#include <string_view>

namespace ssdgen {

/// SHA-256 (FIPS 180-4) of bytes in 64 hexadecimal digits, as sha256sum prints it.
std::string sha256_of(std::string_view bytes);

}  // namespace ssdgen
