#include "cost/check_limits.h"

#include "cost/code_size.h"
#include "cost/peak.h"
#include "support/error.h"
#include "support/table.h"

namespace ssdgen {

void check_limits(const std::vector<Plan>& plans, const std::string& config, std::optional<std::int64_t> max_ram,
                  std::optional<std::int64_t> max_flash) {
    std::int64_t weights = 0, code = 0;
    for (const Plan& plan : plans) {
        const std::int64_t ram = plan.arena_size * 4;
        if (max_ram && ram > *max_ram)
            fail_input(config,
                       "needs {} bytes of RAM (the arena of one thread; most of it while {} runs); allowed: at most {} "
                       "(--max-ram)",
                       with_commas(ram), find_peak(plan).layer, with_commas(*max_ram));
        weights += plan.weights_size * 4;
        if (max_flash) code += code_bytes(plan);
    }
    if (max_flash && weights + code > *max_flash)
        fail_input(
            config,
            "needs {} bytes of flash ({} of weights, about {} of machine code); allowed: at most {} (--max-flash)",
            with_commas(weights + code), with_commas(weights), with_commas(code), with_commas(*max_flash));
}

}  // namespace ssdgen
