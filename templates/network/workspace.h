/// All memory that a call works in, for one thread. Owned by the caller, used by one call at a time, never read before it is
/// written. Large: make it static, or allocate it once.
struct Workspace {
    Workspace() noexcept {}  // leaves the arena as it is
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    alignas(64) std::byte arena[arena_bytes];  // room for maps and whatever else a call needs for a time
    $workspace_weights$
    float* more_scratch = nullptr;  // thread_scratch_bytes for each thread but the first
    int threads = 1;                // an executor of more threads is asked for no more than these

    /// Lets so many threads work in it; memory: arena_bytes_for(count) - arena_bytes, aligned to 4 (64: no cache line is shared).
    void use_threads(int count, float* memory) noexcept {
        threads = count;
        more_scratch = memory;
    }
};
