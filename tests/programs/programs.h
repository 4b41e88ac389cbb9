#pragma once

#include "tools/temporary_folder.h"

#include <filesystem>
#include <map>
#include <string>

// The programs around an emitted network, compiled from their templates around two networks made by hand (tiny/).

namespace ssd::test {

namespace fs = std::filesystem;

std::string read(const fs::path& path);
void write(const fs::path& path, const std::string& text);

struct Outcome {
    int status;
    std::string out, err;
};

/// A folder of its own with the programs in it.
class Programs {
  public:
    Programs();

    /// Runs in the folder.
    Outcome run(const std::string& command) const;

  private:
    ssdgen::test::TemporaryFolder temporary_;

  public:
    const fs::path folder = temporary_.path();

  private:
    /// Headers of a network in tiny/, as every emitted network has them.
    void write_interface(const std::map<std::string, std::string>& holes) const;
    void build(const std::string& network, const std::string& program, const std::string& suffix,
               const std::string& flags);
};

/// Built once.
const Programs& programs();

/// Four by four pixels of RGB, each quarter of one colour.
std::string quarters(const std::string& upper_left, const std::string& rest);

/// A PNG file that stores 120 x 80 pixels, the upper left quarter green, the others black, and states Exif's
/// orientation.
std::string picture_with_orientation(int orientation);

}  // namespace ssd::test
