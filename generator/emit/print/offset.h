#pragma once

#include "support/element.h"

#include <cstdint>
#include <string>

namespace ssdgen {

/// So many bytes in numbers of a type: what is added to a pointer to such. InternalError if they are no whole ones.
std::int64_t in_numbers(std::int64_t bytes, Element element = Element::f32);

/// "weights + 80", "weights": an address so many bytes behind a pointer to numbers of a type.
std::string print_offset(const std::string& pointer, std::int64_t bytes, Element element = Element::f32);

}  // namespace ssdgen
