#pragma once

#include "emit/folder/expected.h"
#include "emit/network/weights.h"
#include "plan/plan.h"
#include "support/files.h"

#include <vector>

namespace ssdgen {

// The programs that come with a network.

/// The benchmark; the self-test too, unless nothing is expected.
void add_measures(const Plan& plan, const std::vector<ExpectedLayer>& expected, WeightsForm form, FileSet& files);

/// The application: a picture in, the result out.
void add_application(const Plan& plan, FileSet& files);

}  // namespace ssdgen
