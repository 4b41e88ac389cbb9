#include "quantize/pictures.h"

#include "graph/shapes.h"
#include "quantize/parallel.h"
#include "support/error.h"
#include "support/files.h"
#include "support/warnings.h"

#include "programs/orientation.h"
#include "ssd/image.h"
#include "ssd/resize.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_FAILURE_USERMSG
#include <stb/stb_image.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

namespace ssdgen {

namespace {

constexpr const char* allowed_pictures = "JPEG, PNG, BMP, GIF, TGA, PSD or PNM files";

struct Name {
    std::string name, path;
};

/// By its ending, as NAME_detect knows it.
bool is_picture(const std::filesystem::path& path) {
    constexpr const char* endings[] = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tga", ".psd", ".pnm", ".ppm", ".pgm"};
    std::string ending = path.extension().string();
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return std::find(std::begin(endings), std::end(endings), ending) != std::end(endings);
}

std::vector<Name> names_in_folder(const std::string& folder) {
    std::vector<Name> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (is_picture(entry->path())) names.push_back({entry->path().filename().string(), entry->path().string()});
    if (error) fail_input(folder, "cannot be read: {}; allowed: a folder of pictures", error.message());
    if (names.empty()) fail_input(folder, "has no picture in it; allowed: {}", allowed_pictures);
    std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.name < b.name; });
    return names;
}

std::vector<Name> names_in_list(const std::string& list) {
    std::vector<Name> names;
    std::string line;
    const std::filesystem::path folder = std::filesystem::path(list).parent_path();
    const auto take = [&] {
        if (!line.empty()) names.push_back({line, (folder / line).string()});
        line.clear();
    };
    for (const char c : read_file(list)) {
        if (c == '\n')
            take();
        else if (c != '\r')
            line.push_back(c);
    }
    take();
    if (names.empty()) fail_input(list, "names no picture; allowed: a path a line, relative to the list");
    return names;
}

ssd::PixelFormat format_of(ChannelOrder order) {
    switch (order) {
        case ChannelOrder::gray: return ssd::PixelFormat::gray;
        case ChannelOrder::rgb: return ssd::PixelFormat::rgb;
        case ChannelOrder::bgr: return ssd::PixelFormat::bgr;
    }
    throw InternalError("internal error: broken invariant: every order of channels has a format");
}

ssd::ResizeRule rule_of(ResizeRule rule) {
    switch (rule) {
        case ResizeRule::half_pixel: return ssd::ResizeRule::half_pixel;
        case ResizeRule::asymmetric: return ssd::ResizeRule::asymmetric;
    }
    throw InternalError("internal error: broken invariant: every rule of resizing is one of the runtime's");
}

std::vector<std::uint8_t> resized(const ssd::Image& image, const Graph& graph) {
    const Shape& shape = shape_of(graph, graph.input);
    const std::size_t row_bytes = static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.channels);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(shape.height) * row_bytes);
    std::vector<std::uint32_t> scratch(ssd::resize_scratch_bytes(shape.width) / sizeof(std::uint32_t));
    const ssd::Resizer resizer(image, shape.height, shape.width, format_of(graph.order), rule_of(graph.resize),
                               scratch.data());
    const ssd::Rows rows = resizer.rows();
    for (int y = 0; y < shape.height; ++y) {
        std::uint8_t* target = bytes.data() + static_cast<std::size_t>(y) * row_bytes;
        const std::uint8_t* row = rows.row(rows.state, y, target);
        if (row != target) std::copy(row, row + row_bytes, target);
    }
    return bytes;
}

struct Decoded {
    InputPicture picture;
    std::string fault;  // empty: none
};

Decoded decode(const Name& name, const Graph& graph) {
    Decoded result;
    result.picture.name = name.name;
    result.picture.path = name.path;
    std::string text;
    try {
        text = read_file(name.path);
    } catch (const InputError&) {
        result.fault = "cannot be read";
        return result;
    }
    const std::vector<std::uint8_t> file(text.begin(), text.end());
    if (file.empty() || file.size() > 0x7FFFFFFF) {
        result.fault = file.empty() ? "is empty" : "is larger than 2 GB";
        return result;
    }
    int width = 0, height = 0, channels = 0;
    const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
        stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &width, &height, &channels, 3),
        stbi_image_free);
    if (!pixels || height < 1 || width < 1) {
        result.fault = fmt::format("cannot be decoded ({})", pixels ? "no pixels" : stbi_failure_reason());
        return result;
    }
    const int orientation = application::orientation_of(file);
    const std::vector<std::uint8_t> upright = application::turned(pixels.get(), height, width, orientation);
    if (application::lies_on_its_side(orientation)) std::swap(height, width);
    result.picture.height = height;
    result.picture.width = width;
    result.picture.bytes = resized({upright.data(), width, height, 0, ssd::PixelFormat::rgb}, graph);
    return result;
}

}  // namespace

Pictures read_pictures(const std::string& folder_or_list, const Graph& graph, int threads) {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(folder_or_list, ignored);
    const std::vector<Name> names = is_folder ? names_in_folder(folder_or_list) : names_in_list(folder_or_list);
    std::vector<Decoded> decoded(names.size());
    for_each_index(names.size(), threads, "pictures",
                   [&](std::size_t index) { decoded[index] = decode(names[index], graph); });
    Pictures result;
    for (Decoded& one : decoded) {
        if (one.fault.empty()) {
            result.pictures.push_back(std::move(one.picture));
            continue;
        }
        ++result.left_out;
        warn(one.picture.path, "{}; it is left out", one.fault);
    }
    if (result.pictures.empty())
        fail_input(folder_or_list, "has {} files, none of which is a picture that can be decoded; allowed: {}",
                   names.size(), allowed_pictures);
    return result;
}

}  // namespace ssdgen
