/* The packed weights of specimen: 2144 floats. */
#if defined(__APPLE__)
    .const_data
    .p2align 6
    .globl _specimen_weights
    .private_extern _specimen_weights
_specimen_weights:
    .incbin "specimen_weights.bin"
#elif defined(__ELF__)
    .section .rodata
    .balign 64
    .globl specimen_weights
    .hidden specimen_weights
    .type specimen_weights, %object
specimen_weights:
    .incbin "specimen_weights.bin"
    .size specimen_weights, . - specimen_weights
    .section .note.GNU-stack, "", %progbits
#elif defined(_WIN32)
    .section .rdata, "dr"
    .balign 64
#if defined(__i386__)
    .globl _specimen_weights
_specimen_weights:
#else
    .globl specimen_weights
specimen_weights:
#endif
    .incbin "specimen_weights.bin"
#elif defined(__wasm__)
    .section .rodata.specimen_weights, "", @
    .p2align 6
    .globl specimen_weights
    .hidden specimen_weights
    .type specimen_weights, @object
specimen_weights:
    .incbin "specimen_weights.bin"
.Lspecimen_weights_end:
    .size specimen_weights, .Lspecimen_weights_end - specimen_weights
#else
#error "specimen_weights.S knows ELF, Mach-O, COFF and WebAssembly; for another kind of object file: --weights-as array"
#endif
