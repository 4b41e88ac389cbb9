#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

/// A picture as the network takes it.
struct InputPicture {
    std::string name;                 // as it stands in the folder or in the list
    std::string path;                 // where it was read from
    int height = 0, width = 0;        // of the file, the right way up
    std::vector<std::uint8_t> bytes;  // [height][width][channels] of the network's input, in its order
};

struct Pictures {
    std::vector<InputPicture> pictures;  // those that could be decoded, in order
    std::size_t left_out = 0;            // that could not
};

/// The pictures of a folder, by name, or of a list, a path a line relative to the list, in its order: decoded, turned
/// as their Exif data says and resized as NAME_detect does it. One that cannot be decoded is warned of and left out.
/// InputError if there is none, or none that can be decoded.
Pictures read_pictures(const std::string& folder_or_list, const Graph& graph, int threads);

}  // namespace ssdgen
