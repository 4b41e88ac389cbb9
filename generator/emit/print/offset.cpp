#include "emit/print/offset.h"

#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

std::int64_t in_numbers(std::int64_t bytes, Element element) {
    check(bytes % bytes_of(element) == 0, "an offset leads to a whole number");
    return bytes / bytes_of(element);
}

std::string print_offset(const std::string& pointer, std::int64_t bytes, Element element) {
    const std::int64_t offset = in_numbers(bytes, element);
    return offset ? fmt::format("{} + {}", pointer, offset) : pointer;
}

}  // namespace ssdgen
