#pragma once

#include <string>

namespace ssdgen {

/// The page of a sweep: one file of HTML that loads nothing else. `results` is the text of sweep.json, which the page
/// holds and draws.
std::string sweep_page(const std::string& network, const std::string& results);

}  // namespace ssdgen
