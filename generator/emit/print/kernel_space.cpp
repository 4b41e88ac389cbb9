#include "emit/print/kernel_space.h"

#include "emit/print/vectors.h"
#include "plan/names.h"
#include "support/hash.h"

#include <fmt/format.h>

namespace ssdgen {

std::string target_space(const Target& target) { return "ssd::kernels::" + identifier(target.name); }

std::string kernel_space(const Target& target, const std::string& text, bool bytes) {
    return fmt::format("{}::code_{:016x}", target_space(target), hash_bytes(print_vectors(target, bytes) + text));
}

}  // namespace ssdgen
