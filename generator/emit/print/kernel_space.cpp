#include "emit/print/kernel_space.h"

#include "emit/print/vectors.h"
#include "plan/names.h"
#include "support/hash.h"

#include <fmt/format.h>

namespace ssdgen {

std::string target_space(const Target& target) { return "ssd::kernels::" + identifier(target.name); }

std::string kernel_space(const Plan& plan, const std::string& part, const std::string& text, VectorUse use) {
    const Target& target = plan.target;
    if (!shares_kernels(target)) return fmt::format("{}::network_{}::layer_{}", target_space(target), plan.name, part);
    return fmt::format("{}::code_{:016x}", target_space(target), hash_bytes(print_vectors(target, use) + text));
}

}  // namespace ssdgen
