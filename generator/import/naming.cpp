#include "import/naming.h"

#include "description/identifier.h"
#include "description/layer_keys.h"
#include "description/read.h"
#include "support/error.h"

#include <algorithm>
#include <map>
#include <set>

namespace ssdgen {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_letter_or_digit(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

/// A layer's name out of the file's: the first of several joined by ';', with the characters that a layer's name may
/// have.
std::string fit_name(std::string_view found) {
    std::string name(found.substr(0, std::min<std::size_t>(found.find(';'), 150)));
    for (char& c : name)
        if (!is_letter_or_digit(c) && std::string_view("_./:-").find(c) == std::string_view::npos) c = '_';
    const auto start = std::find_if(name.begin(), name.end(), is_letter_or_digit);
    name.erase(name.begin(), start);
    return name.empty() ? "layer" : name;
}

class Namer {
  public:
    explicit Namer(const Outline& outline) : outline_(outline) {
        sections_.names.resize(outline.layers.size());
        std::vector<bool> of_head(outline.layers.size(), false);
        for (const int predictor : outline.predictors) of_head[static_cast<std::size_t>(predictor)] = true;
        for (std::size_t i = 0; i < of_head.size(); ++i)
            if (!of_head[i]) trunk_.push_back(static_cast<int>(i));
    }

    Sections run() {
        const std::size_t end = name_backbone();
        if (outline_.is_detector) {
            name_extras(end);
            // Without a MobileNet in it, all of the trunk is backbone.
            const std::size_t split = end == 0 ? trunk_.size() : end;
            sections_.backbone.assign(at(0), at(split));
            sections_.extras.assign(at(split), trunk_.cend());
        } else {
            name_classifier();
            const std::size_t split = classifier_start(end);
            sections_.backbone.assign(at(0), at(split));
            sections_.classifier.assign(at(split), trunk_.cend());
        }
        name_rest();
        return std::move(sections_);
    }

  private:
    std::vector<int>::const_iterator at(std::size_t index) const {
        return trunk_.begin() + static_cast<std::ptrdiff_t>(index);
    }
    const LayerOutline& layer(std::size_t index) const {
        return outline_.layers[static_cast<std::size_t>(trunk_[index])];
    }
    bool chained(std::size_t index) const { return layer(index).input == trunk_[index - 1]; }
    bool is_convolution(std::size_t index) const { return layer(index).kind == LayerKind::convolution; }
    void name(std::size_t index, std::string text) {
        taken_.insert(c_identifier(text));
        sections_.names[static_cast<std::size_t>(trunk_[index])] = std::move(text);
    }

    bool takes_several_maps(std::size_t index) const {
        return presence("inputs", layer(index).kind) != Presence::never;
    }

    /// The number of layers that are a MobileNet's backbone; 0 if it is none: this one has no branches.
    std::size_t name_backbone() {
        for (std::size_t i = 0; i < trunk_.size(); ++i)
            if (takes_several_maps(i)) return 0;
        if (trunk_.empty() || !is_convolution(0) || layer(0).input != -1) return 0;
        const auto pair_at = [this](std::size_t i) {
            return i + 1 < trunk_.size() && layer(i).kind == LayerKind::depthwise && chained(i) &&
                   is_convolution(i + 1) && layer(i + 1).kernel == 1 && chained(i + 1);
        };
        if (!pair_at(1)) return 0;
        name(0, "conv0");
        std::size_t end = 1;
        for (; pair_at(end); end += 2) {
            ++number_;
            name(end, fmt::format("conv{}/dw", number_));
            name(end + 1, fmt::format("conv{}", number_));
        }
        return end;
    }

    void name_extras(std::size_t begin) {
        if (begin == 0) return;
        for (std::size_t i = begin; i + 1 < trunk_.size(); i += 2) {
            const bool pair = is_convolution(i) && layer(i).kernel == 1 && chained(i) && is_convolution(i + 1) &&
                              layer(i + 1).kernel != 1 && chained(i + 1);
            if (!pair) return;
            ++number_;
            name(i, fmt::format("conv{}_1", number_));
            name(i + 1, fmt::format("conv{}_2", number_));
        }
    }

    void name_classifier() {
        std::size_t pools = 0;
        std::size_t pool = 0;
        for (std::size_t i = 0; i < trunk_.size(); ++i) {
            if (trunk_[i] == outline_.output && layer(i).kind == LayerKind::fully_connected) name(i, "fc");
            if (layer(i).kind != LayerKind::average_pool) continue;
            pool = i;
            ++pools;
        }
        if (pools == 1) name(pool, "pool");
        if (outline_.ends_in_softmax) taken_.insert("prob");
    }

    /// Where the classifier begins: at the first pool or fully connected layer, but never with nothing before it.
    std::size_t classifier_start(std::size_t backbone_end) const {
        std::size_t start = std::max<std::size_t>(backbone_end, 1);
        while (start < trunk_.size() && layer(start).kind != LayerKind::average_pool &&
               layer(start).kind != LayerKind::fully_connected)
            ++start;
        return std::min(start, trunk_.size());
    }

    void name_rest() {
        for (std::size_t i = 0; i < trunk_.size(); ++i) {
            if (!sections_.names[static_cast<std::size_t>(trunk_[i])].empty()) continue;
            const std::string wished = fit_name(layer(i).name);
            std::string text = wished;
            int& copies = copies_[wished];
            while (taken_.count(c_identifier(text)) != 0) text = fmt::format("{}_{}", wished, ++copies + 1);
            name(i, text);
        }
    }

    const Outline& outline_;
    std::vector<int> trunk_;  // the layers but those of the head
    int number_ = 0;          // of the last pair named
    // The picture, the table of priors and the head's layers have their own names.
    std::set<std::string> taken_{"input", "priors"};
    std::map<std::string, int> copies_;
    Sections sections_;
};

}  // namespace

Outline outline_of(const ModelGraph& model) {
    Outline outline;
    for (std::size_t i = 0; i < model.origins.size(); ++i) {
        const Node& node = model.graph.nodes[i];
        const auto* convolution = std::get_if<Convolution>(&node.operation);
        const PerAxis kernel = convolution != nullptr ? kernel_of(convolution->window) : PerAxis{};
        outline.layers.push_back({layer_kind(node), kernel, layer_of(node.inputs[0]), model.origins[i].name});
    }
    outline.is_detector = model.detector.has_value();
    if (model.detector)
        for (const auto* parts : {&model.detector->boxes, &model.detector->scores})
            for (const TensorId part : *parts) outline.predictors.push_back(layer_of(part));
    else
        outline.output = layer_of(model.graph.logits);
    outline.ends_in_softmax = model.graph.scores == ScoreConversion::softmax;
    return outline;
}

Sections name_layers(const Outline& outline) { return Namer(outline).run(); }

std::string network_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        if (is_letter_or_digit(c)) name += c;
        // One '_' for a run of other characters: two of them are reserved in C++.
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    name = name.substr(0, 56);
    while (!name.empty() && name.back() == '_') name.pop_back();
    if (name.empty()) return "network";
    if (!is_letter(name[0])) name = "model_" + name;
    return network_name_fault(name) ? name + "_network" : name;
}

}  // namespace ssdgen
