#include "emit/print/kernel_space.h"

#include "emit/print/instruction_set.h"
#include "emit/print/names.h"

#include <fmt/format.h>

#include <cstdint>

namespace ssdgen {

std::string target_space(const Target& target) { return "ssd::kernels::" + identifier(target.name); }

std::string kernel_space(const Target& target, const std::string& text) {
    std::uint64_t hash = 14695981039346656037U;  // FNV-1a
    for (char c : print_vectors(target) + text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return fmt::format("{}::code_{:016x}", target_space(target), hash);
}

}  // namespace ssdgen
