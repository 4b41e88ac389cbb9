#include "emit/print/vectors.h"

#include "emit/print/template.h"
#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

std::string fill_vectors(const Target& target, const std::string& text, const std::string& attribute) {
    return fill_text(text, fmt::format("vectors ({})", target.name),
                     attribute.empty() ? TemplateValues() : TemplateValues{{"features", attribute}});
}

}  // namespace

std::string vector_attribute(const Target& target, bool bytes) {
    const Toolchain& toolchain = target.toolchain;
    const std::string& attribute = bytes ? toolchain.byte_loads.attribute : toolchain.attribute;
    return attribute.empty() ? "" : fmt::format("[[gnu::target(\"{}\")]] ", attribute);
}

std::string print_vectors(const Target& target, bool bytes) {
    const Toolchain& toolchain = target.toolchain;
    const std::string text = fill_vectors(target, toolchain.vectors, toolchain.attribute);
    if (!bytes) return text;
    const ByteLoads& loads = toolchain.byte_loads;
    check(!loads.vectors.empty(), [&] { return target.name + " loads weights from bytes"; });
    return text + fill_vectors(target, loads.vectors, loads.attribute);
}

}  // namespace ssdgen
