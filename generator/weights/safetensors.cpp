#include "weights/safetensors.h"

#include "support/error.h"
#include "support/files.h"
#include "support/words.h"
#include "weights/number_formats.h"
#include "weights/stored_tensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace ssdgen {

namespace {

using nlohmann::json;

constexpr std::uint64_t max_header_bytes = 100'000'000;  // the format's own limit
constexpr std::size_t max_rank = 8;

/// What names, shapes and layouts of tensors mean (weights.h) has a number: the metadata's texts are where a file can
/// say it. One without it is of format 1.
constexpr const char* format_key = "ssdgen_format";
constexpr const char* format_number = "1";

/// By which arithmetic a quantized network was made (Weights::requantization).
constexpr const char* requantization_key = "requantization";

struct Entry {
    std::string name;
    std::string type;
    std::vector<int> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t elements = 1;
};

struct File {
    std::string name;
    std::string_view header;
    std::string_view data;
};

std::string where(const File& file, const std::string& tensor) { return tensor_place(file.name, tensor); }

File split(std::string_view bytes, const std::string& name) {
    if (bytes.size() < 8)
        fail_input(name, "has {} bytes; allowed: a safetensors file, which has at least 8", bytes.size());
    const auto length = load_little_endian<std::uint64_t>(bytes, 0);
    if (length > max_header_bytes)
        fail_input(name, "states a header of {} bytes; allowed: a safetensors file, whose header has at most {}",
                   length, max_header_bytes);
    if (length > bytes.size() - 8)
        fail_input(name,
                   "is truncated: it states a header of {} bytes and holds {} after the length; allowed: a whole file",
                   length, bytes.size() - 8);
    return {name, bytes.substr(8, length), bytes.substr(8 + length)};
}

/// Parses the header, refusing what a safetensors header never has: deep nesting and a key given twice.
json parse_header(const File& file) {
    std::vector<std::set<std::string>> keys(1);
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
            if (depth > 2) fail_input(file.name, "has a header nested too deeply; allowed: a safetensors header");
            keys.emplace_back();
        } else if (event == json::parse_event_t::object_end || event == json::parse_event_t::array_end) {
            keys.pop_back();
        } else if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
            fail_input(where(file, parsed.get<std::string>()),
                       "is a key that stands twice in the header; allowed: once");
        }
        return true;
    };
    json header;
    try {
        header = json::parse(file.header, watch);
    } catch (const json::parse_error& error) {
        fail_input(file.name, "has a header that is no JSON (at byte {}); allowed: a safetensors file", error.byte);
    } catch (const json::exception&) {
        fail_input(file.name, "has a header with a number out of range; allowed: a safetensors file");
    }
    if (!header.is_object()) fail_input(file.name, "has a header that is no JSON object; allowed: a safetensors file");
    return header;
}

/// The type that a file calls so; F64, which becomes f32, has none.
std::optional<Element> element_of(const std::string& type) {
    for (const Spelling<Element>& spelling : all_words<Element>())
        if (type == dtype(spelling.value)) return spelling.value;
    return std::nullopt;
}

std::uint64_t type_bytes(const File& file, const Entry& entry) {
    if (entry.type == "F64") return 8;
    if (const std::optional<Element> element = element_of(entry.type))
        return static_cast<std::uint64_t>(bytes_of(*element));
    fail_input(where(file, entry.name), "has dtype '{}'; allowed: F32, F16, BF16, F64, U8, I8, I32",
               entry.type.substr(0, 20));
}

void read_shape(const File& file, const json& sizes, Entry& entry) {
    constexpr std::uint64_t limit = std::numeric_limits<int>::max();
    if (!sizes.is_array() || sizes.size() > max_rank)
        fail_input(where(file, entry.name), "has a shape that is no list of at most {} numbers; allowed: such a list",
                   max_rank);
    for (const json& size : sizes) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > limit)
            fail_input(where(file, entry.name), "has a shape with a wrong number; allowed: whole numbers from 0 to {}",
                       limit);
        entry.shape.push_back(size.get<int>());
        entry.elements *= size.get<std::uint64_t>();
        if (entry.elements > limit)
            fail_input(where(file, entry.name), "has more than {} values; allowed: as many at most", limit);
    }
}

void read_offsets(const File& file, const json& offsets, Entry& entry) {
    const auto unsigned_number = [](const json& number) { return number.is_number_unsigned(); };
    if (!offsets.is_array() || offsets.size() != 2 || !std::all_of(offsets.begin(), offsets.end(), unsigned_number))
        fail_input(where(file, entry.name), "has wrong data_offsets; allowed: two whole numbers");
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    if (entry.begin > entry.end || entry.end > file.data.size())
        fail_input(where(file, entry.name), "has data_offsets [{}, {}]; allowed: within the {} bytes of data",
                   entry.begin, entry.end, file.data.size());
    if (entry.end - entry.begin != entry.elements * type_bytes(file, entry))
        fail_input(where(file, entry.name), "of shape [{}] and dtype {} has {} bytes; allowed: {}",
                   fmt::join(entry.shape, ","), entry.type, entry.end - entry.begin,
                   entry.elements * type_bytes(file, entry));
}

Entry read_entry(const File& file, const std::string& name, const json& value) {
    Entry entry;
    entry.name = name;
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets") || !value["dtype"].is_string())
        fail_input(where(file, name), "is not described as the format says; allowed: dtype, shape and data_offsets");
    entry.type = value["dtype"].get<std::string>();
    read_shape(file, value["shape"], entry);
    read_offsets(file, value["data_offsets"], entry);
    return entry;
}

/// The tensors' bytes must cover the data once, without holes.
void check_cover(const File& file, std::vector<Entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::uint64_t covered = 0;
    for (const Entry& entry : entries) {
        if (entry.begin != covered)
            fail_input(where(file, entry.name),
                       "begins at byte {} of the data; allowed: {}, where the tensor before ends", entry.begin,
                       covered);
        covered = entry.end;
    }
    if (covered != file.data.size())
        fail_input(file.name, "has {} bytes of data and describes {}; allowed: all of them described", file.data.size(),
                   covered);
}

StoredTensor read_tensor(const File& file, const Entry& entry) {
    const std::string_view data = file.data.substr(entry.begin, entry.end - entry.begin);
    if (const std::optional<Element> element = element_of(entry.type)) {
        StoredNumbers numbers = make_numbers(*element, entry.elements);
        std::visit([&](auto& stored) { load_little_endian(data, stored); }, numbers);
        return {entry.shape, std::move(numbers)};
    }
    std::vector<double> wide(entry.elements);
    load_little_endian(data, wide);
    std::vector<float> values(wide.size());
    std::transform(wide.begin(), wide.end(), values.begin(), [](double value) { return static_cast<float>(value); });
    return {entry.shape, std::move(values)};
}

std::string shown(const json& text) { return text.dump(-1, ' ', true, json::error_handler_t::replace); }

/// __metadata__ holds texts by name, of which only our own say something about the weights.
void check_metadata(const File& file, const json& metadata) {
    const auto text = [](const json& value) { return value.is_string(); };
    if (!metadata.is_object() || !std::all_of(metadata.begin(), metadata.end(), text))
        fail_input(file.name, "has a __metadata__ that is no object of strings; allowed: strings by name");
    if (metadata.contains(format_key) && metadata[format_key] != format_number)
        fail_input(file.name,
                   "has {} {} in its __metadata__; allowed: \"{}\", which this ssdgen reads, or a newer ssdgen",
                   format_key, shown(metadata[format_key]), format_number);
}

std::optional<Requantization> stated_requantization(const File& file, const json& metadata) {
    if (!metadata.contains(requantization_key)) return std::nullopt;
    const json& text = metadata[requantization_key];
    const std::optional<Requantization> rule = find_word<Requantization>(text.get<std::string>());
    if (!rule)
        fail_input(file.name, "has {} {} in its __metadata__; allowed: {}", requantization_key, shown(text),
                   joined_words<Requantization>());
    return rule;
}

}  // namespace

Weights parse_safetensors(std::string_view bytes, const std::string& name) {
    const File file = split(bytes, name);
    const json header = parse_header(file);
    std::vector<Entry> entries;
    std::optional<Requantization> requantization;
    for (const auto& [key, value] : header.items()) {
        if (key == "__metadata__") {
            check_metadata(file, value);
            requantization = stated_requantization(file, value);
        } else {
            entries.push_back(read_entry(file, key, value));
        }
    }
    check_cover(file, entries);
    StoredTensors stored;
    for (const Entry& entry : entries) stored.emplace(entry.name, read_tensor(file, entry));
    Weights weights = join_quantization(name, std::move(stored));
    weights.requantization = requantization;
    return weights;
}

Weights read_safetensors(const std::string& path) { return parse_safetensors(read_file(path), path); }

std::string serialize_safetensors(const Weights& weights) {
    const StoredTensors tensors = split_quantization(weights);
    json header;
    header["__metadata__"][format_key] = format_number;
    if (weights.requantization) header["__metadata__"][requantization_key] = spell(*weights.requantization);
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : tensors) {
        check(name != "__metadata__", "no tensor is named __metadata__");
        const std::size_t count = std::visit([](const auto& stored) { return stored.size(); }, tensor.numbers);
        check(product(tensor.shape) == count, "shape and values agree: " + name);
        const std::uint64_t end = offset + count * static_cast<std::uint64_t>(bytes_of(tensor.element()));
        header[name] = {{"dtype", dtype(tensor.element())}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump(-1, ' ', true);
    text.append((8 - text.size() % 8) % 8, ' ');

    std::string bytes;
    bytes.reserve(8 + text.size() + offset);
    append_little_endian(bytes, static_cast<std::uint64_t>(text.size()));
    bytes += text;
    for (const auto& [name, tensor] : tensors)
        std::visit(
            [&](const auto& stored) {
                for (const auto number : stored) append_little_endian(bytes, number);
            },
            tensor.numbers);
    return bytes;
}

}  // namespace ssdgen
