#include "emit/folder/runtime.h"

#include <string>
#include <string_view>

namespace ssdgen {

std::string_view embedded_runtime(std::string_view path);
const char* const* embedded_runtime_paths();

void add_runtime(FileSet& files) {
    for (const char* const* path = embedded_runtime_paths(); *path; ++path)
        files.add(*path, std::string(embedded_runtime(*path)));
}

}  // namespace ssdgen
