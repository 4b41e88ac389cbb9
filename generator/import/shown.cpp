#include "import/shown.h"

namespace ssdgen {

std::string shown(std::string_view name) {
    std::string result(name.substr(0, 120));
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return result;
}

}  // namespace ssdgen
