#pragma once

namespace ssdgen {

/// The number of the format of descriptions, their key `format`: what is written, and the newest that is read. A file
/// without the key is of format 1.
constexpr int description_format = 1;

}  // namespace ssdgen
