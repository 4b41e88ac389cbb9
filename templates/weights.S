/* $summary$ */
#ifdef __APPLE__
    .const_data
    .p2align 6
    .globl _$network$_weights
_$network$_weights:
    .incbin "$network$_weights.bin"
#else
    .section .rodata
    .balign 64
    .globl $network$_weights
    .type $network$_weights, %object
$network$_weights:
    .incbin "$network$_weights.bin"
    .size $network$_weights, . - $network$_weights
    .section .note.GNU-stack, "", %progbits
#endif
