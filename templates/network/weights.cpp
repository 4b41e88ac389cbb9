$header$
//
// The packed weights, in the order in which the kernels read them; lanes without a channel are zero.

extern "C" {

extern const $weight$ $network$_weights[$size$];

alignas(64) const $weight$ $network$_weights[$size$] = {
$values$
};

}
