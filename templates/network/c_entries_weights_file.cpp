const char* $network$_weights_file(void) {
    return $network$::weights_file();
}
