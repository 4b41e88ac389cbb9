#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <string>

namespace ssdgen {

/// The moment at which most of the arena is in use.
struct Peak {
    std::int64_t bytes = 0;  // no arena can be smaller
    std::string layer;       // the step that runs then; "post-processing" after the last
};

Peak find_peak(const Plan& plan);

}  // namespace ssdgen
