#pragma once

#include "import/model_graph.h"
#include "import/view.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A window on a map, and the map that it makes, the channels as before.
struct PlacedWindow {
    Window window;
    WindowRule rule;
    Shape output;
};

/// Builds the graph of a model file, layer by layer in run order; the reader of each format calls it. A layer is added
/// with all that is fused into it so far; what the file states as operators of their own joins it afterwards. What a
/// reader has to refuse in its own words it asks first (takes_activation ...): a wrong call is an InternalError.
class GraphBuilder {
  public:
    explicit GraphBuilder(std::string file);

    const std::string& file() const { return model_.graph.file; }
    const Shape& shape(TensorId tensor) const;
    const LayerOrigin& origin(TensorId tensor) const;
    TensorId input_of(TensorId tensor) const;
    bool is_fully_connected(TensorId tensor) const;

    /// The picture, before all layers. Gives its tensor.
    TensorId set_picture(const Shape& shape);
    /// What the file does to its picture before the first layer; numbers: one a channel.
    void scale_picture(const std::vector<double>& factors);
    void shift_picture(const std::vector<double>& shifts);
    void reverse_picture();
    void cast_picture() { model_.picture.casts_bytes = true; }
    /// Whether it is scaled or shifted.
    bool computes_with_picture() const;

    /// InputError, in the words of the site, for a window that is larger than the padded map.
    PlacedWindow place(const Site& site, TensorId input, const WindowRule& rule) const;
    /// The same for an average, and InputError for windows that leave over some of the map.
    PlacedWindow place_pool(const Site& site, TensorId input, const WindowRule& rule) const;
    /// The same for a maximum, and InputError for windows that lie beside the map.
    PlacedWindow place_max_pool(const Site& site, TensorId input, const WindowRule& rule) const;
    PlacedWindow place_over_map(TensorId input) const;

    /// Each gives the tensor that the layer makes. Weights in the graph's layout (graph/graph.h); all layers of a kind
    /// that has weights have a bias.
    TensorId add_convolution(const Site& site, TensorId input, const PlacedWindow& placed, int channels,
                             Convolution layer);
    TensorId add_depthwise(const Site& site, TensorId input, const PlacedWindow& placed, Depthwise layer);
    TensorId add_average_pool(const Site& site, TensorId input, const PlacedWindow& placed);
    TensorId add_max_pool(const Site& site, TensorId input, const PlacedWindow& placed);
    TensorId add_fully_connected(const Site& site, TensorId input, int channels, FullyConnected layer);
    /// The sum of two or more maps of one shape, none of them the picture.
    TensorId add_sum(const Site& site, const std::vector<TensorId>& inputs, Add layer);
    /// The channels of two or more maps of one height and width, one map's after the other's, none of them the picture.
    /// InputError, in the words of the site, for more channels than a graph takes.
    TensorId add_concat(const Site& site, const std::vector<TensorId>& inputs);

    /// Whether an activation can follow the layer: one with weights, or a sum.
    bool takes_activation(TensorId tensor) const;
    /// none for a layer that takes none.
    Activation activation_of(TensorId tensor) const;
    void join_activation(TensorId tensor, Activation activation);
    /// Whether the layer is a convolution, depthwise or not, that no batch norm follows yet.
    bool takes_batch_norm(TensorId tensor) const;
    void join_batch_norm(TensorId tensor, BatchNorm norm);
    /// Whether the layer has weights, which a scale is multiplied into.
    bool takes_scale(TensorId tensor) const;
    /// y = x * gamma + beta, one a channel: after a batch norm in place of its own, else multiplied into weights, bias.
    void join_scale(TensorId tensor, const std::vector<float>& gamma, const std::vector<float>& beta);

    /// The end of a classifier: the layer that gives the logits, and what makes scores of them.
    void set_output(TensorId logits, const std::optional<ScoreConversion>& scores);
    /// The end of a detector.
    void set_detector(Detector detector) { model_.detector = std::move(detector); }
    bool has_detector() const { return model_.detector.has_value(); }
    /// InputError for a layer that leads to no end: a network's loose end, or a sign that something was misread.
    void refuse_loose_ends() const;

    /// The graph, checked as far as it is known (a detector's head is paired, and checked, when it is described). A
    /// classifier's last 1x1 convolution on a map of one pixel has become a fully connected layer.
    ModelGraph finish();

  private:
    const Node& node(TensorId tensor) const;
    Node& node(TensorId tensor);
    TensorId add(const Site& site, const std::vector<TensorId>& inputs, Operation operation, const Shape& output,
                 const WindowRule& rule);
    void connect_last_layer();

    ModelGraph model_;
};

}  // namespace ssdgen
