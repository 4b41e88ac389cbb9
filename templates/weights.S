/* $summary$ */
#ifdef __APPLE__
    .const_data
    .p2align 6
    .globl _$symbol$
    .private_extern _$symbol$
_$symbol$:
    .incbin "$network$_weights.bin"
#else
    .section .rodata
    .balign 64
    .globl $symbol$
    .hidden $symbol$
    .type $symbol$, %object
$symbol$:
    .incbin "$network$_weights.bin"
    .size $symbol$, . - $symbol$
    .section .note.GNU-stack, "", %progbits
#endif
