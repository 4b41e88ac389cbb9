#pragma once

#include "emit/folder/expected.h"
#include "emit/network/emission.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

// The programs that come with a network.

/// The benchmark; the self-test too, unless nothing is expected.
void add_measures(const Emission& emission, const std::vector<ExpectedLayer>& expected, FileSet& files);

/// The files of the application, of a detector or a classifier.
std::vector<std::string> application_sources(bool detector);
std::vector<std::string> application_headers(bool detector);

/// The application: a picture in, the result out.
void add_application(const Interface& interface, FileSet& files);

}  // namespace ssdgen
