#include "version.h"
#ifndef SSD_C_H
#define SSD_C_H

// The types that the C interfaces of emitted networks (NAME_c.h) share: C11, and C++. They mirror those of namespace ssd.

#include <stddef.h>
#include <stdint.h>

#include "error_table.h"
#include "export.h"

#ifdef __cplusplus
#define SSD_ALIGNED alignas(64)
#else
#define SSD_ALIGNED _Alignas(64)
#endif

/// What a call returns in place of a count if something is wrong with it: SSD_ERROR_NO_IMAGE and so on, all below 0.
typedef enum ssd_error {
#define SSD_ERROR(name, in_c, number, text) SSD_ERROR_##in_c = number,
    SSD_ERRORS(SSD_ERROR)
#undef SSD_ERROR
    SSD_NO_ERROR = 0
} ssd_error;

/// What is wrong, for what a call returned; "no error" for a count.
static inline const char* ssd_error_text(int result) {
    switch (result) {
#define SSD_ERROR(name, in_c, number, text) case number: return text;
        SSD_ERRORS(SSD_ERROR)
#undef SSD_ERROR
        default: return result < 0 ? "unknown error" : "no error";
    }
}

typedef enum ssd_pixel_format { SSD_GRAY, SSD_RGB, SSD_BGR, SSD_RGBA, SSD_BGRA } ssd_pixel_format;

/// A view of somebody's picture [height][width][channels of the format] of bytes, rows row_bytes apart; 0: without gaps; negative: upside
/// down, data being the first row, which is the last in memory.
typedef struct ssd_image {
    const uint8_t* data;
    int width;
    int height;
    ptrdiff_t row_bytes;
    int format;  // an ssd_pixel_format
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
/// Begin with SSD_DETECT_OPTIONS and change what you mean: members may be added at the end, and the size says which ones a caller has.
typedef struct ssd_detect_options {
    uint32_t size;  // sizeof(ssd_detect_options), as the caller was compiled
    float score_threshold;
} ssd_detect_options;

#define SSD_DETECT_OPTIONS {sizeof(ssd_detect_options), -1.0F}

typedef void (*ssd_task)(const void* context, int part, int parts);

/// Runs parts of a task, at once if it can: run() calls task(context, part, parts) once for every part in [0, parts) and returns
/// when all are done. NULL in its place: everything runs in the caller's thread.
typedef struct ssd_executor {
    int threads;  // at most this many parts are asked for
    void (*run)(void* state, ssd_task task, const void* context, int parts);
    void* state;
} ssd_executor;
#endif  // SSD_C_H
