#include "version.h"
#ifndef SSD_ERROR_TABLE_H
#define SSD_ERROR_TABLE_H

/// What a call returns in place of a count: ERROR(its name, its name in C, the number, what is wrong). Numbers keep their meaning.
#define SSD_ERRORS(ERROR)                                                                                                      \
    ERROR(no_image, NO_IMAGE, -1, "the picture is a null pointer")                                                             \
    ERROR(image_size, IMAGE_SIZE, -2, "the picture's width or height is below 1, or too large to be addressed")                \
    ERROR(image_format, IMAGE_FORMAT, -3, "the picture's format is unknown")                                                   \
    ERROR(row_bytes, ROW_BYTES, -4, "the picture's row_bytes is less than the bytes of a row (0: rows without gaps)")          \
    ERROR(no_results, NO_RESULTS, -5, "the array of results is a null pointer, and capacity is above 0")                       \
    ERROR(capacity, CAPACITY, -6, "the capacity is below 0")                                                                   \
    ERROR(threshold, THRESHOLD, -7, "the score threshold is above 1 or no number (below 0: the network's own)")                \
    ERROR(options_size, OPTIONS_SIZE, -8, "the options have a size that the network does not know: begin with SSD_DETECT_OPTIONS") \
    ERROR(no_workspace, NO_WORKSPACE, -9, "the workspace, or the scratch memory, is a null pointer")                           \
    ERROR(alignment, ALIGNMENT, -10, "the workspace, or the scratch memory, is not aligned")                                   \
    ERROR(thread_memory, THREAD_MEMORY, -11, "the workspace has no memory for more threads: use_threads got a null pointer")   \
    ERROR(executor, EXECUTOR, -12, "the executor has several threads and no run function")                                     \
    ERROR(no_weights, NO_WEIGHTS, -13, "the workspace has no weights: use_weights was not called, or refused the file")        \
    ERROR(no_outputs, NO_OUTPUTS, -14, "boxes or logits, the network's raw outputs, are a null pointer")
#endif  // SSD_ERROR_TABLE_H
