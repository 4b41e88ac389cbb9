#pragma once

#include "tools/network.h"
#include "tools/shell.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ssdgen::test {

/// What an emitted network made of one picture.
struct RawOutputs {
    std::vector<float> boxes, logits;  // boxes: empty for a classifier
};
struct Run {
    std::map<std::string, std::vector<float>> layers;  // every value of every observed layer [h][w][c]
    std::vector<RawOutputs> threads;                   // forward() with 1, 2 and 3 threads
};

/// Emitted networks, linked into one program with a driver that hands out every value.
class Program {
  public:
    /// Writes, compiles (all warnings being errors) and links. Every network has a name of its own.
    explicit Program(const std::vector<const Network*>& networks, const std::string& flags = "-O2");

    /// One run a picture [H][W][C]. The arena is filled with rubbish before each.
    std::vector<Run> run(const Network& network, const std::vector<std::vector<std::uint8_t>>& pictures) const;

    /// NAME_selftest of a network that was linked in.
    CommandResult selftest(const Network& network) const;

    /// The same after something in its folder has changed.
    CommandResult rebuilt_selftest(const Network& network) const;

    std::string folder(const Network& network) const { return folder_.path(network.name()); }

  private:
    TemporaryFolder folder_;
};

/// Pictures for a network: noise, the largest bytes, and one bright pixel in the dark.
std::vector<std::vector<std::uint8_t>> pictures_for(const Network& network, std::uint32_t seed = 1);

/// Of a map of the reference the rows that a plan makes: so many values.
inline std::vector<double> made_rows(const std::vector<double>& map, std::size_t values) {
    return {map.begin(), map.begin() + std::ptrdiff_t(std::min(values, map.size()))};
}

/// The values of a reference that run() has to give, and all rows that it leaves, by layer name. Of weights that are
/// stored with 16 bits: of those that they are rounded to.
std::map<std::string, std::vector<double>> reference_layers(const Network& network,
                                                            const std::vector<std::uint8_t>& picture);

/// The largest absolute value; the largest absolute difference, infinite if sizes differ or a value is no number.
double magnitude(const std::vector<double>& values);
template <class T>
double difference(const std::vector<float>& found, const std::vector<T>& wanted);

}  // namespace ssdgen::test
