#include "emit/print/vectors.h"

#include "description/identifier.h"
#include "emit/print/template.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

std::string fill_vectors(const Target& target, const std::string& text, const std::string& attribute) {
    return fill_text(text, fmt::format("vectors ({})", target.name),
                     attribute.empty() ? TemplateValues()
                                       : TemplateValues{{"features", attribute},
                                                        {"space", identifier(target.name)},
                                                        {"guard", upper_case(identifier(target.name))}});
}

const std::string& attribute_of(const Toolchain& toolchain, VectorUse use) {
    switch (use) {
        case VectorUse::floats: return toolchain.attribute;
        case VectorUse::floats_of_bytes: return toolchain.byte_loads.attribute;
        case VectorUse::whole_numbers: return toolchain.whole.attribute;
    }
    throw InternalError("internal error: broken invariant: every use of vectors has its attribute");
}

}  // namespace

std::string vector_attribute(const Target& target, VectorUse use) {
    const std::string& attribute = attribute_of(target.toolchain, use);
    return attribute.empty() ? "" : fmt::format("[[gnu::target(\"{}\")]] ", attribute);
}

std::string print_vectors(const Target& target, VectorUse use) {
    const Toolchain& toolchain = target.toolchain;
    const std::string text = fill_vectors(target, toolchain.vectors, toolchain.attribute);
    switch (use) {
        case VectorUse::floats: return text;
        case VectorUse::floats_of_bytes:
            check(!toolchain.byte_loads.vectors.empty(), [&] { return target.name + " loads weights from bytes"; });
            return text + fill_vectors(target, toolchain.byte_loads.vectors, toolchain.byte_loads.attribute);
        case VectorUse::whole_numbers: {
            check(!toolchain.whole.vectors.empty(), [&] { return target.name + " computes with whole numbers"; });
            std::string all = text;
            for (const std::string& part : toolchain.whole.vectors)
                all += fill_vectors(target, part, toolchain.whole.attribute);
            return all;
        }
    }
    throw InternalError("internal error: broken invariant: every use of vectors has its header");
}

}  // namespace ssdgen
