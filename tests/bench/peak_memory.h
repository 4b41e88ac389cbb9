#pragma once

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

/// Most memory that this process ever held resident, in bytes; 0 where /proc does not say. Not getrusage: its maximum
/// survives exec, so that it would count the process which started this one.
inline long peak_memory_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, 6, "VmHWM:") == 0) return std::atol(line.c_str() + 6) * 1024;
    return 0;
}
