#include "description/limits.h"
#include "description/read_parts.h"

namespace ssdgen {

BoxCode read_box_code(const Value& value) {
    Fields fields(value);
    fields.allow({"order", "variances"});
    BoxCode code;
    code.order = fields.at("order").choice(box_orders);
    const std::vector<Value> variances = fields.at("variances").list(4, 4, "numbers, in that order");
    for (std::size_t i = 0; i < 4; ++i) code.variances[i] = variances[i].real({0, limits::variance, true});
    fields.finish();
    return code;
}

namespace {

/// A count, or -1 for no limit.
int read_limit(const Value& value) {
    const bool fits =
        value.json.is_number_integer() && value.json >= -1 && value.json <= limits::detections && value.json != 0;
    if (!fits) value.fail(fmt::format("a whole number from 1 to {}, or -1 for no limit", limits::detections));
    return value.json.get<int>();
}

std::vector<std::string> keys_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::caffe_ssd:
            return {"dialect", "score_threshold", "iou_threshold", "top_k", "keep_top_k", "eta", "clip_boxes"};
        case Dialect::tflite_fast:
            return {"dialect", "score_threshold", "iou_threshold", "max_detections", "max_classes_per_detection"};
        case Dialect::tflite_regular:
            return {"dialect", "score_threshold", "iou_threshold", "max_detections", "detections_per_class"};
    }
    throw InternalError("internal error: broken invariant: every dialect has its keys");
}

void read_background(const Value& value, HeadDescription& head) {
    head.background = value.whole(-1, limits::classes);
    if (head.background >= head.classes)
        value.fail(fmt::format("a column of the scores, 0 to {} (classes is {}), or -1 for none", head.classes - 1,
                               head.classes));
    if (head.classes == 1 && head.background == 0)
        value.fail("-1, as classes is 1: a background alone leaves nothing to detect");
}

PriorStep read_step(const Value& value) {
    const Range range{0, limits::prior_size, true};
    if (value.json.is_array()) {
        const std::vector<Value> sides = value.list(2, 2, "numbers (height, width)");
        return {sides[0].number(range), sides[1].number(range)};
    }
    if (!value.json.is_number())
        value.fail(fmt::format("a number above 0 and at most {}, or a list of 2 (height, width)", limits::prior_size));
    return value.number(range);
}

}  // namespace

namespace {

void read_caffe_priors(Fields& fields, const std::string& owner, PriorsDescription& priors) {
    fields.allow({"convention", "flip", "clip", "offset", "size_rounding", "follow_rho"}, owner);
    priors.flip = fields.at("flip").flag();
    priors.clip = fields.at("clip").flag();
    priors.offset = fields.at("offset").real({0, 1, false});
    priors.size_rounding = fields.at("size_rounding").choice(prior_size_roundings);
    priors.follow_rho = fields.at("follow_rho").choice(priors_follow_rho);
}

void read_tensorflow_priors(Fields& fields, const std::string& owner, PriorsDescription& priors) {
    fields.allow({"convention", "min_scale", "max_scale", "aspect_ratios", "interpolated_scale_aspect_ratio",
                  "interpolated_box", "reduce_boxes_in_lowest_layer"},
                 owner);
    priors.min_scale = fields.at("min_scale").number({0, limits::prior_scale, true});
    priors.max_scale = fields.at("max_scale").number({0, limits::prior_scale, true});
    if (priors.max_scale < priors.min_scale)
        fields.at("max_scale").fail(fmt::format("a number of at least min_scale, {}", priors.min_scale));
    priors.aspect_ratios = fields.at("aspect_ratios").numbers(0, limits::boxes, {0, limits::aspect_ratio, true});
    priors.interpolated_scale_aspect_ratio =
        fields.at("interpolated_scale_aspect_ratio").number({0, limits::aspect_ratio, false});
    if (fields.has("interpolated_box")) {
        const Value place = fields.at("interpolated_box");
        priors.interpolated_box = place.choice(interpolated_boxes);
        if (priors.interpolated_scale_aspect_ratio == 0)
            place.fail("no such key, as interpolated_scale_aspect_ratio is 0: there is no interpolated box");
    }
    priors.reduce_boxes_in_lowest_layer = fields.at("reduce_boxes_in_lowest_layer").flag();
}

}  // namespace

PriorsDescription read_priors(const Value& value) {
    Fields fields(value);
    PriorsDescription priors;
    priors.convention = fields.at("convention").choice(prior_conventions);
    const std::string owner = fmt::format("priors of the convention \"{}\"", spell(priors.convention));
    switch (priors.convention) {
        case PriorConvention::caffe: read_caffe_priors(fields, owner, priors); break;
        case PriorConvention::tensorflow: read_tensorflow_priors(fields, owner, priors); break;
        case PriorConvention::table: fields.allow({"convention"}, owner); break;
    }
    fields.finish();
    return priors;
}

void allow_head(Fields& fields) {
    fields.allow(
        {"kernel", "padding", "classes", "background", "scores", "box_code", "priors", "sources", "post_processing"});
}

void allow_source(Fields& fields, PriorConvention convention) {
    const auto keys = [&]() -> std::vector<std::string> {
        switch (convention) {
            case PriorConvention::caffe: return {"layer", "boxes", "min_sizes", "max_sizes", "aspect_ratios", "step"};
            case PriorConvention::tensorflow:
            case PriorConvention::table: return {"layer", "boxes"};
        }
        throw InternalError("internal error: broken invariant: every convention has its keys of a source");
    };
    fields.allow(keys(), fmt::format("a source under priors of the convention \"{}\"", spell(convention)));
}

SourceDescription read_source(const Value& value, PriorConvention convention) {
    Fields fields(value);
    SourceDescription source;
    source.pointer = value.pointer;
    allow_source(fields, convention);
    source.layer = read_layer_name(fields.at("layer"));
    source.boxes = fields.at("boxes").whole(1, limits::boxes);
    if (convention == PriorConvention::caffe) read_sizes(fields, source);
    fields.finish();
    return source;
}

void read_sizes(Fields& fields, SourceDescription& source) {
    source.min_sizes = fields.at("min_sizes").numbers(1, limits::boxes, {0, limits::prior_size, true});
    if (fields.has("max_sizes"))
        source.max_sizes = fields.at("max_sizes").numbers(0, limits::boxes, {0, limits::prior_size, true});
    if (fields.has("aspect_ratios"))
        source.aspect_ratios = fields.at("aspect_ratios").numbers(0, limits::boxes, {0, limits::aspect_ratio, true});
    if (fields.has("step")) source.step = read_step(fields.at("step"));
}

PostProcessing read_post_processing(const Value& value) {
    Fields fields(value);
    PostProcessing post;
    post.dialect = fields.at("dialect").choice(dialects);
    fields.allow(keys_of(post.dialect), fmt::format("the dialect \"{}\"", spell(post.dialect)));
    post.score_threshold = fields.at("score_threshold").real({0, 1, false});
    post.iou_threshold = fields.at("iou_threshold").real({0, 1, false});
    switch (post.dialect) {
        case Dialect::caffe_ssd:
            post.detections_per_class = read_limit(fields.at("top_k"));
            post.max_detections = read_limit(fields.at("keep_top_k"));
            post.eta = fields.at("eta").real({0, 1, true});
            post.clip_boxes = fields.at("clip_boxes").flag();
            break;
        case Dialect::tflite_fast:
            post.max_detections = fields.at("max_detections").whole(1, limits::detections);
            post.max_classes_per_detection = fields.at("max_classes_per_detection").whole(1, limits::classes);
            break;
        case Dialect::tflite_regular:
            post.max_detections = fields.at("max_detections").whole(1, limits::detections);
            post.detections_per_class = fields.at("detections_per_class").whole(1, limits::detections);
            break;
    }
    fields.finish();
    return post;
}

HeadDescription read_head(const Value& value, const NetworkDefaults& defaults) {
    Fields fields(value);
    allow_head(fields);
    HeadDescription head;
    head.kernel = fields.at("kernel").whole(1, limits::head_kernel);
    if (head.kernel % 2 == 0) fields.at("kernel").fail("1, 3, 5 or 7");
    head.padding = fields.has("padding") ? fields.at("padding").choice(padding_rules) : defaults.padding;
    head.classes = fields.at("classes").whole(1, limits::classes);
    read_background(fields.at("background"), head);
    head.scores = fields.at("scores").choice(score_conversions);
    head.box_code = read_box_code(fields.at("box_code"));
    head.priors = read_priors(fields.at("priors"));
    for (const Value& source : fields.at("sources").list(1, any_count, "sources"))
        head.sources.push_back(read_source(source, head.priors.convention));
    head.post_processing = read_post_processing(fields.at("post_processing"));
    fields.finish();
    return head;
}

}  // namespace ssdgen
