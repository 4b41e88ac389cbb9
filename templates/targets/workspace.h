/// The instruction sets that the network is compiled for, the most general first. Each is a network of its own, in the namespace
/// $network$_TARGET, with functions and a Workspace of its own, which can be called where runs_here() says so.
enum class Target { $targets$ };

/// Whether this machine runs a target's code.
SSD_API bool runs_here(Target target) noexcept;

/// What everything below uses: the last target that this machine runs, or the first of all. The processor is asked once, before main,
/// and the answer is never written again; who calls before that, when other static objects are made, gets the same one.
SSD_API Target target() noexcept;

/// All memory that a call works in, for one thread, whichever the target. Owned by the caller, used by one call at a time, never read
/// before it is written. Large: make it static, or allocate it once.
struct Workspace {
    SSD_API Workspace() noexcept;  // leaves the arena as it is
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    /// Lets so many threads work in it; memory: arena_bytes_for(count) - arena_bytes, aligned to 4 (64: no cache line is shared).
    SSD_API void use_threads(int count, float* memory) noexcept;

    union {
        $members$
    };
};
