#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// The box and score convolutions of a source, which read the same map, become one with two outputs:
///
///     conv11_mbox_loc:  conv11 -> conv11_mbox_loc
///     conv11_mbox_conf: conv11 -> conv11_mbox_conf     =>     conv11_mbox: conv11 -> conv11_mbox_loc, conv11_mbox_conf
///
/// Runs after fold_batch_norm.
Graph join_heads(Graph graph);

}  // namespace ssdgen
