#include "description/check_references.h"

#include "description/aspect_ratios.h"
#include "description/identifier.h"
#include "description/layer_keys.h"
#include "description/spelling.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

using Layers = std::vector<const LayerDescription*>;

/// In run order.
Layers all_layers(const Description& description) {
    Layers layers;
    for (const auto& section : sections)
        for (const LayerDescription& layer : layers_of(description, section.value)) layers.push_back(&layer);
    return layers;
}

void check_sections(const Description& description) {
    if (description.head && !description.classifier.empty())
        fail_input(at(description.file, "/classifier"),
                   "stands beside a head; allowed: one of \"classifier\" and \"head\"");
    if (!description.head && !description.extras.empty())
        fail_input(at(description.file, "/extras"), "stands without a head; allowed: only in a detector");
}

void check_scores(const Description& description, const Layers& layers) {
    if (!description.scores) return;
    if (description.head)
        fail_input(at(description.file, "/scores"), "stands beside a head; allowed: /head/scores in a detector");
    if (layers.back()->kind == LayerKind::softmax)
        fail_input(at(description.file, "/scores"),
                   "found \"{}\" beside {}, of type \"softmax\"; allowed: one of the two", spell(*description.scores),
                   layers.back()->pointer);
}

void check_softmax(const Description& description, const Layers& layers) {
    for (const LayerDescription* layer : layers) {
        if (layer->kind != LayerKind::softmax) continue;
        if (description.head)
            fail_input(at(description.file, layer->pointer + "/type"),
                       "found \"softmax\" in a detector; allowed: only as the last layer of a network without a head");
        if (layer != layers.back() || layers.size() == 1)
            fail_input(at(description.file, layer->pointer + "/type"),
                       "found \"softmax\" before the end; allowed: only as the last of several layers");
    }
}

/// What stands at a pointer has a name, and with it an identifier, of its own.
class Names {
  public:
    explicit Names(const std::string& file) : file_(file) {}

    void add(const std::string& name, const std::string& pointer) {
        const auto [place, added] = owners_.emplace(c_identifier(name), Owner{name, pointer});
        if (added) return;
        const Owner& other = place->second;
        if (other.name == name)
            fail_input(at(file_, pointer), "found \"{}\", which {} bears already; allowed: a name of its own", name,
                       other.pointer);
        fail_input(
            at(file_, pointer),
            "found \"{}\", which makes the identifier {} as \"{}\" at {} does; allowed: names that differ in letters "
            "and digits",
            name, c_identifier(name), other.name, other.pointer);
    }

  private:
    struct Owner {
        std::string name;
        std::string pointer;
    };
    const std::string& file_;
    std::map<std::string, Owner> owners_;
};

void check_names(const Description& description, const Layers& layers) {
    Names names(description.file);
    for (const LayerDescription* layer : layers) names.add(layer->name, layer->pointer + "/name");
    if (!description.head) return;
    const auto& sources = description.head->sources;
    for (std::size_t index = 0; index < sources.size(); ++index) {
        const SourceDescription& source = sources[index];
        for (std::size_t before = 0; before < index; ++before)
            if (sources[before].layer == source.layer)
                fail_input(at(description.file, source.pointer + "/layer"),
                           "found \"{}\", which {}/layer names already; allowed: each layer once", source.layer,
                           sources[before].pointer);
        names.add(source.layer + "_mbox", source.pointer + "/layer");
        names.add(source.layer + "_mbox_loc", source.pointer + "/layer");
        names.add(source.layer + "_mbox_conf", source.pointer + "/layer");
    }
}

bool names_one(const std::string& name, Layers::const_iterator first, Layers::const_iterator last) {
    return std::any_of(first, last, [&](const LayerDescription* layer) { return layer->name == name; });
}

void check_inputs(const Description& description, const Layers& layers) {
    for (auto layer = layers.begin(); layer != layers.end(); ++layer) {
        const std::vector<std::string>& inputs = (*layer)->inputs;
        for (std::size_t index = 0; index < inputs.size(); ++index)
            if (!names_one(inputs[index], layers.begin(), layer))
                fail_input(at(description.file, input_pointer(**layer, index)),
                           "found \"{}\", which names no layer before this one; allowed: the name of an earlier layer",
                           inputs[index]);
    }
}

void check_sources(const Description& description, const Layers& layers) {
    for (const SourceDescription& source : description.head->sources)
        if (!names_one(source.layer, layers.begin(), layers.end()))
            fail_input(at(description.file, source.pointer + "/layer"),
                       "found \"{}\", which names no layer; allowed: the name of a layer of backbone or extras",
                       source.layer);
}

void check_max_sizes(const Description& description, const SourceDescription& source) {
    const std::string pointer = source.pointer + "/max_sizes";
    const std::size_t mins = source.min_sizes.size();
    if (source.max_sizes.empty()) return;
    if (source.max_sizes.size() != mins)
        fail_input(at(description.file, pointer), "found {} numbers; allowed: {}, one for each of min_sizes, or none",
                   source.max_sizes.size(), mins);
    for (std::size_t i = 0; i < mins; ++i)
        if (source.max_sizes[i] <= source.min_sizes[i])
            fail_input(at(description.file, fmt::format("{}/{}", pointer, i)),
                       "found {}; allowed: a number above its min size, {}", source.max_sizes[i], source.min_sizes[i]);
}

void check_boxes(const Description& description) {
    const HeadDescription& head = *description.head;
    for (std::size_t i = 0; i < head.sources.size(); ++i) {
        const SourceDescription& source = head.sources[i];
        if (head.priors.convention == PriorConvention::caffe) check_max_sizes(description, source);
        const int expected = boxes_per_cell(head, i);
        if (expected != 0 && source.boxes != expected)
            fail_input(at(description.file, source.pointer + "/boxes"),
                       "found {}; allowed: {}, as the priors make for this source", source.boxes, expected);
        if (expected == 0 && head.priors.convention == PriorConvention::tensorflow)
            fail_input(at(description.file, "/head/priors/aspect_ratios"),
                       "found an empty list and no interpolated box; allowed: priors that make a box for every source");
    }
}

}  // namespace

int boxes_per_cell(const HeadDescription& head, std::size_t source) {
    const PriorsDescription& priors = head.priors;
    if (priors.convention == PriorConvention::table) return 0;
    if (priors.convention == PriorConvention::tensorflow) {
        if (source == 0 && priors.reduce_boxes_in_lowest_layer) return 3;
        return static_cast<int>(priors.aspect_ratios.size()) + (priors.interpolated_scale_aspect_ratio > 0 ? 1 : 0);
    }
    const SourceDescription& sizes = head.sources[source];
    const std::size_t ratios = 1 + caffe_ratios(sizes.aspect_ratios, priors.flip).size();
    return static_cast<int>(ratios * sizes.min_sizes.size() + sizes.max_sizes.size());
}

void check_references(const Description& description) {
    const Layers layers = all_layers(description);
    check_sections(description);
    check_softmax(description, layers);
    check_scores(description, layers);
    check_names(description, layers);
    check_inputs(description, layers);
    if (description.head) check_sources(description, layers);
    if (description.head) check_boxes(description);
}

}  // namespace ssdgen
