#include "emit/network/post_processing.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "emit/print/numbers.h"
#include "emit/print/template.h"
#include "emit/print/wrap.h"
#include "graph/stored_range.h"
#include "plan/names.h"
#include "support/error.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

namespace ssdgen {

namespace {

/// A member of one of the runtime's structs, its value, and what is said of it.
struct Setting {
    std::string member, value;
    std::string comment = "";
};

std::string print_settings(const std::vector<Setting>& settings) {
    std::string text;
    for (const Setting& setting : settings)
        text += fmt::format("all.{} = {};{}\n", setting.member, setting.value,
                            setting.comment.empty() ? "" : "  // " + setting.comment);
    return text;
}

const char* print_bool(bool value) { return value ? "true" : "false"; }

std::string print_grids(const Head& head) {
    std::string text = "// The default boxes of each source: height, width, relative to the picture.\n", grids;
    for (std::size_t index = 0; index < head.grids.size(); ++index) {
        const PriorGrid& grid = head.grids[index];
        const std::string boxes = "boxes_of_" + identifier(head.sources[index].layer);
        text += fmt::format("constexpr ssd::BoxSize {}[] = {{\n", boxes);
        for (const BoxSize& box : grid.boxes)
            text += fmt::format("    {{{}, {}}},\n", print_float(box.height), print_float(box.width));
        text += "};\n";
        grids += fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, {}}},\n", grid.height, grid.width,
                             print_float(grid.offset_y), print_float(grid.offset_x), print_float(grid.step_y),
                             print_float(grid.step_x), grid.boxes.size(), boxes);
    }
    return text +
           "constexpr ssd::PriorGrid grids[] = {\n"
           "    // height, width, offset_y, offset_x, step_y, step_x, boxes, sizes\n" +
           grids + "};\n";
}

std::string print_table(const Head& head) {
    return "// The default boxes: centre y, centre x, height, width, relative to the picture.\n" +
           fmt::format("constexpr float prior_table[priors * 4] = {{\n{}}};\n", print_floats(head.prior_table));
}

std::string print_priors(const Head& head) {
    const bool table = head.grids.empty();
    return (table ? print_table(head) : print_grids(head)) +
           "constexpr ssd::Priors prior_boxes = [] {\n    ssd::Priors all{};\n" +
           indented(print_settings({{"grids", table ? "nullptr" : "grids"},
                                    {"grid_count", std::to_string(head.grids.size())},
                                    {"table", table ? "prior_table" : "nullptr"},
                                    {"clip", print_bool(head.clip_priors)},
                                    {"count", "priors"}}),
                    4) +
           "    return all;\n}();\n";
}

/// What the four numbers of an encoding are, in their order.
std::array<const char*, 4> encoded_numbers(BoxOrder order) {
    switch (order) {
        case BoxOrder::xywh: return {"centre x", "centre y", "width", "height"};
        case BoxOrder::yxhw: return {"centre y", "centre x", "height", "width"};
    }
    throw InternalError("internal error: broken invariant: every order of a box has its numbers");
}

/// A line each, so that none stands in another's place.
std::vector<Setting> settings_of(const Head& head) {
    const PostProcessing& post = head.post_processing;
    std::vector<Setting> settings{{"dialect", "ssd::Dialect::" + c_identifier(spell(post.dialect))},
                                  {"scores", "ssd::Scores::" + std::string(spell(head.scores))},
                                  {"order", "ssd::BoxOrder::" + std::string(spell(head.box_code.order))}};
    const std::array<const char*, 4> numbers = encoded_numbers(head.box_code.order);
    for (std::size_t index = 0; index < numbers.size(); ++index)
        settings.push_back(
            {fmt::format("variances[{}]", index), print_float(head.box_code.variances[index]), numbers[index]});
    const std::vector<Setting> rest{{"classes", "classes"},
                                    {"background", "background"},
                                    {"score_threshold", print_float(post.score_threshold)},
                                    {"iou_threshold", print_float(post.iou_threshold)},
                                    {"max_detections", std::to_string(post.max_detections)},
                                    {"max_classes_per_detection", std::to_string(post.max_classes_per_detection)},
                                    {"detections_per_class", std::to_string(post.detections_per_class)},
                                    {"eta", print_float(post.eta)},
                                    {"clip_boxes", print_bool(post.clip_boxes)}};
    settings.insert(settings.end(), rest.begin(), rest.end());
    return settings;
}

const Quantization& meaning_of(const StoredMap& stored) { return stored.quantization; }

std::string print_meaning(const StoredMap& stored) {
    return fmt::format("{{{}, {}}}", print_float(meaning_of(stored).scale[0]), meaning_of(stored).zero_point[0]);
}

std::string print_logits_meaning(const Plan& plan) {
    const Quantization& meaning = meaning_of(*plan.stored.logits);
    return fmt::format(
        "// What the stored logits stand for.\nconstexpr float logits_scale = {};\nconstexpr int logits_zero_point = "
        "{};\n\n",
        print_float(meaning.scale[0]), meaning.zero_point[0]);
}

/// The stored score of each stored logit, as TensorFlow Lite's LOGISTIC makes its table.
std::string print_score_table(const StoredMap& logits, const StoredMap& scores) {
    const StoredRange from = stored_range(logits), to = stored_range(scores);
    std::string text = "constexpr std::uint8_t score_table[256] = {";
    for (int stored = 0; stored < 256; ++stored) {
        const float value = from.scale * float(stored - from.zero_point);
        const float score = 1.0F / (1.0F + std::exp(-value));
        text += fmt::format("{}{}", stored % 16 ? " " : "\n    ", to.nearest(score)) + ",";
    }
    return "// The stored score of each stored logit.\n" + text + "\n};\n";
}

std::string print_raw_outputs(const Plan& plan) {
    const StoredHead& stored = plan.stored;
    const std::string post =
        fmt::format("workspace.arena{}", plan.post_scratch ? fmt::format(" + {}", plan.post_scratch) : "");
    std::string text = "\n";
    if (stored.scores) text += print_score_table(*stored.logits, *stored.scores) + "\n";
    return text +
           fmt::format(
               "// What the stored numbers of boxes and logits stand for: scale, zero point{}.\n"
               "constexpr ssd::QuantizedOutputs raw_outputs{{{}, {}, {}, {}}};\n"
               "static_assert(priors < 1 << 24, \"as the runtime counts them\");\n\n",
               stored.scores ? "; of scores as well" : "", print_meaning(*stored.boxes), print_meaning(*stored.logits),
               stored.scores ? "score_table" : "nullptr", stored.scores ? print_meaning(*stored.scores) : "{1, 0}") +
           fill_template("network/post_process_stored.cpp", {{"post_scratch", post}});
}

}  // namespace

std::string print_post_processing(const Plan& plan) {
    const std::string resize_scratch = std::to_string(plan.resize_scratch_bytes);
    const bool whole = maps_type(plan) == Element::u8;
    if (!plan.head)
        return (whole ? print_logits_meaning(plan) : "") +
               fill_template("network/room.cpp", {{"resize_scratch_bytes", resize_scratch}});
    return fill_template("network/post_processing.cpp",
                         {{"prior_data", print_priors(*plan.head)},
                          {"settings", print_settings(settings_of(*plan.head))},
                          {"scratch_function", whole ? "quantized_post_scratch_bytes" : "post_scratch_bytes"},
                          {"post_scratch_bytes", std::to_string(plan.post_scratch_bytes)},
                          {"raw_outputs", whole ? print_raw_outputs(plan) : ""},
                          {"resize_scratch_bytes", resize_scratch}});
}

}  // namespace ssdgen
