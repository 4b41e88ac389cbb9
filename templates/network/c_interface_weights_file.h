/// The weights file that this machine's target reads, one of $network$_TARGET_weights.bin.
SSD_API const char* $network$_weights_file(void);
