#pragma once

#include "weights/weights.h"

#include <string>
#include <string_view>

namespace ssdgen {

/// Reads a safetensors file (github.com/huggingface/safetensors): 8 bytes of header length, little-endian; a JSON
/// header
/// {"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}; the values. F32, F16, BF16, U8, I8 and
/// I32 stay as they are stored, whole numbers with their quantization (weights/stored_tensors.h); F64 becomes f32.
/// Of __metadata__, "ssdgen_format" has to be "1" if it is there, and "requantization" one of "double", "ruy" and
/// "float" (Weights::requantization); other texts are passed over. InputError "FILE: what was found; allowed: what" for
/// anything malformed.
Weights read_safetensors(const std::string& path);

/// The same from the bytes of a file; file stands in messages and in Weights::file.
Weights parse_safetensors(std::string_view bytes, const std::string& file);

/// The bytes of a safetensors file: ssdgen_format 1, the requantization if it is known, tensors as they are stored, in
/// the order of their names, the values beginning at a multiple of 8. Equal weights give equal bytes.
std::string serialize_safetensors(const Weights& weights);

}  // namespace ssdgen
