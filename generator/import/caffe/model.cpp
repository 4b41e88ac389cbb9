#include "import/caffe/files.h"
#include "import/caffe/v1.h"
#include "import/shown.h"
#include "support/error.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <limits>
#include <set>

namespace ssdgen::caffe {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr std::size_t largest_file = std::size_t{1} << 30;
constexpr int most_layers = 10000;
constexpr int most_fields = 1000;  // of a layer; a message of no bytes takes a hundred in memory
constexpr int most_axes = 8;

CodedInputStream stream_of(std::string_view bytes) {
    return CodedInputStream(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
}

[[noreturn]] void fail_malformed(const std::string& file) {
    fail_input(file, "is no .caffemodel, or a damaged one; allowed: a network in protobuf's binary format");
}

/// The layers' bytes, in order, and the field that each stands in: 100, or 2 for the old form.
struct Slice {
    int field;
    std::string_view bytes;
};

std::vector<Slice> find_layers(std::string_view bytes, const std::string& file) {
    std::vector<Slice> slices;
    CodedInputStream stream = stream_of(bytes);
    stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
    while (const std::uint32_t tag = stream.ReadTag()) {
        const int field = WireFormatLite::GetTagFieldNumber(tag);
        const bool is_layer = (field == NetParameter::kLayerFieldNumber || field == NetParameter::kLayersFieldNumber) &&
                              WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
        if (!is_layer) {
            if (!WireFormatLite::SkipField(&stream, tag)) fail_malformed(file);
            continue;
        }
        std::uint32_t length = 0;
        if (!stream.ReadVarint32(&length)) fail_malformed(file);
        const auto start = static_cast<std::size_t>(stream.CurrentPosition());
        if (length > bytes.size() - start) fail_malformed(file);
        slices.push_back({field, bytes.substr(start, length)});
        if (static_cast<int>(slices.size()) > most_layers)
            fail_input(file, "has more than {} layers; allowed: so many", most_layers);
        stream.Skip(static_cast<int>(length));
    }
    if (!stream.ConsumedEntireMessage()) fail_malformed(file);
    return slices;
}

void check_fields(std::string_view bytes, const std::string& file) {
    CodedInputStream stream = stream_of(bytes);
    int fields = 0;
    while (const std::uint32_t tag = stream.ReadTag()) {
        if (!WireFormatLite::SkipField(&stream, tag)) fail_malformed(file);
        if (++fields > most_fields)
            fail_input(file, "has a layer of more than {} fields; allowed: so many", most_fields);
    }
}

std::vector<int> shape_of(const BlobProto& blob, const std::string& where) {
    std::vector<int> shape;
    std::int64_t count = 1;
    const auto add = [&](std::int64_t size) {
        if (size < 1 || size > std::numeric_limits<int>::max() / count || shape.size() == most_axes)
            fail_input(where, "has a blob whose axis {} is {} long; allowed: at most {} axes and 2^31 values",
                       shape.size(), size, most_axes);
        count *= size;
        shape.push_back(static_cast<int>(size));
    };
    if (blob.has_num() || blob.has_channels() || blob.has_height() || blob.has_width())
        for (const int size : {blob.num(), blob.channels(), blob.height(), blob.width()}) add(size);
    else
        for (const std::int64_t size : blob.shape().dim()) add(size);
    return shape;
}

WeightTensor read_blob(const BlobProto& blob, const std::string& where) {
    std::vector<int> shape = shape_of(blob, where);
    std::vector<float> values;
    if (blob.double_data_size() > 0)
        for (const double value : blob.double_data()) values.push_back(static_cast<float>(value));
    else
        values.assign(blob.data().begin(), blob.data().end());
    std::size_t count = 1;
    for (const int size : shape) count *= static_cast<std::size_t>(size);
    if (values.size() != count)
        fail_input(where, "has a blob of shape [{}] with {} values; allowed: {}", fmt::join(shape, ","), values.size(),
                   count);
    return {std::move(shape), std::move(values)};
}

template <class Layer>
Layer parse_layer(std::string_view bytes, const std::string& file) {
    Layer layer;
    if (!layer.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) fail_malformed(file);
    return layer;
}

template <class Layer>
ModelLayer read_layer(const Layer& layer, std::string type, const std::string& file) {
    ModelLayer result;
    result.name = layer.name();
    result.type = std::move(type);
    result.bottoms.assign(layer.bottom().begin(), layer.bottom().end());
    result.tops.assign(layer.top().begin(), layer.top().end());
    const std::string where = fmt::format("{}: layer '{}'", file, shown(result.name));
    result.pool = layer.pooling_param().pool();
    for (const BlobProto& blob : layer.blobs()) result.blobs.push_back(read_blob(blob, where));
    return result;
}

}  // namespace

Model parse_caffemodel(std::string_view bytes, const std::string& file) {
    if (bytes.size() > largest_file)
        fail_input(file, "has {} bytes; allowed for a .caffemodel: at most {}", bytes.size(), largest_file);
    Model model;
    model.file = file;
    std::set<std::string> names;
    for (const Slice& slice : find_layers(bytes, file)) {
        check_fields(slice.bytes, file);
        if (slice.field == NetParameter::kLayerFieldNumber) {
            const auto layer = parse_layer<StoredLayer>(slice.bytes, file);
            model.layers.push_back(read_layer(layer, layer.type(), file));
        } else {
            const auto layer = parse_layer<StoredV1Layer>(slice.bytes, file);
            model.layers.push_back(read_layer(layer, type_name(layer.type()), file));
        }
        const ModelLayer& layer = model.layers.back();
        if (!names.insert(layer.name).second && !layer.blobs.empty())
            fail_input(file, "has parameters of two layers '{}'; allowed: names of their own", shown(layer.name));
    }
    if (model.layers.empty()) fail_input(file, "has no layer; allowed: a trained network");
    return model;
}

}  // namespace ssdgen::caffe
