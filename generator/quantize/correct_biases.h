#pragma once

#include "graph/graph.h"
#include "quantize/calibration.h"
#include "quantize/pictures.h"

namespace ssdgen {

/// Bias correction (Nagel et al. 2019, section 4.2, measured): layer by layer in run order, the mean by which each
/// output channel of the quantized network errs on the calibration's sample, before the activation, is put into its
/// bias; what was corrected before is in what later layers are given. Layers that are kept in float stay as they are.
/// The same pictures give the same biases, whatever the number of threads.
void correct_biases(Graph& quantized, const PictureStatistics& calibration, const Pictures& pictures, int threads);

}  // namespace ssdgen
