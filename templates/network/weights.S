/* $summary$ */
#if defined(__APPLE__)
    .const_data
    .p2align 6
    .globl _$symbol$
    .private_extern _$symbol$
_$symbol$:
    .incbin "$network$_weights.bin"
#elif defined(__ELF__)
    .section .rodata
    .balign 64
    .globl $symbol$
    .hidden $symbol$
    .type $symbol$, %object
$symbol$:
    .incbin "$network$_weights.bin"
    .size $symbol$, . - $symbol$
    .section .note.GNU-stack, "", %progbits
#elif defined(_WIN32)
    .section .rdata, "dr"
    .balign 64
#if defined(__i386__)
    .globl _$symbol$
_$symbol$:
#else
    .globl $symbol$
$symbol$:
#endif
    .incbin "$network$_weights.bin"
#elif defined(__wasm__)
    .section .rodata.$symbol$, "", @
    .p2align 6
    .globl $symbol$
    .hidden $symbol$
    .type $symbol$, @object
$symbol$:
    .incbin "$network$_weights.bin"
.L$symbol$_end:
    .size $symbol$, .L$symbol$_end - $symbol$
#else
#error "$network$_weights.S knows ELF, Mach-O, COFF and WebAssembly; for another kind of object file: --weights-as array"
#endif
