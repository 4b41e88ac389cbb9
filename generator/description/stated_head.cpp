#include "description/stated_head.h"

#include "description/check_references.h"
#include "description/json_text.h"
#include "description/limits.h"
#include "description/read_parts.h"
#include "support/files.h"

namespace ssdgen {

namespace {

/// The keys that no model file with raw outputs says; sources too, where the priors are made from sizes in pixels.
std::vector<std::string> required_keys(const Value& value) {
    std::vector<std::string> keys{"background", "scores", "box_code", "priors", "post_processing"};
    if (value.json.contains("priors") && value.json["priors"].is_object() &&
        value.json["priors"].value("convention", nlohmann::json()) == "caffe")
        keys.emplace_back("sources");
    return keys;
}

void refuse_missing(const Value& value) {
    std::vector<std::string> missing;
    for (const std::string& key : required_keys(value))
        if (!value.json.contains(key)) missing.push_back(key);
    if (!missing.empty())
        fail_input(at(value.file, value.pointer), "missing {}; allowed: a head with {}", Value::quoted_list(missing),
                   Value::quoted_list(required_keys(value)));
}

SourceDescription read_stated_source(const Value& value, PriorConvention convention) {
    Fields fields(value);
    allow_source(fields, convention);
    SourceDescription source;
    source.pointer = value.pointer;
    if (fields.has("layer")) source.layer = read_layer_name(fields.at("layer"));
    if (fields.has("boxes")) source.boxes = fields.at("boxes").whole(1, limits::boxes);
    if (convention == PriorConvention::caffe) read_sizes(fields, source);
    fields.finish();
    return source;
}

}  // namespace

StatedHead read_stated_head(const std::string& path) {
    const nlohmann::json document = parse_json(read_file(path), path);
    const Value value{document, path, ""};
    Fields fields(value);
    allow_head(fields);
    refuse_missing(value);
    StatedHead head;
    head.file = path;
    if (fields.has("kernel")) head.kernel = fields.at("kernel").whole(1, limits::head_kernel);
    if (fields.has("padding")) head.padding = fields.at("padding").choice(padding_rules);
    if (fields.has("classes")) head.classes = fields.at("classes").whole(1, limits::classes);
    head.background = fields.at("background").whole(-1, limits::classes - 1);
    head.scores = fields.at("scores").choice(score_conversions);
    head.box_code = read_box_code(fields.at("box_code"));
    head.priors = read_priors(fields.at("priors"));
    if (head.priors.convention == PriorConvention::table)
        fail_input(at(path, "/priors/convention"),
                   "found \"table\"; allowed: \"caffe\", \"tensorflow\" (a table comes with "
                   "TFLite_Detection_PostProcess alone)");
    if (fields.has("sources"))
        for (const Value& source : fields.at("sources").list(1, any_count, "sources"))
            head.sources.push_back(read_stated_source(source, head.priors.convention));
    head.post_processing = read_post_processing(fields.at("post_processing"));
    fields.finish();
    return head;
}

void check_stated_head(const StatedHead& stated, const HeadDescription& head, const std::string& model) {
    const auto agree = [&](const std::string& pointer, const auto& found, const auto& made) {
        if (found != made)
            fail_input(at(stated.file, pointer), "found {}; allowed: {}, as {} has it", found, made, model);
    };
    const auto quoted = [](const std::string& text) { return fmt::format("\"{}\"", text); };
    if (stated.kernel) agree("/kernel", *stated.kernel, head.kernel);
    if (stated.classes) agree("/classes", *stated.classes, head.classes);
    if (stated.padding && head.kernel > 1)
        agree("/padding", quoted(spell(*stated.padding)), quoted(spell(head.padding)));
    if (!stated.sources.empty()) agree("/sources", stated.sources.size(), head.sources.size());
    for (std::size_t i = 0; i < stated.sources.size(); ++i) {
        const SourceDescription& source = stated.sources[i];
        if (!source.layer.empty())
            agree(source.pointer + "/layer", quoted(source.layer), quoted(head.sources[i].layer));
        if (source.boxes != 0) agree(source.pointer + "/boxes", source.boxes, head.sources[i].boxes);
    }
    for (std::size_t i = 0; i < head.sources.size(); ++i) {
        const int boxes = boxes_per_cell(head, i);
        if (boxes != head.sources[i].boxes)
            fail_input(at(stated.file, "/priors"),
                       "makes {} boxes a cell on '{}'; allowed: {}, as many as the predictor has in {}", boxes,
                       head.sources[i].layer, head.sources[i].boxes, model);
    }
}

}  // namespace ssdgen
