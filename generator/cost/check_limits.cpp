#include "cost/check_limits.h"

#include "cost/peak.h"
#include "support/error.h"
#include "support/table.h"

namespace ssdgen {

void check_limits(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints, const std::string& config,
                  std::optional<std::int64_t> max_ram, std::optional<std::int64_t> max_flash) {
    for (std::size_t index = 0; index < plans.size(); ++index) {
        const std::int64_t ram = footprints[index].arena_bytes;
        if (max_ram && ram > *max_ram)
            fail_input(config,
                       "needs {} bytes of RAM (the arena of one thread; most of it while {} runs); allowed: at most {} "
                       "(--max-ram)",
                       with_commas(ram), find_peak(plans[index]).layer, with_commas(*max_ram));
    }
    const Footprint all = together(footprints);
    if (max_flash && all.flash_bytes() > *max_flash)
        fail_input(
            config,
            "needs {} bytes of flash ({} of weights, about {} of machine code); allowed: at most {} (--max-flash)",
            with_commas(all.flash_bytes()), with_commas(all.weights_bytes), with_commas(all.code_bytes),
            with_commas(*max_flash));
}

}  // namespace ssdgen
