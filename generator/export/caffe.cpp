#include "export/caffe.h"

#include "description/spelling.h"
#include "export/caffe_builder.h"
#include "graph/shapes.h"
#include "passes/dequantize.h"
#include "passes/fold_batch_norm.h"
#include "support/error.h"

#include <fmt/ranges.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

namespace ssdgen {

namespace {

/// What Caffe's layers of a head cannot say.
void check_head(const Description& description) {
    const HeadDescription& head = *description.head;
    const auto refuse = [&](const char* pointer, const char* found, const char* allowed) {
        fail_input(at(description.file, pointer), "found \"{}\"; allowed for Caffe: \"{}\"", found, allowed);
    };
    if (head.scores != ScoreConversion::softmax) refuse("/head/scores", spell(head.scores), "softmax");
    if (head.priors.convention != PriorConvention::caffe)
        refuse("/head/priors/convention", spell(head.priors.convention), "caffe");
    if (head.box_code.order != BoxOrder::xywh) refuse("/head/box_code/order", spell(head.box_code.order), "xywh");
    if (head.post_processing.dialect != Dialect::caffe_ssd)
        refuse("/head/post_processing/dialect", spell(head.post_processing.dialect), "caffe-ssd");
    if (head.post_processing.clip_boxes)
        fail_input(at(description.file, "/head/post_processing/clip_boxes"), "found true; allowed for Caffe: false");
}

/// The predictors of one source, each row by row and flat: NAME_mbox_loc, NAME_mbox_loc_perm, NAME_mbox_loc_flat.
void add_predictor(CaffeBuilder& net, const Graph& graph, TensorId tensor) {
    const auto makes = [&](const Node& node) { return node.outputs[0] == tensor; };
    net.add_node(graph, *std::find_if(graph.nodes.begin(), graph.nodes.end(), makes));
    const std::string name = net.blob_of(tensor);
    auto& order = *net.add(name + "_perm", "Permute", {name}).mutable_permute_param();
    for (const unsigned axis : {0U, 2U, 3U, 1U}) order.add_order(axis);
    net.add(name + "_flat", "Flatten", {name + "_perm"}).mutable_flatten_param()->set_axis(1);
}

void add_step(caffe::PriorBoxParameter& given, const SourceDescription& described, const PriorGrid& grid,
              const Shape& picture, bool rescaled) {
    if (described.step == 0) return;
    const auto step_y =
        rescaled ? grid.step_y * static_cast<float>(picture.height) : static_cast<float>(described.step.height);
    const auto step_x =
        rescaled ? grid.step_x * static_cast<float>(picture.width) : static_cast<float>(described.step.width);
    if (step_y == step_x) {
        given.set_step(step_y);
    } else {
        given.set_step_h(step_y);
        given.set_step_w(step_x);
    }
}

void add_prior_box(CaffeBuilder& net, const Graph& graph, const Description& description, std::size_t index) {
    const PriorsDescription& priors = description.head->priors;
    const SourceDescription& described = description.head->sources[index];
    const PriorGrid& grid = graph.head->grids[index];
    auto& given =
        *net.add(described.layer + "_mbox_priorbox", "PriorBox", {described.layer, "data"}).mutable_prior_box_param();
    for (const float size : grid.min_sizes) given.add_min_size(size);
    for (const float size : grid.max_sizes) given.add_max_size(size);
    for (const double ratio : described.aspect_ratios) given.add_aspect_ratio(static_cast<float>(ratio));
    given.set_flip(priors.flip);
    given.set_clip(priors.clip);
    for (const float variance : graph.head->box_code.variances) given.add_variance(variance);
    add_step(given, described, grid, shape_of(graph, graph.input), graph.rho != 1);
    given.set_offset(priors.offset);
}

void add_concat(CaffeBuilder& net, const Description& description, const std::string& name, const std::string& suffix,
                int axis) {
    std::vector<std::string> bottoms;
    for (const SourceDescription& source : description.head->sources)
        bottoms.push_back(source.layer + "_" + name + suffix);
    net.add(name, "Concat", bottoms).mutable_concat_param()->set_axis(axis);
}

void add_detection_output(CaffeBuilder& net, const Head& head) {
    auto& shape = *net.add("mbox_conf_reshape", "Reshape", {"mbox_conf"}).mutable_reshape_param()->mutable_shape();
    for (const int size : {0, -1, head.classes}) shape.add_dim(size);
    net.add("mbox_conf_softmax", "Softmax", {"mbox_conf_reshape"}).mutable_softmax_param()->set_axis(2);
    net.add("mbox_conf_flatten", "Flatten", {"mbox_conf_softmax"}).mutable_flatten_param()->set_axis(1);
    caffe::LayerParameter& layer =
        net.add("detection_out", "DetectionOutput", {"mbox_loc", "mbox_conf_flatten", "mbox_priorbox"});
    layer.add_include()->set_phase(caffe::TEST);
    auto& given = *layer.mutable_detection_output_param();
    const PostProcessing& post = head.post_processing;
    given.set_num_classes(static_cast<unsigned>(head.classes));
    given.set_share_location(true);
    given.set_background_label_id(head.background);
    given.mutable_nms_param()->set_nms_threshold(post.iou_threshold);
    if (post.detections_per_class >= 0) given.mutable_nms_param()->set_top_k(post.detections_per_class);
    if (post.eta != 1) given.mutable_nms_param()->set_eta(post.eta);
    given.set_code_type(caffe::PriorBoxParameter::CENTER_SIZE);
    given.set_keep_top_k(post.max_detections);
    given.set_confidence_threshold(post.score_threshold);
}

void add_head(CaffeBuilder& net, const Graph& graph, const Description& description) {
    const Head& head = *graph.head;
    for (std::size_t i = 0; i < head.sources.size(); ++i) {
        add_predictor(net, graph, head.sources[i].boxes);
        add_predictor(net, graph, head.sources[i].logits);
        add_prior_box(net, graph, description, i);
    }
    add_concat(net, description, "mbox_loc", "_flat", 1);
    add_concat(net, description, "mbox_conf", "_flat", 1);
    add_concat(net, description, "mbox_priorbox", "", 2);
    add_detection_output(net, head);
}

bool is_predictor(const Graph& graph, const Node& node) {
    if (!graph.head) return false;
    const auto makes = [&](const HeadSource& source) {
        return source.boxes == node.outputs[0] || source.logits == node.outputs[0];
    };
    return std::any_of(graph.head->sources.begin(), graph.head->sources.end(), makes);
}

/// What a prototxt has no field for, as comments.
std::string header(const Description& description, const Graph& graph) {
    const InputDescription& input = description.input;
    const std::string order = spell(input.order);
    std::string text = fmt::format(
        "# Written by ssdgen. Input: {} pixels, channels in the order {}, (byte - mean) * scale.\n"
        "# To read it back: --mean {} --scale {}{}\n",
        to_string(shape_of(graph, graph.input)), order, fmt::join(input.mean, ","), fmt::join(input.scale, ","),
        input.order == ChannelOrder::gray ? "" : " --channel-order " + order);
    if (description.head && description.head->priors.size_rounding == PriorSizeRounding::keep)
        text += "# Prior sizes are meant with their fractions, as OpenCV and ncnn take them; Caffe truncates them.\n";
    return text;
}

}  // namespace

CaffeFiles export_caffe(const Graph& graph, const Description& description) {
    if (description.head) check_head(description);
    const Graph folded = fold_batch_norm(dequantize(graph));
    CaffeBuilder net(description.file);
    net.net().set_name(description.name);
    for (const Node& node : folded.nodes)
        if (!is_predictor(folded, node)) net.add_node(folded, node);
    if (folded.head) add_head(net, folded, description);
    if (folded.scores == ScoreConversion::sigmoid) {
        const std::string logits = net.blob_of(folded.logits);
        net.add(logits + "/sigmoid", "Sigmoid", {logits});
    }
    CaffeFiles files;
    check(net.net().SerializeToString(&files.caffemodel), "a network serialises");
    for (caffe::LayerParameter& layer : *net.net().mutable_layer()) layer.clear_blobs();
    check(google::protobuf::TextFormat::PrintToString(net.net(), &files.prototxt), "a network prints");
    files.prototxt = header(description, graph) + files.prototxt;
    return files;
}

}  // namespace ssdgen
