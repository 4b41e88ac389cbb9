#include "version.h"
#ifndef SSD_EXPORT_H
#define SSD_EXPORT_H

// What a shared library of an emitted network exports: its build hides everything else and defines SSD_SHARED.
#ifdef SSD_SHARED
#define SSD_API __attribute__((visibility("default")))
#else
#define SSD_API
#endif
#endif  // SSD_EXPORT_H
