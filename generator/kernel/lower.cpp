#include "kernel/lower.h"

namespace ssdgen {

KernelTree lower_kernel(const Kernel& kernel, const std::string& name, const Target& target) {
    return std::visit([&](const auto& kind) { return lower(kind, kernel, name, target); }, kernel.kind);
}

}  // namespace ssdgen
