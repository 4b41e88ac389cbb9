/* The packed weights of specimen: 2144 floats. */
#ifdef __APPLE__
    .const_data
    .p2align 6
    .globl _specimen_weights
    .private_extern _specimen_weights
_specimen_weights:
    .incbin "specimen_weights.bin"
#else
    .section .rodata
    .balign 64
    .globl specimen_weights
    .hidden specimen_weights
    .type specimen_weights, %object
specimen_weights:
    .incbin "specimen_weights.bin"
    .size specimen_weights, . - specimen_weights
    .section .note.GNU-stack, "", %progbits
#endif
