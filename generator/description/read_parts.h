#pragma once

#include "description/description.h"
#include "description/fields.h"
#include "description/layer_keys.h"

#include <string>
#include <vector>

namespace ssdgen {

/// One of "backbone", "extras", "classifier": a list of at least one layer.
std::vector<LayerDescription> read_layers(const Value& value, const NetworkDefaults& defaults);

/// Allows the keys of a head, or of a source under priors of the convention.
void allow_head(Fields& fields);
void allow_source(Fields& fields, PriorConvention convention);

HeadDescription read_head(const Value& value, const NetworkDefaults& defaults);

PriorsDescription read_priors(const Value& value);

BoxCode read_box_code(const Value& value);

/// What a source says under priors of the convention caffe: min_sizes and, if they are there, the other sizes.
void read_sizes(Fields& fields, SourceDescription& source);

SourceDescription read_source(const Value& value, PriorConvention convention);

PostProcessing read_post_processing(const Value& value);

/// Any text. InputError "...; allowed: ALLOWED" for another type.
std::string read_text(const Value& value, const std::string& allowed);

/// The name of a layer: [A-Za-z0-9_][A-Za-z0-9_./:;-]*, 200 characters at most.
std::string read_layer_name(const Value& value);

}  // namespace ssdgen
