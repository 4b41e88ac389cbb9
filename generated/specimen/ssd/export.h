#include "version.h"
#ifndef SSD_EXPORT_H
#define SSD_EXPORT_H

// What stands in front of what a shared library of an emitted network exports: its build hides everything else, and defines SSD_EXPORT as
// its compiler spells that.
#ifdef SSD_EXPORT
#define SSD_API SSD_EXPORT
#else
#define SSD_API
#endif
#endif  // SSD_EXPORT_H
