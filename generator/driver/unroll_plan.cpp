#include "driver/unroll_plan.h"

#include "kernel/lower.h"
#include "kernel/simplify.h"
#include "kernel/unroll.h"
#include "plan/build.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace ssdgen {

void unroll_plan(Plan& plan, std::int64_t budget) {
    std::map<std::string, std::int64_t> sizes;
    for (const Step& step : plan.steps) {
        if (sizes.count(step.kernel_name)) continue;
        const KernelTree tree = simplify(lower_kernel(step.kernel, step.kernel_name, plan.target));
        sizes[step.kernel_name] = unrolled_bytes(step.kernel, tree, step.units);
    }
    std::vector<std::pair<std::int64_t, std::string>> order;
    for (const auto& [name, size] : sizes) order.emplace_back(size, name);
    std::sort(order.begin(), order.end());
    for (const auto& [size, name] : order) {
        if (size > budget) break;
        budget -= size;
        for (Step& step : plan.steps) {
            if (step.kernel_name != name) continue;
            step.kernel_name += "_unrolled";
            step.unrolled = true;
            step.units = 1;
        }
    }
    check_plan(plan);
}

}  // namespace ssdgen
