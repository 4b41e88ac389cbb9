#include "description/unusual.h"

#include "support/error.h"
#include "support/warnings.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr float largest_byte = 255;
constexpr float usual_epsilon = 0.1F;  // and below

/// Whether the mean is one of pictures in 0 to 1: a byte's would be below the darkest grey, and is seldom broken. (A
/// mean of 1 is the zero point of many a quantised network.)
bool is_part(const InputDescription& input) {
    const auto within = [](float mean) { return mean >= 0 && mean <= 1; };
    const auto broken = [](float mean) { return mean != std::floor(mean); };
    return std::all_of(input.mean.begin(), input.mean.end(), within) &&
           std::any_of(input.mean.begin(), input.mean.end(), broken);
}

bool is_usual_mean(float mean) { return mean >= -1 && mean <= 256; }

/// What the byte 255 comes to.
float range_of(float scale) { return largest_byte * std::abs(scale); }

bool is_usual_scale(float scale) { return range_of(scale) <= 600 && range_of(scale) >= 0.5F; }

void warn_unusual_scale(float scale, const std::string& where) {
    const float range = range_of(scale);
    if (is_usual_scale(scale)) return;
    if (range > 600)
        warn(where, "found {}, which makes {:.6g} of the byte 255; input = (byte - mean) * scale: is 1/{} meant?",
             scale, range, scale);
    else
        warn(where,
             "found {}, which makes {:.4g} of the byte 255; input = (byte - mean) * scale, with bytes of 0 to 255: is "
             "{:.4g} meant?",
             scale, range, scale * largest_byte);
}

void warn_unusual_head(const HeadDescription& head, const std::string& file) {
    const auto& variances = head.box_code.variances;
    if (std::any_of(variances.begin(), variances.end(), [](float variance) { return variance > 1; })) {
        std::array<std::string, 4> inverse;
        std::transform(variances.begin(), variances.end(), inverse.begin(),
                       [](float variance) { return fmt::format("{:.6g}", 1 / variance); });
        warn(at(file, "/head/box_code/variances"),
             "found [{}]; variances are factors, 1 over what TensorFlow states: is [{}] meant?",
             fmt::join(variances, ", "), fmt::join(inverse, ", "));
    }
    const PostProcessing& post = head.post_processing;
    if (post.iou_threshold < 0.1F && post.score_threshold >= 0.3F)
        warn(at(file, "/head/post_processing/iou_threshold"),
             "found {} beside a score_threshold of {}; boxes that hardly touch suppress each other: are the two "
             "exchanged?",
             post.iou_threshold, post.score_threshold);
    if (head.classes == 1 && head.scores == ScoreConversion::softmax)
        warn(at(file, "/head/scores"),
             "found \"softmax\" of one class, which is always 1; is \"sigmoid\" meant, or a background missing in "
             "classes?");
}

/// Sizes are in pixels of the picture at rho 1.
void warn_unusual_sizes(const Description& description) {
    const InputDescription& input = description.input;
    const HeadDescription& head = *description.head;
    const double side = std::max(input.height, input.width);
    double largest = 0;
    for (const SourceDescription& source : head.sources)
        for (const auto* sizes : {&source.min_sizes, &source.max_sizes})
            for (const double size : *sizes) largest = std::max(largest, size);
    if (largest <= 1 && side >= 16)
        warn(at(description.file, "/head/sources"),
             "found prior sizes of at most {}; they are in pixels, not parts of the picture: is {:.6g} meant?", largest,
             largest * side);
    for (const SourceDescription& source : head.sources) {
        const auto larger =
            std::find_if(source.min_sizes.begin(), source.min_sizes.end(), [&](double size) { return size > side; });
        if (larger != source.min_sizes.end())
            warn(
                at(description.file, fmt::format("{}/min_sizes/{}", source.pointer, larger - source.min_sizes.begin())),
                "found {}, larger than the picture of {}x{}; sizes are in its pixels at rho 1", *larger, input.height,
                input.width);
        for (const double step : {source.step.height, source.step.width})
            if (step > side || (step > 0 && step < 1))
                warn(at(description.file, source.pointer + "/step"),
                     "found {} in a picture of {}x{}; it is the distance of the map's cells in pixels at rho 1", step,
                     input.height, input.width);
    }
}

}  // namespace

bool is_usual_input(const InputDescription& input) {
    return !is_part(input) && std::all_of(input.mean.begin(), input.mean.end(), is_usual_mean) &&
           std::all_of(input.scale.begin(), input.scale.end(), is_usual_scale);
}

void warn_unusual_input(const InputDescription& input, const std::string& mean, const std::string& scale) {
    if (is_part(input)) {
        std::vector<float> means, scales;
        for (const float each : input.mean) means.push_back(each * largest_byte);
        for (const float each : input.scale) scales.push_back(each / largest_byte);
        // With a scale of bytes already the mean alone is of other pictures.
        const bool both = std::any_of(input.scale.begin(), input.scale.end(), [](float each) { return each >= 0.5F; });
        warn(mean, "found [{}], a mean of pictures in 0 to 1; the bytes are 0 to 255: is [{}] meant{}?",
             fmt::join(input.mean, ", "), fmt::join(means, ", "),
             both ? fmt::format(", with the scale [{}]", fmt::join(scales, ", ")) : "");
        if (both) return;
    }
    for (const float each : input.mean)
        if (!is_usual_mean(each)) warn(mean, "found {}; it is subtracted from bytes of 0 to 255", each);
    for (const float each : input.scale) warn_unusual_scale(each, scale);
}

void warn_unusual(const Description& description) {
    const std::string& file = description.file;
    if (description.batch_norm_epsilon && *description.batch_norm_epsilon > usual_epsilon)
        warn(at(file, "/batch_norm/epsilon"),
             "found {}; it is added to the variance, and usual are 1e-05 and 0.001: is this the decay?",
             *description.batch_norm_epsilon);
    if (!description.head) return;
    warn_unusual_head(*description.head, file);
    const PriorsDescription& priors = description.head->priors;
    if (priors.convention == PriorConvention::caffe) warn_unusual_sizes(description);
    if (priors.convention == PriorConvention::tensorflow && priors.min_scale > 1)
        warn(at(file, "/head/priors/min_scale"),
             "found {}; scales are parts of the picture, so that every box is larger than it", priors.min_scale);
}

}  // namespace ssdgen
