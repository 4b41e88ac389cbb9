#include "support/error.h"
#include "target/families.h"

#include <string_view>

namespace ssdgen {

extern std::string_view embedded_vectors(std::string_view path);  // embed.cmake makes it

std::string vectors_header(const std::string& file) {
    const std::string_view text = embedded_vectors(file);
    check(!text.empty(), "there is a header of vectors " + file);
    return std::string(text);
}

}  // namespace ssdgen
