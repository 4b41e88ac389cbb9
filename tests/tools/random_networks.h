#pragma once

#include "tools/zoo.h"

#include <cstdint>

namespace ssdgen::test {

/// A network of up to 12 layers, and those that end it, made of a seed; the same on every machine. Even seeds: every
/// kind of layer on maps of odd sizes, branches, adds and concats of two and three maps (now and then of one map
/// twice). Odd seeds: blocks of layers that can be a stream, with adds and concats inside. Of the maps that nobody
/// takes a detector makes its sources, a classifier its logits.
Zoo random_network(std::uint32_t seed);

/// So many seeds in a usual run, and more where the environment has SSDGEN_TEST_ALL.
std::uint32_t random_network_count();

}  // namespace ssdgen::test
