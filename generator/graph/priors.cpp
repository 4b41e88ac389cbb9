#include "graph/priors.h"

#include "description/aspect_ratios.h"
#include "ssd/priors.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

/// Sizes in pixels of the scaled picture; min(height, width) carries the scale, which for a square is its side.
std::vector<double> pixel_sizes(const Description& description, const std::vector<double>& sizes, const Shape& picture,
                                const std::string& pointer) {
    const PriorsDescription& priors = description.head->priors;
    const InputDescription& input = description.input;
    std::vector<double> result;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        double size = sizes[i];
        if (priors.follow_rho == PriorsFollowRho::relative)
            size = size * std::min(picture.height, picture.width) / std::min(input.height, input.width);
        // 64 times 0.999... stands for 64: what is a whole number on paper is not truncated to the one below.
        if (priors.size_rounding == PriorSizeRounding::truncate) size = std::floor(size + 1e-6);
        if (size <= 0)
            fail_input(at(description.file, fmt::format("{}/{}", pointer, i)),
                       "found {}, truncated to 0 pixels for a picture of {}x{}; allowed: at least 1 pixel", sizes[i],
                       picture.height, picture.width);
        result.push_back(size);
    }
    return result;
}

void add_box(PriorGrid& grid, double height, double width) {
    grid.boxes.push_back({static_cast<float>(height), static_cast<float>(width)});
}

/// Pixels of the scaled picture from one cell to the next, along one axis.
double caffe_step(double step, bool relative, int side, int input_side, int map, int full_map) {
    if (step == 0) return static_cast<double>(side) / map;
    return relative ? step * side / input_side * full_map / map : step;
}

PriorGrid caffe_grid(const Description& description, const SourceDescription& source, const PriorSite& site) {
    const PriorsDescription& priors = description.head->priors;
    const Shape& picture = site.picture;
    const bool relative = priors.follow_rho == PriorsFollowRho::relative;
    const auto mins = pixel_sizes(description, source.min_sizes, picture, source.pointer + "/min_sizes");
    const auto maxs = pixel_sizes(description, source.max_sizes, picture, source.pointer + "/max_sizes");
    if (!maxs.empty() && maxs.size() != mins.size())
        fail_input(at(description.file, source.pointer + "/max_sizes"),
                   "found {} numbers; allowed: {}, one for each of min_sizes, or none", maxs.size(), mins.size());
    PriorGrid grid;
    grid.offset_y = grid.offset_x = priors.offset;
    grid.step_y = static_cast<float>(caffe_step(source.step.height, relative, picture.height, description.input.height,
                                                site.map.height, site.full_map.height) /
                                     picture.height);
    grid.step_x = static_cast<float>(caffe_step(source.step.width, relative, picture.width, description.input.width,
                                                site.map.width, site.full_map.width) /
                                     picture.width);
    for (std::size_t i = 0; i < mins.size(); ++i) {
        add_box(grid, mins[i] / picture.height, mins[i] / picture.width);
        if (!maxs.empty()) {
            const double side = std::sqrt(mins[i] * maxs[i]);
            add_box(grid, side / picture.height, side / picture.width);
        }
        for (const double ratio : caffe_ratios(source.aspect_ratios, priors.flip))
            add_box(grid, mins[i] / std::sqrt(ratio) / picture.height, mins[i] * std::sqrt(ratio) / picture.width);
    }
    grid.min_sizes.assign(mins.begin(), mins.end());
    grid.max_sizes.assign(maxs.begin(), maxs.end());
    return grid;
}

/// Scale of source number `source` of `sources`; that beyond the last is 1.
double tensorflow_scale(const PriorsDescription& priors, std::size_t source, std::size_t sources) {
    if (source == sources) return 1;
    if (sources == 1) return priors.min_scale;
    return priors.min_scale +
           (priors.max_scale - priors.min_scale) * static_cast<double>(source) / static_cast<double>(sources - 1);
}

PriorGrid tensorflow_grid(const HeadDescription& head, std::size_t source, const PriorSite& site) {
    const PriorsDescription& priors = head.priors;
    const double scale = tensorflow_scale(priors, source, head.sources.size());
    const double next = tensorflow_scale(priors, source + 1, head.sources.size());
    struct Specification {
        double scale, ratio;
    };
    std::vector<Specification> boxes;
    if (source == 0 && priors.reduce_boxes_in_lowest_layer) {
        boxes = {{0.1, 1.0}, {scale, 2.0}, {scale, 0.5}};
    } else {
        for (const double ratio : priors.aspect_ratios) boxes.push_back({scale, ratio});
        if (priors.interpolated_scale_aspect_ratio > 0) {
            const bool second = priors.interpolated_box == InterpolatedBox::second && !boxes.empty();
            boxes.insert(second ? boxes.begin() + 1 : boxes.end(),
                         {std::sqrt(scale * next), priors.interpolated_scale_aspect_ratio});
        }
    }
    PriorGrid grid;
    grid.step_y = static_cast<float>(1.0 / site.map.height);
    grid.step_x = static_cast<float>(1.0 / site.map.width);
    const double shorter = std::min(site.picture.height, site.picture.width);
    for (const Specification& box : boxes) {
        const double root = std::sqrt(box.ratio);
        add_box(grid, box.scale / root * shorter / site.picture.height,
                box.scale * root * shorter / site.picture.width);
    }
    grid.min_sizes = {static_cast<float>(scale * shorter)};
    grid.max_sizes = {static_cast<float>(next * shorter)};
    return grid;
}

/// The priors of a head as the emitted code hands them to the runtime.
class RuntimePriors {
  public:
    explicit RuntimePriors(const Head& head) : clip_(head.clip_priors), count_(head.priors) {
        if (!head.prior_table.empty()) {
            table_ = head.prior_table.data();
            return;
        }
        for (const PriorGrid& grid : head.grids)
            for (const BoxSize& size : grid.boxes) sizes_.push_back({size.height, size.width});
        const ssd::BoxSize* sizes = sizes_.data();
        for (const PriorGrid& grid : head.grids) {
            const int boxes = static_cast<int>(grid.boxes.size());
            grids_.push_back(
                {grid.height, grid.width, grid.offset_y, grid.offset_x, grid.step_y, grid.step_x, boxes, sizes});
            sizes += boxes;
        }
    }

    ssd::Priors view() const {
        const bool clip = table_ == nullptr && clip_;
        return {grids_.data(), static_cast<int>(grids_.size()), table_, clip, count_};
    }

  private:
    std::vector<ssd::BoxSize> sizes_;
    std::vector<ssd::PriorGrid> grids_;
    const float* table_ = nullptr;
    bool clip_;
    int count_;
};

}  // namespace

PriorGrid make_prior_grid(const Description& description, std::size_t source, const PriorSite& site) {
    const HeadDescription& head = *description.head;
    const SourceDescription& described = head.sources[source];
    PriorGrid grid;
    switch (head.priors.convention) {
        case PriorConvention::caffe: grid = caffe_grid(description, described, site); break;
        case PriorConvention::tensorflow: grid = tensorflow_grid(head, source, site); break;
        case PriorConvention::table: check(false, "a table of priors has no grids");
    }
    grid.height = site.map.height;
    grid.width = site.map.width;
    if (static_cast<std::size_t>(described.boxes) != grid.boxes.size())
        fail_input(at(description.file, described.pointer + "/boxes"),
                   "found {}; allowed: {}, as the priors make for this source", described.boxes, grid.boxes.size());
    return grid;
}

std::array<float, 4> prior_box(const Head& head, int index) {
    check(index >= 0 && index < head.priors, "a prior's index is below their count");
    check(!head.grids.empty() || !head.prior_table.empty(), "the priors are grids or a table");
    const RuntimePriors priors(head);
    const ssd::PriorBox box = ssd::prior(priors.view(), index);
    return {box.cy, box.cx, box.h, box.w};
}

}  // namespace ssdgen
