#pragma once

#include <string>
#include <vector>

namespace ssdgen {

/// Looks at a table of priors, [priors][4]: centre y, centre x, height, width, relative to the picture. InputError if
/// all of it is 0. Warns of sizes that are not above 0 and of centres outside the picture, which an operator takes all
/// the same, and of rows that look like corners. where begins the messages.
void check_prior_table(const std::string& where, const std::vector<float>& table);

}  // namespace ssdgen
