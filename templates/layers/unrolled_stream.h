$comment$
template <class Observe>
void $stream$($parameters$, const $weight$* weights, float* output, float* scratch, int layer,
    const Observe& observe) noexcept {
    $body$
}
