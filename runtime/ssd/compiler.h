// What the C++ headers need of a compiler. (The interface for C, ssd/c.h, needs C11 or C++11 and any compiler.)
#if !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L) && __cplusplus < 201703L
#error "ssd/: found C++14 or older; allowed: C++17 or newer, -std=c++17"
#endif

#include "version.h"
