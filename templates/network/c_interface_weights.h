/// Hands the weights to a workspace: the bytes of $file$, aligned to 4 bytes (64 is fastest), which have to
/// live as long as the workspace is used. NULL if they are right; otherwise what is wrong, and the workspace has none: then
/// a picture gives SSD_ERROR_NO_WEIGHTS, and forward does nothing.
SSD_API const char* $network$_use_weights($network$_workspace* workspace, const void* file, size_t size);
