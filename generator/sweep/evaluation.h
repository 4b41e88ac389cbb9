#pragma once

#include "description/description.h"
#include "sweep/sweep.h"

#include <string>

namespace ssdgen {

/// The file that says what is in the pictures of an evaluation: that of the options, or truth.txt beside them.
std::string truth_file(const SweepOptions& options);

/// What a sweep that evaluates needs beside its networks. Gives what accuracy is measured on, for a reader: "held_out
/// (3,512 objects)". InputError if the network is a classifier, if the folder, the truth or the labels cannot be read,
/// if the truth names no object or a picture that is not there, or if the compiler does not find the header by which
/// NAME_detect reads pictures.
std::string check_evaluation(const SweepOptions& options, const Description& description, const std::string& compiler);

/// The files of the folder but for the truth, with sizes and times: what makes every evaluation new.
std::string pictures_state(const SweepOptions& options);

}  // namespace ssdgen
