const char* $network$_use_weights($network$_workspace* workspace, const void* file, size_t size) {
    return $network$::use_weights(own(workspace), file, size);
}
