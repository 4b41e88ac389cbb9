#include "opencv/judge.h"

#include "reference/interpreter.h"
#include "ssd/post_process.h"
#include "weights/random.h"

#include <doctest/doctest.h>
#include <opencv2/dnn.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace ssdgen::test {

Exported export_network(const Description& description, const Multipliers& multipliers, std::uint64_t seed) {
    Exported network{description, build_graph(description, multipliers), {}};
    bind_weights(network.graph, description, random_weights(expected_tensors(network.graph), seed));
    network.files = export_caffe(network.graph, description);
    return network;
}

std::map<std::string, std::vector<float>> run_opencv(const CaffeFiles& files, const Graph& graph,
                                                     const std::vector<std::uint8_t>& picture,
                                                     const std::vector<std::string>& blobs) {
    const Shape& shape = graph.tensors[static_cast<std::size_t>(graph.input)].shape;
    const auto& normalise = std::get<Normalise>(graph.nodes[0].operation);
    const auto plane = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
    const auto channels = static_cast<std::size_t>(shape.channels);
    std::vector<float> input;
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t i = 0; i < plane; ++i)
            input.push_back((static_cast<float>(picture[i * channels + c]) - normalise.mean[c]) * normalise.scale[c]);
    return run_opencv(files, shape, input, blobs);
}

std::map<std::string, std::vector<float>> run_opencv(const CaffeFiles& files, const Shape& shape,
                                                     const std::vector<float>& input,
                                                     const std::vector<std::string>& blobs) {
    const std::vector<int> sizes{1, shape.channels, shape.height, shape.width};
    cv::Mat data(sizes, CV_32F);
    REQUIRE(data.total() == input.size());
    std::copy(input.begin(), input.end(), data.ptr<float>());
    cv::dnn::Net net = cv::dnn::readNetFromCaffe(files.prototxt.data(), files.prototxt.size(), files.caffemodel.data(),
                                                 files.caffemodel.size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setInput(data, "data");
    std::vector<cv::Mat> outputs;
    const std::vector<cv::String> names(blobs.begin(), blobs.end());
    net.forward(outputs, names);
    std::map<std::string, std::vector<float>> result;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        const auto* values = outputs[i].ptr<float>();
        result[blobs[i]].assign(values, values + outputs[i].total());
    }
    return result;
}

RawOutputs run_reference(const Graph& graph, const std::vector<std::uint8_t>& picture) {
    const auto values = interpret(graph, picture);
    RawOutputs raw;
    const auto append = [&](TensorId tensor, std::vector<float>& to) {
        for (const double value : values[static_cast<std::size_t>(tensor)]) to.push_back(static_cast<float>(value));
    };
    if (!graph.head) {
        append(graph.logits, raw.logits);
        return raw;
    }
    for (const HeadSource& source : graph.head->sources) {
        append(source.boxes, raw.boxes);
        append(source.logits, raw.logits);
    }
    return raw;
}

std::vector<ssd::Detection> post_process(const Head& head, const RawOutputs& raw) {
    std::vector<std::vector<ssd::BoxSize>> sizes;
    std::vector<ssd::PriorGrid> grids;
    for (const PriorGrid& grid : head.grids) {
        sizes.emplace_back();
        for (const BoxSize& size : grid.boxes) sizes.back().push_back({size.height, size.width});
        grids.push_back({grid.height, grid.width, grid.offset_y, grid.offset_x, grid.step_y, grid.step_x,
                         static_cast<int>(sizes.back().size()), sizes.back().data()});
    }
    const ssd::Priors priors{grids.data(), static_cast<int>(grids.size()), nullptr, head.clip_priors, head.priors};
    const PostProcessing& post = head.post_processing;
    const auto& v = head.box_code.variances;
    const ssd::PostProcessing settings{ssd::Dialect::caffe_ssd,
                                       ssd::Scores::softmax,
                                       ssd::BoxOrder::xywh,
                                       {v[0], v[1], v[2], v[3]},
                                       head.classes,
                                       head.background,
                                       post.score_threshold,
                                       post.iou_threshold,
                                       post.max_detections,
                                       1,
                                       post.detections_per_class,
                                       post.eta,
                                       post.clip_boxes};
    std::vector<double> scratch(ssd::post_scratch_bytes(settings, head.priors) / sizeof(double) + 8);
    void* memory = scratch.data();
    std::size_t space = scratch.size() * sizeof(double);
    memory = std::align(64, space - 64, memory, space);
    std::vector<ssd::Detection> detections(static_cast<std::size_t>(head.priors) *
                                           static_cast<std::size_t>(head.classes));
    const int count = ssd::post_process(settings, priors, raw.boxes.data(), raw.logits.data(), memory,
                                        detections.data(), static_cast<int>(detections.size()), {});
    detections.resize(static_cast<std::size_t>(count));
    return detections;
}

std::vector<ssd::Detection> detections_of(const std::vector<float>& rows) {
    std::vector<ssd::Detection> detections;
    for (std::size_t i = 0; i + 7 <= rows.size(); i += 7) {
        const float* row = rows.data() + i;
        if (!(row[2] > 0)) continue;  // fills up to keep_top_k rows
        detections.push_back({static_cast<int>(row[1]), row[2], row[4], row[3], row[6], row[5], -1});
    }
    return detections;
}

double share_of_magnitude(const std::vector<float>& found, const std::vector<float>& wanted) {
    if (found.size() != wanted.size() || wanted.empty()) return std::numeric_limits<double>::infinity();
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(wanted[i])));
        const double apart = std::abs(static_cast<double>(found[i]) - wanted[i]);
        if (std::isnan(apart)) return std::numeric_limits<double>::infinity();
        difference = std::max(difference, apart);
    }
    return difference / largest;
}

int unmatched(const std::vector<ssd::Detection>& found, std::vector<ssd::Detection> wanted) {
    const auto close = [](float a, float b) { return std::abs(a - b) <= 1e-4F; };
    int alone = 0;
    for (const ssd::Detection& one : found) {
        const auto same = [&](const ssd::Detection& other) {
            return one.label == other.label && close(one.score, other.score) && close(one.ymin, other.ymin) &&
                   close(one.xmin, other.xmin) && close(one.ymax, other.ymax) && close(one.xmax, other.xmax);
        };
        const auto match = std::find_if(wanted.begin(), wanted.end(), same);
        if (match == wanted.end())
            ++alone;
        else
            wanted.erase(match);
    }
    return alone + static_cast<int>(wanted.size());
}

}  // namespace ssdgen::test
