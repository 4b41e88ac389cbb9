#include "emit/folder/runtime.h"

#include <string>
#include <string_view>

namespace ssdgen {

std::string_view embedded_runtime(std::string_view path);
const char* const* embedded_runtime_paths();

std::vector<std::string> runtime_headers() {
    std::vector<std::string> paths;
    for (const char* const* path = embedded_runtime_paths(); *path; ++path) paths.emplace_back(*path);
    return paths;
}

void add_runtime(FileSet& files) {
    for (const std::string& path : runtime_headers()) files.add(path, std::string(embedded_runtime(path)));
}

}  // namespace ssdgen
