/// Hands the weights to a workspace: the bytes of $network$_weights.bin, aligned to 4 bytes (64 is fastest), which have to
/// live as long as the workspace is used. nullptr if they are right; otherwise what is wrong, and the workspace has none: then
/// a picture gives ssd::Error::no_weights, and forward does nothing.
SSD_API const char* use_weights(Workspace& workspace, const void* file, std::size_t size) noexcept;
