#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ssdgen::tflite {

/// The numbers of a flexbuffer (flatbuffers.dev/flexbuffers) whose root is a map, by key; booleans are 0 and 1. Keys
/// that begin with '_' are TensorFlow's own notes and left out. InputError "WHERE: ..." if it is malformed, has more
/// than 64 keys or holds something else than a number.
std::map<std::string, double> read_flexbuffer_numbers(const std::string& where, std::string_view bytes);

}  // namespace ssdgen::tflite
