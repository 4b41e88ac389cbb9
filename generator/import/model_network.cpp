#include "import/model_network.h"

namespace ssdgen {

std::string shown(std::string_view name) {
    std::string result(name.substr(0, 120));
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return result;
}

std::int64_t same_output(std::int64_t n, std::int64_t stride) { return (n + stride - 1) / stride; }

std::int64_t padded_output(std::int64_t n, std::int64_t pads, std::int64_t window, std::int64_t stride) {
    return n + pads < window ? -1 : (n + pads - window) / stride + 1;
}

}  // namespace ssdgen
