#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

/// VOC's mean average precision at an overlap of 0.5, by object size too.
namespace application {

/// Edges relative to the picture.
struct Edges {
    double ymin, xmin, ymax, xmax;
};

/// An object that is in a picture. A difficult one need not be found: it counts neither way (VOC's devkit).
struct Truth {
    int picture, label;
    Edges box;
    bool difficult;
};

/// What a network found.
struct Found {
    int picture, label;
    double score;
    Edges box;
};

/// Objects by the longer side of their box, relative to the picture.
struct SizeRange {
    const char* name;
    double low, high;  // high is no longer in it
};

constexpr SizeRange every_size{"all", 0, std::numeric_limits<double>::infinity()};
constexpr SizeRange size_ranges[] = {{"small", 0, 0.2}, {"medium", 0.2, 0.4}, {"large", 0.4, every_size.high}};

inline bool is_in(const SizeRange& range, const Edges& box) {
    const double side = std::max(box.ymax - box.ymin, box.xmax - box.xmin);
    return side >= range.low && side < range.high;
}

/// Intersection over union.
inline double overlap_of(const Edges& a, const Edges& b) {
    const double height = std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin);
    const double width = std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin);
    if (!(height > 0 && width > 0)) return 0;
    const double both = height * width;
    const auto area = [](const Edges& box) { return (box.ymax - box.ymin) * (box.xmax - box.xmin); };
    return both / (area(a) + area(b) - both);
}

/// The area under the curve of precision over recall, precision being the best at that recall or a higher one (VOC 2010
/// and later). hits: by falling score, whether it found an object not found before; wanted: objects to find.
inline double area_under(const std::vector<bool>& hits, int wanted) {
    std::vector<double> precisions;  // at each hit
    int right = 0;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        if (hits[i]) precisions.push_back(++right / static_cast<double>(i + 1));
    }
    double sum = 0, best = 0;
    for (std::size_t i = precisions.size(); i-- > 0;) sum += best = std::max(best, precisions[i]);
    return sum / wanted;
}

/// One class's objects and detections against each other.
class ClassEvaluation {
  public:
    void add(const Truth& truth) { truths_[truth.picture].push_back(truth); }
    void add(const Found& found) { found_.push_back(found); }

    /// By falling score, equal ones in the order of their adding.
    void sort() {
        std::stable_sort(found_.begin(), found_.end(),
                         [](const Found& a, const Found& b) { return a.score > b.score; });
    }

    /// Objects to find.
    int wanted(const SizeRange& range) const {
        int count = 0;
        for (const auto& [picture, truths] : truths_) {
            for (const Truth& truth : truths) count += counts(truth, range) ? 1 : 0;
        }
        return count;
    }

    /// After sort(), with at least one wanted. Objects that are not wanted, detections of those and unmatched
    /// detections of another size count for nothing.
    double average_precision(const SizeRange& range) const {
        std::set<const Truth*> taken;
        std::vector<bool> hits;
        for (const Found& found : found_) {
            const Truth* truth = best_match(found);
            if (truth != nullptr) {
                if (counts(*truth, range)) hits.push_back(taken.insert(truth).second);
            } else if (is_in(range, found.box)) {
                hits.push_back(false);
            }
        }
        return area_under(hits, wanted(range));
    }

  private:
    static bool counts(const Truth& truth, const SizeRange& range) {
        return !truth.difficult && is_in(range, truth.box);
    }

    /// The object that it overlaps most, if by 0.5 or more.
    const Truth* best_match(const Found& found) const {
        const auto truths = truths_.find(found.picture);
        if (truths == truths_.end()) return nullptr;
        const Truth* best = nullptr;
        double most = 0;
        for (const Truth& truth : truths->second) {
            const double overlap = overlap_of(found.box, truth.box);
            if (overlap > most) {
                most = overlap;
                best = &truth;
            }
        }
        return most >= 0.5 ? best : nullptr;
    }

    std::map<int, std::vector<Truth>> truths_;  // by picture
    std::vector<Found> found_;
};

/// Of a whole set of pictures; by class.
using Evaluation = std::map<int, ClassEvaluation>;

inline Evaluation evaluation_of(const std::vector<Truth>& truths, const std::vector<Found>& found) {
    Evaluation classes;
    for (const Truth& truth : truths) classes[truth.label].add(truth);
    for (const Found& one : found) classes[one.label].add(one);
    for (auto& [label, evaluation] : classes) evaluation.sort();
    return classes;
}

/// The mean over the classes that have objects of such a size; NaN if none has.
inline double mean_average_precision(const Evaluation& classes, const SizeRange& range) {
    double sum = 0;
    int count = 0;
    for (const auto& [label, evaluation] : classes) {
        if (evaluation.wanted(range) == 0) continue;
        sum += evaluation.average_precision(range);
        ++count;
    }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

}  // namespace application
