#include "description/aspect_ratios.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

std::vector<double> caffe_ratios(const std::vector<double>& listed, bool flip) {
    std::vector<double> ratios{1};
    for (const double ratio : listed) {
        const auto same = [&](double known) { return std::abs(ratio - known) < 1e-6; };
        if (std::any_of(ratios.begin(), ratios.end(), same)) continue;
        ratios.push_back(ratio);
        if (flip) ratios.push_back(1 / ratio);
    }
    ratios.erase(ratios.begin());
    return ratios;
}

}  // namespace ssdgen
