#include "report/inspect.h"
#include "support/error.h"
#include "support/table.h"
#include "weights/stored_tensors.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ssdgen {

namespace {

std::int64_t value_count(const TensorFacts& tensor) {
    std::int64_t count = 1;
    for (const int size : tensor.shape) count *= size;
    return count;
}

std::string shape_text(const TensorFacts& tensor) { return fmt::format("[{}]", fmt::join(tensor.shape, ",")); }

/// The batch norms of all layers in one line, priors, and quantization.
std::string optional_text(const std::vector<TensorFacts>& tensors) {
    const auto is_batch_norm = [](const TensorFacts& tensor) { return tensor.optional && tensor.name != "priors"; };
    std::string text;
    if (std::any_of(tensors.begin(), tensors.end(), is_batch_norm))
        text +=
            "optional, for each convolution above: LAYER.batch_norm.mean, .variance, .gamma and .beta, shaped as its "
            "bias, which may "
            "then be missing\n";
    for (const TensorFacts& tensor : tensors) {
        if (tensor.optional && tensor.name == "priors")
            text += fmt::format("optional: priors {}, {}; compared with those that the description makes\n",
                                shape_text(tensor), tensor.layout);
    }
    return text +
           "optional, of a quantized network: beside each tensor of U8, I8 or I32 its TENSOR_scale and "
           "TENSOR_zero_point; "
           "for a layer's map LAYER.output_scale and LAYER.output_zero_point, for the picture input_scale and "
           "input_zero_point\n";
}

}  // namespace

std::string tensors_text(const Graph& graph, const std::vector<TensorFacts>& tensors) {
    std::size_t width = 0;  // of the layouts, which stand to the left in their column
    for (const TensorFacts& tensor : tensors) width = std::max(width, tensor.layout.size());
    const auto padded = [width](const std::string& text) { return fmt::format("{:<{}}", text, width); };
    Table table;
    table.add({"tensor", "shape", "values", padded("layout")});
    std::int64_t values = 0;
    std::size_t count = 0;
    for (const TensorFacts& tensor : tensors) {
        if (tensor.optional) continue;
        table.add({tensor.name, shape_text(tensor), with_commas(value_count(tensor)), padded(tensor.layout)});
        values += value_count(tensor);
        ++count;
    }
    return fmt::format("{}: alpha {}, rho {}: {} tensors, {} values\n\n", graph.name, graph.alpha, graph.rho, count,
                       with_commas(values)) +
           table.text() + "\n" + optional_text(tensors);
}

std::string tensors_json(const Graph& graph, const std::vector<TensorFacts>& tensors) {
    nlohmann::ordered_json json{{"name", graph.name}, {"alpha", graph.alpha}, {"rho", graph.rho}};
    json["tensors"] = nlohmann::ordered_json::array();
    for (const TensorFacts& tensor : tensors)
        json["tensors"].push_back({{"name", tensor.name},
                                   {"shape", tensor.shape},
                                   {"values", value_count(tensor)},
                                   {"layout", tensor.layout},
                                   {"optional", tensor.optional}});
    json["maps"] = nlohmann::ordered_json::array();
    for (const Node& node : graph.nodes) json["maps"].push_back(map_name(node.name));
    return json.dump(2) + "\n";
}

}  // namespace ssdgen
