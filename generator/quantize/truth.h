#pragma once

#include "graph/graph.h"
#include "quantize/pictures.h"

#include "programs/average_precision.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The objects that are in the pictures, by the pictures' numbers:
///
/// - a folder: VOC's XML, NAME.xml for each picture NAME.jpg;
/// - a file that ends in .json: COCO's; what it says of other pictures is passed over, a crowd counts as difficult;
/// - another file: our own lines (templates/programs/truth.h), each of them about one of the pictures.
///
/// labels: a file that names the classes (templates/programs/labels.h); empty: classes are columns of the scores, in
/// COCO's the category's number. InputError for what is malformed, and for a class that the network does not have.
std::vector<application::Truth> read_truth(const std::string& path, const std::string& labels, const Pictures& pictures,
                                           const Head& head);

}  // namespace ssdgen
