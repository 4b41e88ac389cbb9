#include "cost/peak.h"

namespace ssdgen {

Peak find_peak(const Plan& plan) {
    Peak peak;
    for (int step = 0; step <= int(plan.steps.size()); ++step) {
        std::int64_t live = 0;
        for (const Buffer& buffer : plan.buffers)
            if (buffer.first_step <= step && step <= buffer.last_step) live += buffer.size;
        if (live <= peak.bytes) continue;
        peak = {live, step < int(plan.steps.size()) ? plan.steps[std::size_t(step)].name : "post-processing"};
    }
    return peak;
}

}  // namespace ssdgen
