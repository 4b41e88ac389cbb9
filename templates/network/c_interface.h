$header$
// The interface of $network$.h for C (C11). Nothing is created or freed: the caller owns all memory.
#pragma once

#include "ssd/c.h"

#ifdef __cplusplus
extern "C" {
#endif

#define $upper$_INPUT_HEIGHT $input_height$
#define $upper$_INPUT_WIDTH $input_width$
#define $upper$_INPUT_CHANNELS $input_channels$
#define $upper$_INPUT_FORMAT SSD_$input_format$  // order of the picture's bytes
#define $upper$_CLASSES $classes$  // columns of the logits
$constants$
#define $upper$_ARENA_BYTES $arena_bytes$  // one thread
#define $upper$_WEIGHTS_BYTES $weights_bytes$
#define $upper$_WORKSPACE_BYTES $workspace_bytes$  // the arena and what belongs to it
#define $upper$_STACK_BYTES $stack_bytes$  // at most: see $network$.h
// For further threads:
#define $upper$_SCRATCH_BYTES(threads) ((size_t)((threads)-1) * $thread_scratch_bytes$)

/// All memory that a call works in, for one thread. Owned by the caller, used by one call at a time. Large: make it
/// static, or allocate it once.
typedef struct $network$_workspace {
    SSD_ALIGNED unsigned char memory[$upper$_WORKSPACE_BYTES];
} $network$_workspace;

/// Makes a workspace of the memory, once, before its first use. Costs nothing and needs no counterpart.
SSD_API void $network$_init($network$_workspace* workspace);

/// Lets up to `threads` threads work in a workspace. The bytes at scratch are as many as the macro above says, aligned to
/// 64, and have to live as long as the workspace is used.
SSD_API void $network$_use_threads($network$_workspace* workspace, int threads, void* scratch);

$interface$

#ifdef __cplusplus
}
#endif
