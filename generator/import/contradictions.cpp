#include "import/contradictions.h"

#include "description/layer_keys.h"
#include "description/layer_kinds.h"
#include "description/spelling.h"
#include "graph/window.h"
#include "support/error.h"
#include "support/warnings.h"

#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <set>

namespace ssdgen {

namespace {

std::map<std::string, const LayerDescription*> layers_by_name(const Description& description) {
    std::map<std::string, const LayerDescription*> layers;
    for (const auto* section : {&description.backbone, &description.extras, &description.classifier})
        for (const LayerDescription& layer : *section) layers[layer.name] = &layer;
    return layers;
}

std::set<std::string> weighted_layers(const Description& description) {
    std::set<std::string> names;
    for (const auto& [name, layer] : layers_by_name(description))
        if (has_weights(layer->kind)) names.insert(name);
    return names;
}

bool has_window(const LayerDescription& layer) {
    return layer.kind == LayerKind::convolution || layer.kind == LayerKind::depthwise;
}

/// Whether SAME pads as usual, whatever the map's size.
bool same_is_centred(int kernel, int stride, int dilation) { return stride == 1 && dilation * (kernel - 1) % 2 == 0; }

/// In words; equal for rules that come to the same whatever the map's size.
std::string padding_text(const LayerDescription& layer) {
    const PerAxis &kernel = layer.kernel, &stride = layer.stride, &dilation = layer.dilation;
    const Pads centred = centred_pads(kernel, dilation);
    const bool comes_to_the_same = same_is_centred(kernel.rows, stride.rows, dilation.rows) &&
                                   same_is_centred(kernel.columns, stride.columns, dilation.columns);
    if (layer.padding == PaddingRule::same && !comes_to_the_same) return "\"same\"";
    const Pads pads = layer.padding == PaddingRule::same ? centred : layer.pad.value_or(centred);
    return pads == centred && centred[0] == centred[1] ? fmt::format("pads of {}", centred[0])
                                                       : fmt::format("pads of {}", fmt::join(pads, ","));
}

class Comparison {
  public:
    Comparison(const Description& description, const Description& model) : description_(description), model_(model) {}

    void layer(const LayerDescription& ours, const LayerDescription& stated) const {
        const auto activation = [](const LayerDescription& each) {
            return fmt::format("\"{}\"", spell(each.activation));
        };
        // 1x1 without padding is a pointwise layer, and on a map of one pixel a fully connected one.
        if (has_window(ours) && has_window(stated)) {
            differ(ours.pointer + "/kernel", to_string(ours.kernel), to_string(stated.kernel));
            differ(ours.pointer + "/dilation", to_string(ours.dilation), to_string(stated.dilation));
        }
        const bool strides = has_window(ours) || ours.kind == LayerKind::pointwise;
        if (strides && (has_window(stated) || stated.kind == LayerKind::pointwise))
            differ(ours.pointer + "/stride", to_string(ours.stride), to_string(stated.stride));
        if (has_window(ours) && has_window(stated) && ours.kernel == stated.kernel && ours.kernel != 1)
            differ(ours.pointer + (ours.pad ? "/pad" : "/padding"), padding_text(ours), padding_text(stated));
        if (presence("activation", ours.kind) != Presence::never)
            differ(ours.pointer + "/activation", activation(ours), activation(stated));
    }

    void layers() const {
        const auto stated = layers_by_name(model_);
        for (const auto* section : {&description_.backbone, &description_.extras, &description_.classifier})
            for (const LayerDescription& ours : *section) {
                const auto found = stated.find(ours.name);
                if (found != stated.end()) layer(ours, *found->second);
            }
    }

    void head() const {
        if (!description_.head || !model_.head) return;
        const HeadDescription &ours = *description_.head, &stated = *model_.head;
        const auto quoted = [](const char* word) { return fmt::format("\"{}\"", word); };
        differ("/head/scores", quoted(spell(ours.scores)), quoted(spell(stated.scores)));
        differ("/head/background", ours.background, stated.background);
        differ("/head/box_code/order", quoted(spell(ours.box_code.order)), quoted(spell(stated.box_code.order)));
        for (std::size_t i = 0; i < 4; ++i)
            if (!close(ours.box_code.variances[i], stated.box_code.variances[i], 1e-3))
                return differ("/head/box_code/variances", fmt::format("[{}]", fmt::join(ours.box_code.variances, ", ")),
                              fmt::format("[{}]", fmt::join(stated.box_code.variances, ", ")));
    }

    /// How a classifier's scores come from its logits. The logits alone are somebody's choice.
    void classifier() const {
        if (description_.head || model_.head || description_.backbone.empty()) return;
        const std::string ours = conversion(description_), stated = conversion(model_);
        if (ours != "logits" && stated != "logits") differ("/scores", ours, stated);
    }

    void input() const {
        const InputDescription &ours = description_.input, &stated = model_.input;
        if (ours.mean.size() != stated.mean.size()) return;
        for (std::size_t c = 0; c < ours.mean.size(); ++c)
            if (std::abs(ours.mean[c] - stated.mean[c]) > 0.6F || !close(ours.scale[c], stated.scale[c], 0.01))
                return warn(at(description_.file, "/input"),
                            "found mean [{}] and scale [{}]; {}, whose weights these are, has [{}] and [{}]",
                            fmt::join(ours.mean, ", "), fmt::join(ours.scale, ", "), model_.file,
                            fmt::join(stated.mean, ", "), fmt::join(stated.scale, ", "));
    }

  private:
    static bool close(float one, float other, double part) {
        return std::abs(static_cast<double>(one) - static_cast<double>(other)) <=
               part * std::abs(static_cast<double>(other));
    }

    static std::string conversion(const Description& description) {
        if (description.scores) return "sigmoid";
        const auto& last = description.classifier.empty() ? description.backbone : description.classifier;
        return last.back().kind == LayerKind::softmax ? "softmax" : "logits";
    }

    template <class T>
    void differ(const std::string& pointer, const T& ours, const T& stated) const {
        if (ours != stated)
            warn(at(description_.file, pointer), "found {}; {}, whose weights these are, has {}", ours, model_.file,
                 stated);
    }

    const Description& description_;
    const Description& model_;
};

}  // namespace

void warn_contradictions(const Description& description, const Description& model, const StatedByModel& stated) {
    if (weighted_layers(description) != weighted_layers(model)) return;
    const Comparison comparison(description, model);
    comparison.layers();
    if (stated.head) comparison.head();
    comparison.classifier();
    if (stated.input) comparison.input();
}

}  // namespace ssdgen
