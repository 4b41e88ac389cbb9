#include "graph/check_node.h"

#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// Holds the shapes of one node; an operation a function.
class NodeChecker {
  public:
    NodeChecker(const Graph& graph, const Node& node)
        : node_(node), input_(shape_of(graph, node.inputs[0])), output_(shape_of(graph, node.outputs[0])) {
        channels_ = 0;
        for (const TensorId id : node.outputs) {
            const Shape& output = shape_of(graph, id);
            require(output.height == output_.height && output.width == output_.width, "the outputs have one size");
            channels_ += output.channels;
        }
    }

    void operator()(const Normalise& normalise) const {
        require(output_ == input_ && node_.outputs.size() == 1, "a normalised picture keeps its shape");
        require(count(normalise.mean) == input_.channels && count(normalise.scale) == input_.channels,
                "a mean and a scale a channel");
    }

    void operator()(const Convolution& convolution) const {
        require_window(convolution.window);
        const Window& window = convolution.window;
        require_parameters(convolution.weights, {outputs(), window.rows.kernel, window.columns.kernel, input_.channels},
                           convolution.bias, convolution.batch_norm);
        require(convolution.input_mean.empty() || count(convolution.input_mean) == input_.channels,
                "a mean an input channel");
    }

    void operator()(const Depthwise& depthwise) const {
        require(node_.outputs.size() == 1 && output_.channels == input_.channels, "a depthwise keeps its channels");
        require_window(depthwise.window);
        const Window& window = depthwise.window;
        require_parameters(depthwise.weights, {window.rows.kernel, window.columns.kernel, outputs()}, depthwise.bias,
                           depthwise.batch_norm);
    }

    void operator()(const AveragePool& pool) const {
        require(node_.outputs.size() == 1 && output_.channels == input_.channels, "a pool keeps its channels");
        require_window(pool.window);
        require(!is_padded(pool.window), "a pool has no padding");
    }

    void operator()(const FullyConnected& fully_connected) const {
        require(output_.height == 1 && output_.width == 1, "a fully connected layer makes a 1x1 map");
        require_parameters(fully_connected.weights, {outputs(), input_.height, input_.width, input_.channels},
                           fully_connected.bias, std::nullopt);
    }

    void operator()(const Softmax&) const {
        require(output_ == input_ && node_.outputs.size() == 1, "a softmax keeps its shape");
    }

  private:
    static std::int64_t count(const std::vector<float>& values) { return static_cast<std::int64_t>(values.size()); }

    static bool fits(const WeightTensor& tensor, const std::vector<int>& shape) {
        return tensor.shape == shape && tensor.size() == product(shape);
    }

    int outputs() const { return static_cast<int>(channels_); }

    void require(bool holds, const char* what) const {
        if (!holds) check(false, fmt::format("{}: {}", node_.name, what));
    }

    static bool fits(const WindowAxis& axis, int size) {
        return axis.output > 0 && extent(axis, axis.output) <= size + axis.before + axis.after;
    }

    void require_window(const Window& window) const {
        require(window.rows.output == output_.height && window.columns.output == output_.width,
                "the window makes the output's size");
        require(fits(window.rows, input_.height) && fits(window.columns, input_.width),
                "the window stands on the padded map");
    }

    void require_parameters(const WeightTensor& weights, const std::vector<int>& shape, const WeightTensor& bias,
                            const std::optional<BatchNorm>& norm) const {
        if (weights.empty()) {
            require(bias.empty() && !norm, "weights, bias and batch norm are bound together");
            return;
        }
        require(fits(weights, shape), "the weights have their size");
        require(fits(bias, {outputs()}), "a bias an output");
        if (!norm) return;
        for (const std::vector<float>* values : {&norm->mean, &norm->variance, &norm->gamma, &norm->beta})
            require(count(*values) == channels_, "a batch norm has a value an output");
    }

    const Node& node_;
    Shape input_;
    Shape output_;
    std::int64_t channels_ = 0;
};

}  // namespace

void check_node(const Graph& graph, const Node& node) { std::visit(NodeChecker(graph, node), node.operation); }

}  // namespace ssdgen
