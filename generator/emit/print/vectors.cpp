#include "emit/print/vectors.h"

#include "emit/print/template.h"

#include <fmt/format.h>

namespace ssdgen {

std::string vector_attribute(const Target& target) {
    const std::string& attribute = target.toolchain.attribute;
    return attribute.empty() ? "" : fmt::format("[[gnu::target(\"{}\")]] ", attribute);
}

std::string print_vectors(const Target& target) {
    const std::string& attribute = target.toolchain.attribute;
    return fill_text(target.toolchain.vectors, fmt::format("vectors ({})", target.name),
                     attribute.empty() ? TemplateValues() : TemplateValues{{"features", attribute}});
}

}  // namespace ssdgen
