const char* $network$_use_weights($network$_workspace* workspace, const void* file, size_t size) {
    const int wrong = wrong_with(workspace);
    if (wrong != 0) return ssd::error_text(wrong);
    return $network$::use_weights(own(workspace), file, size);
}
