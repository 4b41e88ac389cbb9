#include "pictures.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "orientation.h"
#include "ssd/number.h"

#ifndef SSD_WITHOUT_PICTURES
#include <stb/stb_easy_font.h>
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>
#endif

namespace application {

namespace {

std::size_t byte_count(int height, int width, ssd::PixelFormat format) {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(ssd::channels(format));
}

Picture read_raw(const std::string& path, int height, int width, ssd::PixelFormat format) {
    Picture picture{{}, height, width, format, path};
    std::string reason;
    if (!read_file(path, picture.bytes, reason)) fail(path + ": cannot be read: " + reason);
    const std::size_t size = byte_count(height, width, format);
    if (picture.bytes.size() != size) {
        const char* word = format == ssd::PixelFormat::gray ? "gray" : format == ssd::PixelFormat::bgr ? "BGR" : "RGB";
        fail(path + ": holds " + std::to_string(picture.bytes.size()) + " bytes; allowed: " + std::to_string(size) +
             " (height " + std::to_string(height) + " x width " + std::to_string(width) + " x " +
             std::to_string(ssd::channels(format)) + ", " + word + ")");
    }
    return picture;
}

#ifdef SSD_WITHOUT_PICTURES

Picture decode(const Arguments& arguments, const std::string& path) {
    arguments.reject(path + ": this program was built without stb and reads no pictures; allowed: --raw-input FILE.u8");
}

#else

Picture decode(const Arguments&, const std::string& path) {
    const std::string allowed = "; allowed: a JPEG, PNG, BMP, GIF, TGA, PSD or PNM file, or --raw-input FILE.u8";
    std::vector<std::uint8_t> file;
    std::string reason;
    if (!read_file(path, file, reason)) fail(path + ": is no picture that can be read (" + reason + ")" + allowed);
    if (file.empty()) fail(path + ": is no picture (it is empty)" + allowed);
    if (file.size() > 0x7FFFFFFF) fail(path + ": is no picture that can be decoded (larger than 2 GB)" + allowed);
    Picture picture;
    int channels = 0;
    stbi_uc* pixels = stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &picture.width, &picture.height,
                                            &channels, 3);
    if (pixels == nullptr) {
        fail(path + ": is no picture that can be decoded (" + stbi_failure_reason() + ")" + allowed);
    }
    if (picture.height < 1 || picture.width < 1) fail(path + ": is no picture (it has no pixels)" + allowed);
    const int orientation = orientation_of(file);
    picture.bytes = turned(pixels, picture.height, picture.width, orientation);
    if (lies_on_its_side(orientation)) std::swap(picture.height, picture.width);
    picture.name = path;
    stbi_image_free(pixels);
    return picture;
}

struct Colour {
    std::uint8_t red, green, blue;
};

// Bright enough for black text, and neighbours far apart.
constexpr Colour colours[] = {{255, 99, 71},   {64, 224, 208}, {255, 215, 0},   {124, 252, 0},   {255, 140, 255},
                              {135, 206, 250}, {255, 165, 0},  {173, 255, 160}, {240, 128, 128}, {190, 170, 255}};

/// Fills rows [top, bottom), columns [left, right), as far as they lie in the picture.
void fill(Picture& canvas, int top, int left, int bottom, int right, Colour colour) {
    for (int y = std::max(top, 0); y < std::min(bottom, canvas.height); ++y) {
        for (int x = std::max(left, 0); x < std::min(right, canvas.width); ++x) {
            std::uint8_t* pixel = canvas.bytes.data() + byte_count(y, canvas.width, canvas.format) + x * 3;
            pixel[0] = colour.red;
            pixel[1] = colour.green;
            pixel[2] = colour.blue;
        }
    }
}

void frame(Picture& canvas, int top, int left, int bottom, int right, int line, Colour colour) {
    fill(canvas, top, left, top + line, right, colour);
    fill(canvas, bottom - line, left, bottom, right, colour);
    fill(canvas, top, left, bottom, left + line, colour);
    fill(canvas, top, right - line, bottom, right, colour);
}

struct Rectangle {
    int top, left, bottom, right;
};

bool meet(const Rectangle& a, const Rectangle& b) {
    return a.top < b.bottom && b.top < a.bottom && a.left < b.right && b.left < a.right;
}

constexpr int margin = 2, glyph_height = 8;  // of a text, in the font's own pixels

/// Moves a room up or down until it meets none that is taken; false if the picture ends before.
bool shift(Rectangle& room, const std::vector<Rectangle>& taken, bool up, int picture_height) {
    const int height = room.bottom - room.top;
    for (std::size_t i = 0; i < taken.size();) {
        if (!meet(room, taken[i])) {
            ++i;
            continue;
        }
        room.top = up ? taken[i].top - height : taken[i].bottom;
        room.bottom = room.top + height;
        i = 0;
    }
    return room.top >= 0 && room.bottom <= picture_height;
}

/// Room for a text in the picture: above (bottom, left), or as near to that as the edges and the texts that stand there
/// let it be.
Rectangle place(const Picture& canvas, int bottom, int left, int scale, std::string text,
                const std::vector<Rectangle>& taken) {
    const int width = (stb_easy_font_width(text.data()) + 2 * margin) * scale;
    const int height = (glyph_height + 2 * margin) * scale;
    left = std::max(0, std::min(left, canvas.width - width));
    const int top = std::max(0, std::min(bottom, canvas.height) - height);
    const Rectangle wanted{top, left, top + height, left + width};
    Rectangle above = wanted, below = wanted;
    if (shift(above, taken, true, canvas.height)) return above;
    return shift(below, taken, false, canvas.height) ? below : wanted;
}

/// Text in black on a ground of the colour.
void write(Picture& canvas, const Rectangle& room, int scale, std::string text, Colour colour) {
    fill(canvas, room.top, room.left, room.bottom, room.right, colour);
    struct Vertex {
        float x, y, z;
        unsigned char colour[4];
    };
    // stb_easy_font.h: "Expect about 270 bytes per character" on average; four times that leaves room for any text.
    std::vector<Vertex> vertices(68 * (text.size() + 1));
    const int bytes = static_cast<int>(vertices.size() * sizeof(Vertex));
    const int quads = stb_easy_font_print(0, 0, text.data(), nullptr, vertices.data(), bytes);
    for (int i = 0; i < quads; ++i) {
        const Vertex& from = vertices[static_cast<std::size_t>(i) * 4];
        const Vertex& to = vertices[static_cast<std::size_t>(i) * 4 + 2];
        const auto at = [scale](int origin, float units) {
            return origin + (static_cast<int>(std::lrint(units)) + margin) * scale;
        };
        fill(canvas, at(room.top, from.y), at(room.left, from.x), at(room.top, to.y), at(room.left, to.x), {0, 0, 0});
    }
}

/// A position in pixels; far outside, or no number, it is put just outside the picture.
int pixel(float position, int size) {
    if (!ssd::detail::is_finite(position)) return -size;
    return static_cast<int>(std::lrint(std::clamp(position, -0.1F, 1.1F) * static_cast<float>(size)));
}

/// The best frame lies on top, then the texts, which give way to those of better ones. The font has ASCII alone.
void draw(Picture& canvas, std::vector<Annotation> annotations) {
    const int smaller = std::min(canvas.width, canvas.height);
    const int line = smaller >= 400 ? 3 : 2;
    const int scale = std::max(1, (smaller + 150) / 300);
    std::vector<Rectangle> rooms;
    for (Annotation& annotation : annotations) {
        std::replace_if(
            annotation.text.begin(), annotation.text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
        const int top = pixel(annotation.ymin, canvas.height), left = pixel(annotation.xmin, canvas.width);
        rooms.push_back(place(canvas, top, left, scale, annotation.text, rooms));
    }
    const auto colour = [](const Annotation& annotation) {
        return colours[static_cast<std::size_t>(annotation.colour) % std::size(colours)];
    };
    for (auto of = annotations.rbegin(); of != annotations.rend(); ++of) {
        frame(canvas, pixel(of->ymin, canvas.height), pixel(of->xmin, canvas.width), pixel(of->ymax, canvas.height),
              pixel(of->xmax, canvas.width), line, colour(*of));
    }
    for (std::size_t i = annotations.size(); i-- > 0;) {
        write(canvas, rooms[i], scale, annotations[i].text, colour(annotations[i]));
    }
}

#endif

}  // namespace

ssd::Image view(const Picture& picture) {
    return {picture.bytes.data(), picture.width, picture.height,
            static_cast<std::ptrdiff_t>(picture.width) * ssd::channels(picture.format), picture.format};
}

Picture read_picture(const Arguments& arguments, const std::string& path) {
    return decode(arguments, path);
}

bool takes_folder(const Arguments& arguments) {
    std::error_code error;
    return arguments.operands().size() == 1 && !arguments.has("--raw-input") &&
           std::filesystem::is_directory(arguments.operands()[0], error);
}

std::vector<std::string> picture_names(const std::string& folder) {
    constexpr const char* endings[] = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tga", ".psd", ".pnm", ".ppm", ".pgm"};
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::string ending = entry->path().extension().string();
        for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (std::find(std::begin(endings), std::end(endings), ending) == std::end(endings)) continue;
        names.push_back(entry->path().filename().string());
    }
    if (error) fail(folder + ": cannot be read: " + error.message());
    if (names.empty()) fail(folder + ": has no picture in it; allowed: JPEG, PNG, BMP, GIF, TGA, PSD or PNM files");
    std::sort(names.begin(), names.end());
    return names;
}

Picture read_input(const Arguments& arguments, int height, int width, ssd::PixelFormat format) {
    const std::vector<std::string>& operands = arguments.operands();
    const std::size_t inputs = operands.size() + (arguments.has("--raw-input") ? 1 : 0);
    if (inputs != 1) {
        arguments.reject(std::to_string(inputs) + " inputs are named; allowed: one, IMAGE or --raw-input FILE.u8");
    }
#ifdef SSD_WITHOUT_PICTURES
    if (arguments.has("--annotate"))
        arguments.reject("--annotate: this program was built without stb and draws nothing");
#endif
    return operands.empty() ? read_raw(arguments.text("--raw-input"), height, width, format)
                            : decode(arguments, operands[0]);
}

std::vector<std::uint8_t> resized(const Picture& picture, int height, int width, ssd::PixelFormat format,
                                  ssd::ResizeRule rule) {
    std::vector<std::uint8_t> result(byte_count(height, width, format));
    std::vector<std::uint32_t> scratch(ssd::resize_scratch_bytes(width) / sizeof(std::uint32_t));
    const ssd::Resizer resizer(view(picture), height, width, format, rule, scratch.data());
    const ssd::Rows rows = resizer.rows();
    for (int y = 0; y < height; ++y) {
        std::uint8_t* target = result.data() + byte_count(y, width, format);
        const std::uint8_t* row = rows.row(rows.state, y, target);
        if (row != target) std::copy(row, row + byte_count(1, width, format), target);
    }
    return result;
}

void write_annotated(const std::string& path, const Picture& picture, const std::vector<Annotation>& annotations) {
    Picture canvas = picture;
    canvas.format = ssd::PixelFormat::rgb;
    canvas.bytes = resized(picture, picture.height, picture.width, canvas.format, ssd::ResizeRule::half_pixel);
#ifdef SSD_WITHOUT_PICTURES
    static_cast<void>(annotations);
    const bool written = false;
#else
    draw(canvas, annotations);
    const bool written =
        stbi_write_png(path.c_str(), canvas.width, canvas.height, 3, canvas.bytes.data(), canvas.width * 3) != 0;
#endif
    if (!written) fail(path + ": cannot be written");
}

}  // namespace application
