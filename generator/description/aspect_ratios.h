#pragma once

#include <vector>

namespace ssdgen {

/// The aspect ratios of a source's default boxes beside 1, in the order of its boxes: each that is listed once (to
/// within 1e-6, as of 1), each followed by its inverse if flipped (prior_box_layer.cpp of weiliu89/caffe,
/// SEMANTICS.md 2.3).
std::vector<double> caffe_ratios(const std::vector<double>& listed, bool flip);

}  // namespace ssdgen
