#include "target/target.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

const VectorUnit& vector_unit(const Target& target, Element operand) {
    const auto found = std::find_if(target.units.begin(), target.units.end(),
                                    [&](const VectorUnit& unit) { return unit.operand == operand; });
    check(found != target.units.end(), [&] { return target.name + " multiplies numbers of this type"; });
    return *found;
}

bool multiplies_whole_numbers(const Target& target) {
    return std::any_of(target.units.begin(), target.units.end(),
                       [](const VectorUnit& unit) { return unit.operand == Element::u8; });
}

bool is_standard(const Target& target) { return target.family == Family::any; }

bool shares_kernels(const Target& target) { return !target.toolchain.shared.empty(); }

}  // namespace ssdgen
