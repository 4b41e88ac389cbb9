#include "import/tflite/model.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace ssdgen::tflite {

namespace {

bool same_options(const Options& a, const Options& b) {
    const auto fields = [](const Options& o) {
        return std::tie(o.given, o.same_padding, o.stride_height, o.stride_width, o.dilation_height, o.dilation_width,
                        o.filter_height, o.filter_width, o.activation, o.weights_format, o.axis, o.beta, o.custom);
    };
    return fields(a) == fields(b);
}

}  // namespace

bool same_network(const Model& a, const Model& b) {
    std::set<std::pair<const char*, const char*>> equal;  // data that many tensors may share, compared once
    const auto same_data = [&](std::string_view x, std::string_view y) {
        if (x.size() != y.size()) return false;
        if (x.data() == y.data() || equal.count({x.data(), y.data()}) != 0) return true;
        if (x != y) return false;
        equal.insert({x.data(), y.data()});
        return true;
    };
    const auto same_tensor = [&](const Tensor& x, const Tensor& y) {
        const Quantization &p = x.quantization, &q = y.quantization;
        return x.type == y.type && x.shape == y.shape && x.constant == y.constant && x.sparse == y.sparse &&
               p.scale == q.scale && p.zero_point == q.zero_point && p.dimension == q.dimension &&
               same_data(x.data, y.data);
    };
    const auto same_operator = [](const Operator& x, const Operator& y) {
        return x.code == y.code && x.custom_code == y.custom_code && x.inputs == y.inputs && x.outputs == y.outputs &&
               same_options(x.options, y.options);
    };
    return a.inputs == b.inputs && a.outputs == b.outputs &&
           std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(), same_tensor) &&
           std::equal(a.operators.begin(), a.operators.end(), b.operators.begin(), b.operators.end(), same_operator);
}

}  // namespace ssdgen::tflite
