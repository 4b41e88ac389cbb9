#ifndef SSD_C_H
#define SSD_C_H

// The types that the C interfaces of emitted networks (NAME_c.h) share: C11, and C++. They mirror those of namespace ssd.

#include <stddef.h>
#include <stdint.h>

#include "ssd/export.h"

#ifdef __cplusplus
#define SSD_ALIGNED alignas(64)
#else
#define SSD_ALIGNED _Alignas(64)
#endif

typedef enum ssd_pixel_format { SSD_GRAY, SSD_RGB, SSD_BGR, SSD_RGBA, SSD_BGRA } ssd_pixel_format;

/// A view of somebody's picture [height][width][channels of the format] of bytes, rows row_bytes apart.
typedef struct ssd_image {
    const uint8_t* data;
    int width;
    int height;
    ptrdiff_t row_bytes;
    ssd_pixel_format format;
} ssd_image;

/// One found object.
typedef struct ssd_detection {
    int label;  // column of the scores, the background counted
    float score;
    float ymin, xmin, ymax, xmax;  // relative to the picture
    int anchor;                    // row of the raw outputs that it comes from
} ssd_detection;

/// One class of a picture.
typedef struct ssd_classification {
    int label;  // column of the scores
    float score;
} ssd_classification;

/// What a caller may change from call to call; a negative value means the network's own. NULL in its place: all the network's own.
typedef struct ssd_detect_options {
    float score_threshold;
} ssd_detect_options;

typedef void (*ssd_task)(const void* context, int part, int parts);

/// Runs parts of a task, at once if it can: run() calls task(context, part, parts) once for every part in [0, parts) and returns
/// when all are done. NULL in its place: everything runs in the caller's thread.
typedef struct ssd_executor {
    int threads;  // at most this many parts are asked for
    void (*run)(void* state, ssd_task task, const void* context, int parts);
    void* state;
} ssd_executor;

#endif  // SSD_C_H
