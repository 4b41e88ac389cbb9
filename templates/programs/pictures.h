#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "application.h"
#include "ssd/image.h"
#include "ssd/resize.h"

namespace application {

struct Picture {
    std::vector<std::uint8_t> bytes;  // [height][width][channels(format)]
    int height = 0;
    int width = 0;
    ssd::PixelFormat format = ssd::PixelFormat::rgb;
    std::string name;
};

ssd::Image view(const Picture& picture);

/// The picture that the command line names: its one operand, as read_picture reads it, or `--raw-input FILE`, bytes of
/// the network's own input size and format. Wrong ones end the program.
Picture read_input(const Arguments& arguments, int height, int width, ssd::PixelFormat format);

/// Any file that stb_image decodes, as RGB and the right way up: turned as its Exif data says. Another ends the
/// program.
Picture read_picture(const Arguments& arguments, const std::string& path);

/// Does the command line name a folder as its one input?
bool takes_folder(const Arguments& arguments);

/// The names of a folder's picture files, by their endings, in order. A folder without any ends the program.
std::vector<std::string> picture_names(const std::string& folder);

/// The bytes that the network sees: [height][width][channels(format)].
std::vector<std::uint8_t> resized(const Picture& picture, int height, int width, ssd::PixelFormat format,
                                  ssd::ResizeRule rule);

/// A box to draw, relative to the picture, with a text on its edge; boxes of one colour number have one colour.
struct Annotation {
    float ymin, xmin, ymax, xmax;
    int colour;
    std::string text;
};

/// Writes the picture as PNG with the boxes drawn into it.
void write_annotated(const std::string& path, const Picture& picture, const std::vector<Annotation>& annotations);

}  // namespace application
