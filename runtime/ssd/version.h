// The version of the runtime's interface: of the types and functions in ssd/. Every header there comes here first, for C too, so that
// a source which would mix two versions does not compile. Sources of one program may have different ones: the C++ names of each are in
// an inline namespace, and C functions belong to one network each.
#ifndef SSD_VERSION
#if defined(SSD_LARGEST_H) || defined(SSD_EXPORT_H) || defined(SSD_EXECUTOR_H) || defined(SSD_IMAGE_H)  // without this file
#define SSD_VERSION 1
#else
#define SSD_VERSION 2
#endif
#endif
#if SSD_VERSION != 2
#error "ssd/: found two versions of the runtime in one source; allowed: one; generate all networks with the same ssdgen"
#endif
