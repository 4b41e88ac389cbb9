#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ssdgen {

/// A file that a network was generated from.
struct InputFile {
    std::string name;    // without its folders
    std::string sha256;  // of the bytes that were read (support/sha256.h)
};

/// What a network was generated from beside the options: whoever has the folder can tell whether it is of these files.
struct Inputs {
    std::optional<InputFile> description{}, weights{}, tuning{};
    std::optional<std::uint64_t> random_weights{};  // the seed, where no file has the weights
};

}  // namespace ssdgen
