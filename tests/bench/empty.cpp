// A process that does nothing: what the memory of forward.cpp and opencv_bench.cpp is counted from.

#include <cstdio>

#include "peak_memory.h"

int main() { std::printf("{\"peak_bytes\":%ld}\n", peak_memory_bytes()); }
