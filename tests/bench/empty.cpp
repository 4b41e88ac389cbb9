// A process that does nothing: what the memory of forward.cpp and opencv_bench.cpp is counted from.

#include "peak_memory.h"

#include <cstdio>

int main() { std::printf("{\"peak_bytes\":%ld}\n", peak_memory_bytes()); }
