$header$
#pragma once

#include "ssd/classify.h"
#include "ssd/detection.h"
#include "ssd/error.h"
#include "ssd/executor.h"
#include "ssd/export.h"
#include "ssd/image.h"
#include "ssd/post_process.h"
#include "ssd/resize.h"

#include <cstddef>
#include <cstdint>
$includes$

namespace $network$ {

inline constexpr int input_height = $input_height$;
inline constexpr int input_width = $input_width$;
inline constexpr int input_channels = $input_channels$;
inline constexpr ssd::PixelFormat input_format = ssd::PixelFormat::$input_format$;  // order of the picture's bytes
inline constexpr ssd::ResizeRule input_resize = ssd::ResizeRule::$resize$;
inline constexpr int classes = $classes$;  // columns of the logits
$constants$
inline constexpr std::size_t arena_bytes = $arena_bytes$;  // one thread
inline constexpr std::size_t weights_bytes = $weights_bytes$;
inline constexpr std::size_t thread_scratch_bytes = $thread_scratch_bytes$;  // for every further thread
/// The stack that a call takes at most, its caller's frame not counted, and that each thread of an executor takes; as GCC and Clang
/// make it with -O2 or -O3, without sanitizers.
inline constexpr std::size_t stack_bytes = $stack_bytes$;
/// Machine code, as GCC 12 makes it with -O3 for x86-64, within about a tenth; within two fifths where layers are unrolled whole.
inline constexpr std::size_t code_bytes_estimate = $code_bytes_estimate$;

// A product that says what it can afford, in bytes, is told when it compiles that a network needs more.
#ifdef $macro$_MAX_RAM
static_assert(arena_bytes <= $macro$_MAX_RAM,
              "$network$: the arena of one thread is larger than "
              "$macro$_MAX_RAM");
#endif
#ifdef $macro$_MAX_FLASH
static_assert(weights_bytes + code_bytes_estimate <= $macro$_MAX_FLASH,
              "$network$: weights and machine code are larger than "
              "$macro$_MAX_FLASH");
#endif

/// Memory that `threads` threads work in.
constexpr std::size_t arena_bytes_for(int threads) {
    return arena_bytes + (threads > 1 ? static_cast<std::size_t>(threads - 1) : 0) * thread_scratch_bytes;
}

$workspace$

/// A workspace for up to max_threads threads.
template <int max_threads>
struct ThreadedWorkspace : Workspace {
    ThreadedWorkspace() noexcept { use_threads(max_threads, scratch); }
    alignas(64) float scratch[(arena_bytes_for(max_threads) - arena_bytes) / sizeof(float) + 1];
};

$interface$

}  // namespace $network$
