#pragma once

#include "description/description.h"

namespace ssdgen {

/// Checks what one part of a description says about another, as far as no shape is needed: the sections fit each other,
/// every name is unique (as a C identifier too, the head's outputs included), softmax stands last, `input` and the
/// sources name layers, and each source's boxes agree with the priors. InputError otherwise.
void check_references(const Description& description);

/// Default boxes a cell of source number `source` under its priors; 0 for a table, which does not say. Caffe: for each
/// min size 1, 1 more with a max size, and the aspect ratios without 1 and repetitions (prior_box_layer.cpp of
/// weiliu89/caffe, SEMANTICS.md 2.3). TensorFlow: multiple_grid_anchor_generator.py (SEMANTICS.md 2.5).
int boxes_per_cell(const HeadDescription& head, std::size_t source);

}  // namespace ssdgen
